"""python-statemachine over sqlite3, with a table of events: a machine for each case that is loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from statemachine import State, StateMachine

from benchmarks.beside.guards import STAGES, WORKFLOW, event_of, moves, reasons_against
from benchmarks.beside.raw import Raw


@dataclass
class Record:
    """A case as loaded; the machine keeps its state in ``state``."""

    state: str
    case: dict[str, Any]


def _is_open(machine: Any, source: State, target: State) -> bool:
    return not reasons_against(str(source.value), str(target.value), machine.model.case)


def _machine() -> Any:
    """Build the machine of the whole workflow, with a guard before every step."""
    states = {stage: State(value=stage, initial=stage == WORKFLOW.initial, final=stage == "closed") for stage in STAGES}
    parts: dict[str, Any] = {f"in_{stage.replace('-', '_')}": state for stage, state in states.items()}
    for source, to, name in moves():
        step = states[source].to(states[to], cond="is_open")
        parts[name] = parts[name] | step if name in parts else step
    metaclass: Any = type(StateMachine)
    return metaclass("CaseMachine", (StateMachine,), {**parts, "is_open": _is_open})


class WithStatemachine:
    """What a small team would write around python-statemachine."""

    name = "python-statemachine over sqlite3"

    def __init__(self, file: Path, synchronous: str) -> None:
        self.tables = Raw(file, synchronous)
        self.machine = _machine()

    def move(self, number: int, to: str) -> None:
        """Load a case into a machine, take the step, write the state and an event, commit."""
        case = self.tables.read(number)
        record = Record(case["stage"], case | {"tasks": json.loads(case["tasks"])})
        self.machine(record).send(f"to_{to.replace('-', '_')}")
        if record.state != to or to not in STAGES:
            raise RuntimeError(f"{record.state} is not {to}")
        self.tables.write_move(case, to, event_of(case, to))

    def close(self) -> None:
        """Close the file."""
        self.tables.close()
