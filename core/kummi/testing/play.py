"""Play scenarios against an empty throw-away database, and say where the story departs from what happens."""

from __future__ import annotations

import itertools
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from kummi.casework import facts, linking, members, moving, recording
from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.loading import find_case, load
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.catalogue.catalogue import Catalogue
from kummi.errors import InputError, KummiError, RefusedError
from kummi.funding.entitlement_line import Total, total
from kummi.funding.entitlements import entitlements_of
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.dates import Period
from kummi.model.money import Money
from kummi.model.rule import Finding
from kummi.model.vocabulary import Outcome, Phase
from kummi.model.workflow import Move, Workflow
from kummi.store.audit import verify
from kummi.store.database import Store, find_url
from kummi.store.schema import create_or_upgrade
from kummi.testing.scenario import FundingExpect, Scenario, ScenarioStep

_LONGEST_WALK = 200


@dataclass(frozen=True)
class ScenarioResult:
    """What came of one scenario: the lines of the story, and where it departed from what was expected."""

    scenario: Scenario
    case: Case | None
    lines: tuple[Message, ...]
    departures: tuple[Message, ...]

    @property
    def holds(self) -> bool:
        """Whether everything happened as the story says."""
        return not self.departures


@contextmanager
def throw_away_context(catalogue: Catalogue, on: date) -> Iterator[Context]:
    """Give a context over an empty SQLite database that is gone afterwards, with a clock and ids that never change."""
    with tempfile.TemporaryDirectory(prefix="kummi-") as folder:
        store = Store(find_url(str(Path(folder) / "scenario.sqlite3")))
        create_or_upgrade(store)
        numbers = itertools.count(1)
        context = Context(store, catalogue, "scenario", on, lambda: datetime.now(UTC), lambda: f"{next(numbers):032x}")
        try:
            yield at(context, on)
        finally:
            store.close()


def play(scenario: Scenario, catalogue: Catalogue) -> ScenarioResult:
    """Play one scenario on an empty database of its own."""
    with throw_away_context(catalogue, scenario.on) as context:
        return play_at(context, scenario)


def play_at(context: Context, scenario: Scenario) -> ScenarioResult:
    """Play one scenario at a context, whatever its store holds already."""
    player = _Player(at(context, scenario.on))
    player.play(scenario)
    return ScenarioResult(scenario, player.case, tuple(player.lines), tuple(player.departures))


def at(context: Context, day: date) -> Context:
    """Return the context on another day: what happens that day is recorded that morning."""
    return replace(context, on=day, clock=lambda: datetime.combine(day, time(9), UTC))


class _Player:
    def __init__(self, context: Context) -> None:
        self.context = context
        self.ref = ""
        self.case: Case | None = None
        self.lines: list[Message] = []
        self.departures: list[Message] = []

    def play(self, scenario: Scenario) -> None:
        if not self._action(Message("open"), lambda: self._open(scenario), scenario.refused_by) or not self.ref:
            return
        if scenario.expect.eligibility:
            self._expect_eligibility(scenario)
        for number, step in enumerate(scenario.steps, start=1):
            if not self._step(number, step):
                return
        for each in scenario.funding:
            self._expect_funding(each)
        found = verify(self.context.store, follows=case_index_from(self.context.catalogue)).faults
        self.departures += [Message("the record does not prove: {fault}", fault=fault.located) for fault in found]

    def _open(self, scenario: Scenario) -> None:
        opened = open_case(self.context, scenario.programme, scenario.household, rehearse=scenario.rehearse)
        self.case, self.ref = opened.case, opened.case.ref
        self.say(Message("opened as {ref} in '{stage}'", ref=self.ref, stage=opened.case.stage))

    def say(self, line: Message) -> None:
        self.lines.append(Message("{day}  {line}", day=self.context.on, line=line))

    def depart(self, name: Message, how: Message) -> None:
        self.departures.append(Message("{day}, {action}: {how}", day=self.context.on, action=name, how=how))

    def _action(self, name: Message, action: Callable[[], None], refused_by: tuple[str, ...]) -> bool:
        """Do an action that should, or should not, be refused; whether the story can go on."""
        try:
            action()
        except RefusedError as error:
            rules = {finding.rule for finding in error.findings}
            missing = [rule for rule in refused_by if rule not in rules]
            if refused_by and not missing:
                by = tuple(sorted(rules))
                self.say(Message("{action}: refused by {rules}, as it should be", action=name, rules=by))
                return True
            against = _against(error.findings) or error.message
            self.depart(
                name,
                Message(
                    "expected a refusal by {rules}, but it was refused by {against}",
                    rules=tuple(missing),
                    against=against,
                )
                if refused_by
                else Message("expected to be allowed, but it was refused by {against}", against=against),
            )
            return False
        except KummiError as error:
            self.depart(name, error.message)
            return False
        if refused_by:
            self.depart(name, Message("expected a refusal by {rules}; it was allowed", rules=refused_by))
        return not refused_by

    def _step(self, number: int, step: ScenarioStep) -> bool:
        if step.on and not (step.change and step.on < self.context.on):  # a change may be late news
            if step.on < self.context.on:
                self.departures.append(
                    Message(
                        "step {number}: the story goes back from {day} to {earlier}",
                        number=number,
                        day=self.context.on,
                        earlier=step.on,
                    )
                )
                return False
            self.context = at(self.context, step.on)
        for action in step.actions:
            name = Message("step {number}, {action} {value}", number=number, action=action, value=getattr(step, action))
            if not self._action(name, lambda: self._do(step), step.refused_by):
                return False
        return self._expect_step(number, step)

    def _do(self, step: ScenarioStep) -> None:
        if step.walk_to:
            self._walk(step.walk_to, step.outcome)
        for action in step.actions:
            if action in _ACTIONS:
                self._keep(*_ACTIONS[action](self.context, self.ref, step))

    def _keep(self, case: Case, line: Message) -> None:
        self.case = case
        self.say(line)

    def _walk(self, target: str, outcome: Outcome | None) -> None:
        """Do whatever is required and allowed until the case stands in the target stage."""
        for _ in range(_LONGEST_WALK):
            ahead = next_steps(self.context, self.ref)
            case, workflow = ahead.loaded.case, ahead.loaded.workflow
            if case.stage == target or (target == Phase.CLOSED and case.phase is Phase.CLOSED):
                return
            for state in ahead.tasks:
                if state.outstanding:
                    recorded = recording.record_task(self.context, self.ref, state.task.id)
                    self._keep(recorded.case, Message("recorded {task}", task=state.task.id))
            self._take(self._nearest(target, outcome), outcome, workflow)
        raise InputError(
            Message(
                "the way to '{target}' does not end after {LONGEST_WALK} steps",
                target=target,
                LONGEST_WALK=_LONGEST_WALK,
            )
        )

    def _nearest(self, target: str, outcome: Outcome | None) -> str:
        """Choose the move that leads the shortest way to the target; one that is open before one that is not."""
        ahead = next_steps(self.context, self.ref)
        workflow = ahead.loaded.workflow
        ways = []
        for place, looked in enumerate(ahead.moves):
            way = way_through(workflow, looked.move, target, outcome)
            if way is not None:
                ways.append((not looked.allowed, way, place, looked.move.to))
        if not ways:
            stage = ahead.loaded.case.stage
            raise InputError(
                Message(
                    "there is no way from '{stage}' to '{target}' as {outcome}",
                    stage=stage,
                    target=target,
                    outcome=outcome,
                )
                if outcome
                else Message("there is no way from '{stage}' to '{target}'", stage=stage, target=target)
            )
        return min(ways)[3]

    def _take(self, to: str, outcome: Outcome | None, workflow: Workflow) -> None:
        if workflow.stage(to).phase is Phase.CLOSED:
            chosen = outcome or Outcome.COMPLETED
            self._keep(moving.close(self.context, self.ref, chosen), Message("closed as {outcome}", outcome=chosen))
        else:
            self._keep(moving.advance(self.context, self.ref, to), Message("moved to '{stage}'", stage=to))

    def _expect_eligibility(self, scenario: Scenario) -> None:
        self.case, decision = recording.assess(self.context, self.ref)
        self.say(Message("assessed: {outcome}", outcome=decision.outcome))
        wanted = scenario.expect.eligibility
        against = [finding for finding in decision.findings if finding.result != "met"]
        if decision.outcome is not wanted:
            self.departures.append(
                Message(
                    "eligibility: expected {wanted}, found {found} ({why})",
                    wanted=wanted,
                    found=decision.outcome,
                    why=tuple(map(_stands, against)) or Message("every rule is met"),
                )
            )
        missing = set(scenario.expect.against) - {each.rule for each in against}
        if missing:
            rules = tuple(sorted(missing))
            self.departures.append(Message("eligibility: expected to stand against it: {rules}", rules=rules))

    def _expect_step(self, number: int, step: ScenarioStep) -> bool:
        wanted = step.expect
        case = next_steps(self.context, self.ref)
        found: dict[str, Any] = {
            "phase": case.phase,
            "stage": case.loaded.case.stage,
            "outcome": case.loaded.case.outcome,
        }
        wrong = [
            Message(
                "step {number}: expected {name} {wanted}, found {found}",
                number=number,
                name=name,
                wanted=expected,
                found=found[name] or Message("nothing"),
            )
            for name, expected in (("phase", wanted.phase), ("stage", wanted.stage), ("outcome", wanted.outcome))
            if expected is not None and found[name] != expected
        ]
        self.departures += wrong
        return not wrong

    def _expect_funding(self, wanted: FundingExpect) -> None:
        with self.context.store.reading() as connection:
            loaded = load(self.context, connection, self.ref)
        entry = loaded.programme
        if wanted.scheme not in (scheme.id for scheme in entry.schemes):
            self.departures.append(
                Message("funding: no scheme '{scheme}' in {programme}", scheme=wanted.scheme, programme=entry.id)
            )
            return
        currency = entry.country.currency
        period = Period(wanted.from_, wanted.to)
        lines = [line for line in entitlements_of(loaded, period) if line.scheme.id == wanted.scheme]
        found = _sums_found(wanted, total(lines, currency))
        expected = _sums_expected(wanted, currency)
        parts = {"scheme": wanted.scheme, "first": wanted.from_, "last": wanted.to, "found": found}
        if found != expected:
            how = tuple(
                Message(
                    "{amount} [{standing}]",
                    amount=line.computed or (line.gap and line.gap.text),
                    standing=line.standing,
                )
                for line in lines
            )
            departure = Message(
                "funding, {scheme}, {first} to {last}: expected {expected}, found {found} ({how})",
                expected=expected,
                how=how or Message("nothing is paid"),
                **parts,
            )
            self.departures.append(departure)
        else:
            self.say(Message("{scheme}, {first} to {last}: {found}", **parts))


def _against(findings: Sequence[Finding]) -> tuple[Message, ...]:
    """Say of each finding which rule it is of and why."""
    return tuple(Message("{rule}: {reason}", rule=each.rule, reason=each.reason) for each in findings)


def _stands(finding: Finding) -> Message:
    return Message("{rule} {result}: {reason}", rule=finding.rule, result=finding.result, reason=finding.reason)


def _sums_found(wanted: FundingExpect, found: Total) -> Message:
    """Say what was found: the payable total, and what stands apart from it; that is left out where neither is asked."""
    if found.gaps or found.actual_cost:
        if wanted.total == "unknown" and wanted.if_conditions_hold is wanted.assumed is None:
            return Message("unknown")
        return _sums(Message("unknown"), found.if_conditions_hold, found.assumed)
    return _sums(found.payable, found.if_conditions_hold, found.assumed)


def _sums_expected(wanted: FundingExpect, currency: str) -> Message:
    nothing = Money.parse(f"0.00 {currency}")
    if wanted.total == "unknown" and wanted.if_conditions_hold is wanted.assumed is None:
        return Message("unknown")
    payable = Message("unknown") if wanted.total == "unknown" else wanted.total
    return _sums(payable, wanted.if_conditions_hold or nothing, wanted.assumed or nothing)


def _sums(payable: Money | Message, if_conditions_hold: Money, assumed: Money) -> Message:
    apart = (
        (Message("{money} if conditions hold", money=if_conditions_hold), if_conditions_hold),
        (Message("{money} assumed", money=assumed), assumed),
    )
    return Message("{sums}", sums=(payable, *(said for said, money in apart if money.amount)))


def _record(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    assert step.record
    case = recording.record_task(context, ref, step.record, until=step.until).case
    return case, Message("recorded {task}", task=step.record)


def _withdraw(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    assert step.withdraw
    return recording.withdraw_task(context, ref, step.withdraw).case, Message("withdrew {task}", task=step.withdraw)


def _change(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    given = _as_typed(step.change or {})
    context = replace(context, on=step.on or context.on)
    return facts.change_facts(context, ref, given).case, Message("changed {facts}", facts=tuple(given))


def _correct(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    given = _as_typed(step.correct or {})
    return facts.correct_facts(context, ref, given, at=step.at).case, Message("corrected {facts}", facts=tuple(given))


def _join(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    given = _as_typed(step.join or {})
    role, how = given.get("role", Message("somebody")), given.get("how", "")
    return members.join(context, ref, given).case, Message("{role} joined: {how}", role=role, how=how)


def _leave(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    assert step.leave
    assert step.how
    left = Message("member {number} left: {how}", number=step.leave, how=step.how)
    return members.leave(context, ref, step.leave, step.how).case, left


def _advance(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    assert step.advance
    return moving.advance(context, ref, step.advance), Message("moved to '{stage}'", stage=step.advance)


def _close(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    assert step.close
    return moving.close(context, ref, step.close), Message("closed as {outcome}", outcome=step.close)


def _split(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    numbers = step.split or ()
    new = linking.split(context, ref, numbers).case
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
    return case, Message("split, members {numbers} go on as {ref}", numbers=tuple(numbers), ref=new.ref)


def _merge(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
    assert step.merge
    other = open_case(context, case.programme, step.merge, rehearse=case.rehearsal).case
    return linking.merge(context, ref, other.ref).case, Message("merged with {ref}", ref=other.ref)


def _transfer(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, Message]:
    done = linking.transfer(context, ref, step.transfer or "")
    return done.case, Message("transferred to {to}", to=step.transfer)


_ACTIONS: dict[str, Callable[[Context, str, ScenarioStep], tuple[Case, Message]]] = {
    "record": _record,
    "withdraw": _withdraw,
    "change": _change,
    "correct": _correct,
    "join": _join,
    "leave": _leave,
    "advance": _advance,
    "hold": lambda context, ref, step: (moving.hold(context, ref, note=step.hold), Message("on hold")),
    "resume": lambda context, ref, _: (moving.resume(context, ref), Message("resumed")),
    "split": _split,
    "merge": _merge,
    "transfer": _transfer,
    "close": _close,
    "reopen": lambda context, ref, step: (moving.reopen(context, ref, step.reopen or ""), Message("reopened")),
}
"""What each step of a story does: the case afterwards, and the line that says so."""


def _as_typed(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: _typed(value) for name, value in given.items()}


def _typed(value: Any) -> str:
    """Return a value of a story as a coordinator would type it; nothing makes a fact unknown."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def way_through(workflow: Workflow, first: Move, target: str, outcome: Outcome | None) -> int | None:
    """Count the moves of the shortest way to a stage that begins with a move; None where there is no such way.

    The target ``closed`` is any end with the outcome, which is ``completed`` unless another is said.
    """
    queue = deque([(first, 1)])
    seen = {first.to}
    while queue:
        move, length = queue.popleft()
        ends = workflow.stage(move.to).phase is Phase.CLOSED
        if ends and move.outcome is (outcome or Outcome.COMPLETED) and target in (move.to, Phase.CLOSED.value):
            return length
        if ends:
            continue
        if move.to == target:
            return length
        for following in workflow.moves_from(move.to):
            if following.outcome is not None or following.to not in seen:
                seen.add(following.to)
                queue.append((following, length + 1))
    return None
