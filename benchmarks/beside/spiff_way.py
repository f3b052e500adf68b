"""SpiffWorkflow with its serializer in SQLite: each stage a manual task of a BPMN process, each move a way from it."""

from __future__ import annotations

import json
from pathlib import Path

from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from benchmarks.beside.guards import STAGES, event_of, moves, reasons_against
from benchmarks.beside.raw import Raw

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def _process() -> bytes:
    """Write the process: after each stage's task an exclusive gateway, and from it a flow for each move."""
    open_stages = [stage for stage in STAGES if stage != "closed"]
    flows = [("start", open_stages[0], "")]
    flows += [(stage, f"after {stage}", "") for stage in open_stages]
    flows += [(f"after {source}", "end" if to == "closed" else to, name) for source, to, name in moves()]
    parts = [
        '<startEvent id="start"/>',
        '<endEvent id="end"/>',
        *(f'<manualTask id="{_id(stage)}"/>' for stage in open_stages),
        *(f'<exclusiveGateway id="{_id(f"after {stage}")}" default="f_{_id(stage)}"/>' for stage in open_stages),
    ]
    last = {source: place for place, (source, _, _) in enumerate(flows)}
    for place, (source, target, name) in enumerate(flows):
        is_default = bool(name) and last[source] == place
        flow = f"f_{_id(source.removeprefix('after '))}" if is_default else f"f{place}"
        asked = "" if is_default or not name else f"<conditionExpression>way == '{name}'</conditionExpression>"
        parts.append(
            f'<sequenceFlow id="{flow}" sourceRef="{_id(source)}" targetRef="{_id(target)}">{asked}</sequenceFlow>'
        )
    process = f'<process id="way" isExecutable="true">{"".join(parts)}</process>'
    return f'<definitions xmlns="{_BPMN}" id="d">{process}</definitions>'.encode()


def _id(name: str) -> str:
    return name.replace("-", "_").replace(" ", "_")


class WithSpiff:
    """What one would write with SpiffWorkflow: its serializer as it comes, the text beside the case."""

    name = "SpiffWorkflow with its serializer"

    def __init__(self, file: Path, synchronous: str) -> None:
        self.tables = Raw(file, synchronous)
        self.serializer = BpmnWorkflowSerializer()
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(_process()))
        first = BpmnWorkflow(parser.get_spec("way"))
        first.do_engine_steps()
        run = self.tables.connection.execute
        run("CREATE TABLE workflows (case_id INTEGER PRIMARY KEY REFERENCES cases, workflow TEXT NOT NULL)")
        run("INSERT INTO workflows SELECT id, ? FROM cases", (self.serializer.serialize_json(first),))

    def move(self, number: int, to: str) -> None:
        """Restore a workflow, run its ready task, write the workflow, the state and an event, commit."""
        run = self.tables.connection.execute
        case = self.tables.read(number)
        (kept,) = run("SELECT workflow FROM workflows WHERE case_id = ?", (number,)).fetchone()
        workflow = self.serializer.deserialize_json(kept)
        if reasons_against(case["stage"], to, case | {"tasks": json.loads(case["tasks"])}):
            raise RuntimeError("the guard said no")
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data["way"] = _id(f"to {to}")
        task.run()
        workflow.do_engine_steps()
        (ready,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        if ready.task_spec.name != _id(to):
            raise RuntimeError(f"{ready.task_spec.name} is not {to}")
        run("UPDATE workflows SET workflow = ? WHERE case_id = ?", (self.serializer.serialize_json(workflow), number))
        self.tables.write_move(case, to, event_of(case, to))

    def close(self) -> None:
        """Close the file."""
        self.tables.close()
