"""Play scenarios against an empty throw-away database, and say where the story departs from what happens."""

from __future__ import annotations

import itertools
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from kummi.casework import facts, linking, members, moving, recording
from kummi.casework.context import Context, case_index_from, find_case, load
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.catalogue.catalogue import Catalogue
from kummi.errors import InputError, KummiError, RefusedError
from kummi.funding.entitlement import Total, total
from kummi.funding.entitlements import entitlements
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.money import Money
from kummi.model.period import Period
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
    lines: tuple[str, ...]
    departures: tuple[str, ...]

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
        self.lines: list[str] = []
        self.departures: list[str] = []

    def play(self, scenario: Scenario) -> None:
        if not self._action("open", lambda: self._open(scenario), scenario.refused_by) or not self.ref:
            return
        if scenario.expect.eligibility:
            self._expect_eligibility(scenario)
        for number, step in enumerate(scenario.steps, start=1):
            if not self._step(number, step):
                return
        for each in scenario.funding:
            self._expect_funding(each)
        found = verify(self.context.store, follows=case_index_from(self.context.catalogue)).faults
        self.departures += [f"the record does not prove: {fault}" for fault in found]

    def _open(self, scenario: Scenario) -> None:
        opened = open_case(self.context, scenario.programme, scenario.household, rehearse=scenario.rehearse)
        self.case, self.ref = opened.case, opened.case.ref
        self.say(f"opened as {self.ref} in '{opened.case.stage}'")

    def say(self, line: str) -> None:
        self.lines.append(f"{self.context.on}  {line}")

    def _action(self, name: str, action: Callable[[], None], refused_by: tuple[str, ...]) -> bool:
        """Do an action that should, or should not, be refused; whether the story can go on."""
        try:
            action()
        except RefusedError as error:
            rules = {finding.rule for finding in error.findings}
            missing = [rule for rule in refused_by if rule not in rules]
            if refused_by and not missing:
                self.say(f"{name}: refused by {', '.join(sorted(rules))}, as it should be")
                return True
            wanted = f"expected a refusal by {', '.join(missing)}" if refused_by else "expected to be allowed"
            against = "; ".join(f"{each.rule}: {each.reason}" for each in error.findings) or str(error)
            self.departures.append(f"{self.context.on}, {name}: {wanted}, but it was refused by {against}")
            return False
        except KummiError as error:
            self.departures.append(f"{self.context.on}, {name}: {error}")
            return False
        if refused_by:
            self.departures.append(
                f"{self.context.on}, {name}: expected a refusal by {', '.join(refused_by)}; it was allowed"
            )
        return not refused_by

    def _step(self, number: int, step: ScenarioStep) -> bool:
        if step.on and not (step.change and step.on < self.context.on):  # a change may be late news
            if step.on < self.context.on:
                self.departures.append(f"step {number}: the story goes back from {self.context.on} to {step.on}")
                return False
            self.context = at(self.context, step.on)
        for action in step.actions:
            if not self._action(
                f"step {number}, {action} {getattr(step, action)}", lambda: self._do(step), step.refused_by
            ):
                return False
        return self._expect_step(number, step)

    def _do(self, step: ScenarioStep) -> None:
        if step.walk_to:
            self._walk(step.walk_to, step.outcome)
        for action in step.actions:
            if action in _ACTIONS:
                self._keep(*_ACTIONS[action](self.context, self.ref, step))

    def _keep(self, case: Case, line: str) -> None:
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
                    self._keep(recorded.case, f"recorded {state.task.id}")
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
            wanted = f" as {outcome}" if outcome else ""
            raise InputError(
                Message(
                    "there is no way from '{stage}' to '{target}'{wanted}",
                    stage=ahead.loaded.case.stage,
                    target=target,
                    wanted=wanted,
                )
            )
        return min(ways)[3]

    def _take(self, to: str, outcome: Outcome | None, workflow: Workflow) -> None:
        if workflow.stage(to).phase is Phase.CLOSED:
            chosen = outcome or Outcome.COMPLETED
            self._keep(moving.close(self.context, self.ref, chosen), f"closed as {chosen}")
        else:
            self._keep(moving.advance(self.context, self.ref, to), f"moved to '{to}'")

    def _expect_eligibility(self, scenario: Scenario) -> None:
        self.case, decision = recording.assess(self.context, self.ref)
        self.say(f"assessed: {decision.outcome}")
        wanted = scenario.expect.eligibility
        against = [finding for finding in decision.findings if finding.result != "met"]
        if decision.outcome is not wanted:
            said = "; ".join(f"{each.rule} {each.result}: {each.reason}" for each in against) or "every rule is met"
            self.departures.append(f"eligibility: expected {wanted}, found {decision.outcome} ({said})")
        missing = set(scenario.expect.against) - {each.rule for each in against}
        if missing:
            self.departures.append(f"eligibility: expected to stand against it: {', '.join(sorted(missing))}")

    def _expect_step(self, number: int, step: ScenarioStep) -> bool:
        wanted = step.expect
        case = next_steps(self.context, self.ref)
        found: dict[str, Any] = {
            "phase": case.phase,
            "stage": case.loaded.case.stage,
            "outcome": case.loaded.case.outcome,
        }
        wrong = [
            f"step {number}: expected {name} {expected}, found {found[name]}"
            for name, expected in (("phase", wanted.phase), ("stage", wanted.stage), ("outcome", wanted.outcome))
            if expected is not None and found[name] != expected
        ]
        self.departures += wrong
        return not wrong

    def _expect_funding(self, wanted: FundingExpect) -> None:
        with self.context.store.reading() as connection:
            loaded = load(self.context, connection, self.ref)
        entry = loaded.programme
        schemes = [scheme for scheme in entry.schemes if scheme.id == wanted.scheme]
        if not schemes:
            self.departures.append(f"funding: no scheme '{wanted.scheme}' in {entry.id}")
            return
        currency = entry.country.currency
        lines = entitlements(schemes, loaded.facts, loaded.members, currency, Period(wanted.from_, wanted.to))
        found = _sums_found(wanted, total(lines, currency))
        expected = _sums_expected(wanted, currency)
        if found != expected:
            how = "; ".join(f"{line.computed or (line.gap and line.gap.text)} [{line.standing}]" for line in lines)
            window = f"{wanted.from_} to {wanted.to}"
            said = f"expected {expected}, found {found} ({how or 'nothing is paid'})"
            self.departures.append(f"funding, {wanted.scheme}, {window}: {said}")
        else:
            self.say(f"{wanted.scheme}, {wanted.from_} to {wanted.to}: {found}")


def _sums_found(wanted: FundingExpect, found: Total) -> str:
    """Say what was found: the payable total, and what stands apart from it; that is left out where neither is asked."""
    if found.gaps or found.actual_cost:
        if wanted.total == "unknown" and wanted.if_conditions_hold is wanted.assumed is None:
            return "unknown"
        return _sums("unknown", found.if_conditions_hold, found.assumed)
    return _sums(found.payable, found.if_conditions_hold, found.assumed)


def _sums_expected(wanted: FundingExpect, currency: str) -> str:
    nothing = Money.parse(f"0.00 {currency}")
    if wanted.total == "unknown" and wanted.if_conditions_hold is wanted.assumed is None:
        return "unknown"
    return _sums(wanted.total, wanted.if_conditions_hold or nothing, wanted.assumed or nothing)


def _sums(payable: Money | str, if_conditions_hold: Money, assumed: Money) -> str:
    apart = {"if conditions hold": if_conditions_hold, "assumed": assumed}
    return ", ".join([str(payable), *(f"{money} {key}" for key, money in apart.items() if money.amount)])


def _record(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    assert step.record
    return recording.record_task(context, ref, step.record, until=step.until).case, f"recorded {step.record}"


def _withdraw(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    assert step.withdraw
    return recording.withdraw_task(context, ref, step.withdraw).case, f"withdrew {step.withdraw}"


def _change(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    given = _as_typed(step.change or {})
    context = replace(context, on=step.on or context.on)
    return facts.change_facts(context, ref, given).case, f"changed {', '.join(given)}"


def _correct(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    given = _as_typed(step.correct or {})
    return facts.correct_facts(context, ref, given, at=step.at).case, f"corrected {', '.join(given)}"


def _join(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    given = _as_typed(step.join or {})
    return members.join(context, ref, given).case, f"{given.get('role', 'somebody')} joined: {given.get('how', '')}"


def _leave(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    assert step.leave
    assert step.how
    return members.leave(context, ref, step.leave, step.how).case, f"member {step.leave} left: {step.how}"


def _advance(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    assert step.advance
    return moving.advance(context, ref, step.advance), f"moved to '{step.advance}'"


def _close(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    assert step.close
    return moving.close(context, ref, step.close), f"closed as {step.close}"


def _split(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    new = linking.split(context, ref, step.split or ())
    with context.store.reading() as connection:
        return find_case(
            context, connection, ref
        ), f"split, members {', '.join(map(str, step.split or ()))} go on as {new.ref}"


def _merge(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    with context.store.reading() as connection:
        case = find_case(context, connection, ref)
    assert step.merge
    other = open_case(context, case.programme, step.merge, rehearse=case.rehearsal).case
    return linking.merge(context, ref, other.ref), f"merged with {other.ref}"


def _transfer(context: Context, ref: str, step: ScenarioStep) -> tuple[Case, str]:
    done = linking.transfer(context, ref, step.transfer or "")
    return done.case, f"transferred to {step.transfer}"


_ACTIONS: dict[str, Callable[[Context, str, ScenarioStep], tuple[Case, str]]] = {
    "record": _record,
    "withdraw": _withdraw,
    "change": _change,
    "correct": _correct,
    "join": _join,
    "leave": _leave,
    "advance": _advance,
    "hold": lambda context, ref, step: (moving.hold(context, ref, note=step.hold), "on hold"),
    "resume": lambda context, ref, _: (moving.resume(context, ref), "resumed"),
    "split": _split,
    "merge": _merge,
    "transfer": _transfer,
    "close": _close,
    "reopen": lambda context, ref, step: (moving.reopen(context, ref, step.reopen or ""), "reopened"),
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
