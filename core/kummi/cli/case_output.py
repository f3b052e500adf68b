"""How a case looks on the screen, and how its tasks are done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from kummi.casework.stranded import Stranded, stranded
from kummi.cli.app import App
from kummi.cli.table import Sources, finding_lines, screen_width, table, wrapped
from kummi.cli.terminal import one_line
from kummi.i18n.translator import Translator
from kummi.lifecycle.clearance import shown_phase
from kummi.message import Message
from kummi.model.case import Case
from kummi.model.facts import FIELD, HOUSEHOLD_FACTS, FactType
from kummi.model.rule import Decision, Result

if TYPE_CHECKING:
    from kummi.casework.context import Context
    from kummi.casework.listing import TimelineEntry
    from kummi.casework.next_steps import NextSteps
    from kummi.casework.recording import Recorded
    from kummi.catalogue.catalogue import Catalogue
    from kummi.lifecycle.moves import PossibleMove
    from kummi.lifecycle.tasks import TaskState
    from kummi.lifecycle.upcoming import Ending
    from kummi.model.case import LoadedCase
    from kummi.model.programme import ProgrammeEntry
    from kummi.views.base import Shown

_IN_HEAD = (FactType.CHOICE, FactType.PLACE)
_DETAILS = tuple(fact for fact in HOUSEHOLD_FACTS.values() if fact.entered and fact.type not in _IN_HEAD)


def stranded_lines(found: Stranded | None, translator: Translator) -> Iterator[str]:
    """Say that a case is stranded, why, and what to do; nothing for one that is not."""
    if found:
        yield f"    {translator.gettext('stranded')}: {translator.say(found.why)}"
        yield f"    {translator.gettext('to settle it')}: {translator.say(found.settle)}"


def stage_title(app: App, entry: ProgrammeEntry | None, stage: str) -> str:
    """Return the title of a stage; its id where no version of the workflow has it any more."""
    found = next((each for each in entry.stages if each.id == stage), None) if entry else None
    return app.say(found.title) if found else stage


def case_head(app: App, case: Case, catalogue: Catalogue) -> Iterator[str]:
    """Say in two lines which case this is and where it stands, and in two more if it is stranded."""
    entry = catalogue.programmes.get(case.programme)
    translator = app.translator(entry)
    stage = stage_title(app, entry, case.stage)
    title = app.say(entry.programme.title) if entry else case.programme
    mark = f" {translator.gettext('(rehearsal)')}" if case.rehearsal else ""
    yield f"{case.ref}{mark}  {stage} ({translator.term('phase', shown_phase(case, entry, app.on))})  {title}"
    parts = [
        place_name(app, entry, case.municipality) or translator.gettext("municipality not known"),
        translator.term("pathway", case.pathway),
        translator.gettext("{count} in the household", count=case.size),
        translator.gettext("open since {day}", day=case.opened_on),
    ]
    if case.outcome:
        outcome = translator.term("outcome", case.outcome)
        parts.append(translator.gettext("closed as {outcome} on {day}", outcome=outcome, day=case.closed_on))
    yield "    " + ", ".join(parts)
    yield from stranded_lines(stranded(case, catalogue), translator)


def place_name(app: App, entry: ProgrammeEntry | None, key: str | None) -> str:
    """Return the name of a place in the language asked for."""
    found = next((each for each in entry.country.municipalities if each.key == key), None) if entry else None
    return app.say(found.name) if found else one_line(key or "")


def case_lines(app: App, case: Case, catalogue: Catalogue, household: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Say everything that is known of a case, with its household, for the coordinator's own screen."""
    entry = catalogue.programmes.get(case.programme)
    translator = app.translator(entry)
    yield from case_head(app, case, catalogue)
    yield ""
    rows = [
        (str(row["number"]), row["name"] or "–", translator.term("role", row['role']), str(row["born"] or "?"),
         translator.term("gender", row['gender']), row["identity"] or "", membership_words(row, translator))
        for row in household
    ]  # fmt: skip
    yield from table(rows, "  ")
    yield ""
    fields = {name: name for name in case.fields}
    if entry:
        fields = {field.id: app.say(field.title) for field in entry.programme.fields}
    facts: list[tuple[str, Any]] = [
        *((translator.term("fact", fact.name), getattr(case, fact.column)) for fact in _DETAILS),
        (translator.gettext("languages"), ", ".join(case.languages) or None),
        *((title, case.fields.get(name)) for name, title in fields.items()),
    ]
    yield from table([(title, value_words(app, entry, value)) for title, value in facts], "  ")
    yield from (f"  {each}" for each in _planned(app, case, entry))


def _planned(app: App, case: Case, entry: ProgrammeEntry | None) -> Iterator[str]:
    """Say what is known to change on a later day."""
    translator = app.translator(entry)
    for name, line in sorted(case.timelines.items()):
        for since, value in line.values:
            if since > app.on:
                said = f"{_fact_title(app, name, entry)}: {_fact_value(app, name, value, entry)}"
                yield translator.gettext("from {day}: {what}", day=since, what=said)


def membership_words(row: Mapping[str, Any], translator: Translator) -> str:
    """Say when and how somebody joined and left; nothing of a member who was one all the time."""
    said = []
    if row["joined_on"]:
        how = translator.term("joined_how", row["joined_how"])
        said.append(translator.gettext("joined on {day}: {how}", day=row["joined_on"], how=how))
    if row["left_on"]:
        how = translator.term("left_how", row["left_how"]) if row["left_how"] else translator.gettext("never a member")
        said.append(translator.gettext("left on {day}: {how}", day=row["left_on"], how=how))
    return ", ".join(said)


def value_words(app: App, entry: ProgrammeEntry | None, value: Any) -> str:
    """Say the value of a fact; what is not known says so."""
    translator, fields = app.translator(entry), entry.programme.fields if entry else ()
    if value is None:
        return translator.term("result", "unknown")
    if isinstance(value, bool):
        return translator.term("value", "yes" if value else "no")
    titles = {choice.id: choice.title for field in fields for choice in field.choices}
    return app.say(titles[value]) if value in titles else str(value)


def owner_name(app: App, entry: ProgrammeEntry, owner: str) -> str:
    """Return who a role is on the business date, by its authority's name of that day."""
    found = entry.owners_on(app.on).get(owner)
    return app.say(found) if found else owner


def next_lines(app: App, ahead: NextSteps, catalogue: Catalogue) -> Iterator[str]:
    """Say what is done, what is missing and who owes it by when, which moves are open, and why the others are not."""
    entry = ahead.loaded.programme
    translator = app.translator(entry)
    yield from standing_lines(app, ahead, catalogue)
    yield from _task_lines(app, ahead)
    opened = [looked for looked in ahead.moves if looked.allowed]
    shut = [looked for looked in ahead.moves if not looked.allowed]
    if opened:
        yield f"\n{translator.gettext('Open moves')}"
        yield from table([_move_row(app, ahead, looked) for looked in opened], "  → ")
    if shut:
        yield f"\n{translator.gettext('Closed moves')}"
    said: set[str] = set()
    for looked in shut:
        yield f"  ✗ {_move_title(app, ahead, looked)}"
        for finding in looked.findings:
            if finding.rule in said:
                yield f"      ✗ {finding.rule}: {translator.gettext('as above')}"
                continue
            said.add(finding.rule)
            yield from finding_lines(app, finding, "      ", translator)


def standing_lines(app: App, ahead: NextSteps, catalogue: Catalogue) -> Iterator[str]:
    """Say where a case stands: on hold or not, by when it should leave, what it lacks to go on, what ends soon."""
    case, entry, translator = ahead.loaded.case_of_day, ahead.loaded.programme, app.translator(ahead.loaded.programme)
    yield from case_head(app, case, catalogue)
    if case.held_since:
        yield f"    {translator.gettext('on hold since {day}', day=case.held_since)}: kummi case resume {case.ref}"
    elif ahead.clearance_lapsed:
        yield f"    {translator.gettext('on hold by itself: a clearance has ended')}"
    if ahead.leave_by:
        leave_by = translator.gettext("should leave this stage by {day}", day=ahead.leave_by)
        yield f"    {leave_by}{_late(app, entry, ahead.leave_by)}"
    for state in ahead.consent:
        yield from (f"    {line}" for line in consent_lines(app, ahead.loaded, state))
    for each in ahead.endings:
        yield f"    {each.day}  {ending_words(app, entry, each)}"


def consent_lines(app: App, loaded: LoadedCase, state: TaskState) -> Iterator[str]:
    """Say that a case lacks the consent that it cannot go on without, and what to do."""
    translator, ref, title = app.translator(loaded.programme), loaded.case.ref, app.say(state.task.title)
    yield translator.gettext(
        "consent ended on {day}: {task}" if state.until else "consent was withdrawn or is not recorded: {task}",
        task=title,
        day=state.until,
    )
    yield translator.gettext(
        "nobody is matched and nobody meets until the household consents again ({record}); "
        "else the case goes on hold ({hold}) or is closed ({close})",
        record=f"kummi case record {ref} {state.task.id}",
        hold=f"kummi case hold {ref}",
        close=f"kummi case close {ref} withdrawn",
    )


def ending_words(app: App, entry: ProgrammeEntry, ending: Ending) -> str:
    """Say what ends, or has ended."""
    translator = app.translator(entry)
    if ending.task:
        what = app.say(ending.task.title)
    else:
        pathway = translator.term("pathway", ending.pathway) if ending.pathway else ""
        what = translator.term("ends", ending.kind, pathway=pathway)
    return translator.gettext("ended: {what}" if ending.day < app.on else "ends: {what}", what=what)


def _task_lines(app: App, ahead: NextSteps) -> Iterator[str]:
    entry, translator = ahead.loaded.programme, app.translator(ahead.loaded.programme)
    done = [state for state in ahead.tasks if state.done_on and not state.expired]
    owed = [state for state in ahead.tasks if state.outstanding]
    rest = [state for state in ahead.tasks if state not in done and state not in owed]
    titles = translator.gettext("Done"), translator.gettext("Missing"), translator.gettext("Not required")
    for title, states in zip(titles, (done, owed, rest), strict=True):
        if states:
            yield f"\n{title}"
            yield from table([task_row(app, entry, state) for state in states], "  ")


def task_row(app: App, entry: ProgrammeEntry, state: TaskState) -> tuple[str, ...]:
    """Say a task in one row: done or not, its name and title, who owes it, and the day."""
    translator = app.translator(entry)
    if state.done_on and not state.expired:
        when = str(state.done_on)
        if state.until:
            when += f", {translator.gettext('good until {day}', day=state.until)}"
        if state.repeats_on:
            when += (
                f", {translator.gettext('again by {day}', day=state.repeats_on)}{_late(app, entry, state.repeats_on)}"
            )
    elif state.due_on:
        when = translator.gettext("by {day}", day=state.due_on) + _late(app, entry, state.due_on)
    else:
        when = (
            translator.gettext("may be needed: not known yet whether it applies")
            if state.applies is Result.UNKNOWN
            else ""
        )
    owner = owner_name(app, entry, state.task.owner)
    return ("✓" if state.done_on and not state.expired else "•", state.task.id, app.say(state.task.title), owner, when)


def _late(app: App, entry: ProgrammeEntry, day: date) -> str:
    days = (app.on - day).days
    if days <= 0:
        return ""
    return f" ({app.translator(entry).ngettext('{count} day late', '{count} days late', days)})"


def _move_title(app: App, ahead: NextSteps, looked: PossibleMove) -> str:
    translator = app.translator(ahead.loaded.programme)
    if looked.move.outcome:
        return translator.gettext("close: {outcome}", outcome=translator.term("outcome", looked.move.outcome))
    return f"{app.say(looked.move.title or looked.stage.title)} ({translator.term('phase', looked.phase)})"


def _move_row(app: App, ahead: NextSteps, looked: PossibleMove) -> tuple[str, ...]:
    ref = ahead.loaded.case.ref
    way = f"close {ref} {looked.move.outcome}" if looked.move.outcome else f"advance {ref} {looked.move.to}"
    return (_move_title(app, ahead, looked), f"kummi case {way}")


def decision_lines(app: App, case: Case, decision: Decision, entry: ProgrammeEntry) -> Iterator[str]:
    """Say a decision: the outcome, then each finding, those that stand against it first."""
    translator = app.translator(entry)
    outcome = translator.term("eligibility", decision.outcome)
    yield f"{case.ref}  {outcome} ({translator.gettext('law of {day}', day=decision.on)}, {decision.ruleset})"
    for finding in sorted(decision.findings, key=lambda each: each.result is Result.MET):
        yield from finding_lines(app, finding, "  ", translator)


def moment_row(app: App, moment: TimelineEntry, entry: ProgrammeEntry | None) -> tuple[str, ...]:
    """Say an event in one row: when, what, by whom, and when it was recorded or planned if that was another day."""
    event, translator = moment.event, app.translator(entry)
    later = ""
    if moment.recorded_on != event.happened_on:
        is_plan = moment.recorded_on < event.happened_on
        later = translator.gettext("planned on {day}" if is_plan else "recorded on {day}", day=moment.recorded_on)
    what = _what(app, moment, entry)
    note = f" – {_note(moment.note)}" if moment.note else ""
    return (str(event.seq), str(event.happened_on), event.actor, what + note + (f" ({later})" if later else ""))


def _note(text: str) -> str:
    """Keep the lines of a note, but no wide gap in them: where a terminal wraps, it would look like the next event."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines())


def _what(app: App, moment: TimelineEntry, entry: ProgrammeEntry | None) -> str:
    event, translator = moment.event, app.translator(entry)
    titles = {task.id: task.title for task in entry.tasks} if entry else {}
    titles |= {stage.id: stage.title for stage in entry.stages} if entry else {}

    def title(name: str) -> str:
        return app.say(titles[name]) if name in titles else name

    said = translator.term("event", event.kind)
    match event.kind:
        case "recorded" | "withdrawn":
            detail = title(event.data["task"])
        case "advanced" | "reopened" | "restaged":
            detail = title(event.data["to"])
        case "closed":
            detail = translator.term("outcome", event.data["outcome"])
            detail += f" → {moment.into}" if moment.into else ""
        case "assessed":
            detail = translator.term("eligibility", event.data["outcome"])
        case "changed" | "corrected":
            detail = "; ".join((*_facts_told(app, event.data, entry), *_members_told(moment, translator)))
        case "joined" | "left":
            detail = "; ".join(_members_told(moment, translator))
        case _:
            return said
    return f"{said}: {detail}"


def guidance_lines(
    app: App, ahead: NextSteps, catalogue: Catalogue, task: str | None, *, in_full: bool
) -> Iterator[str]:
    """Say how the missing tasks of a case are done, or the one task that is asked for."""
    entry, sources = ahead.loaded.programme, Sources()
    states = [state for state in ahead.tasks if task or state.outstanding]
    yield from standing_lines(app, ahead, catalogue)
    if not states:
        yield f"\n{app.translator(entry).gettext('no task is missing')}"
    for state in states:
        yield ""
        yield from table([task_row(app, entry, state)], "  ")
        yield from _guidance(app, ahead, state, sources)
    yield ""
    yield from sources.shown(app.translator(entry), in_full=in_full)


def _guidance(app: App, ahead: NextSteps, state: TaskState, sources: Sources) -> Iterator[str]:
    guidance = state.task.guidance
    said = (
        app.say(guidance)
        if guidance
        else app.translator(ahead.loaded.programme).gettext("no guidance is written for it")
    )
    yield from wrapped(f"{said} {sources.numbers(state.task.reference)}", screen_width(), "      ")


def _facts_told(app: App, data: Mapping[str, Any], entry: ProgrammeEntry | None) -> Iterator[str]:
    """Yield each fact of an event from → to."""
    translator = app.translator(entry)
    for name, each in data.get("facts", {}).items():
        before, after = (_fact_value(app, name, each[end], entry) for end in ("from", "to"))
        since = f" ({translator.gettext('since {day}', day=each['at'])})" if each.get("at") else ""
        yield f"{_fact_title(app, name, entry)}{since}: {before} → {after}"
    for name, each in data.get("moved", {}).items():
        title = _fact_title(app, name, entry)
        yield translator.gettext(
            "{fact}: changed on {day}, not on {before}", fact=title, day=each["to"], before=each["from"]
        )
    if "languages" in data:
        yield f"{translator.gettext('languages')}: {', '.join(data['languages'])}"


def _members_told(moment: TimelineEntry, translator: Translator) -> Iterator[str]:
    """Yield what an event says of each member: who came or went and how, or each fact from → to, while it is kept.

    Of a name or an identity number only that it changed: they are shown by ``case show`` and nowhere else.
    """
    for each in moment.members:
        told = []
        if each.after is not None and moment.event.kind in _HOW:
            how = _HOW[moment.event.kind]
            told = [translator.term("role", each.after["role"]), translator.term(how, each.after[how])]
        elif each.after is not None and each.before is not None:
            told = list(_differences(each.before, each.after, translator))
        member = translator.gettext("member {number}", number=each.number)
        yield f"{member}: {', '.join(told)}" if told else member


_HOW = {"joined": "joined_how", "left": "left_how"}
_OF_MEMBERS = ("role", "born", "gender", "joined_on", "joined_how", "left_on", "left_how")


def _differences(before: Mapping[str, Any], after: Mapping[str, Any], translator: Translator) -> Iterator[str]:
    for name in ("name", "identity"):
        if before[name] != after[name]:
            yield translator.term("fact", name)
    for name in _OF_MEMBERS:
        if before[name] != after[name]:
            was, now = (_member_value(name, row[name], translator) for row in (before, after))
            yield f"{translator.term('fact', name.removesuffix('_on'))} {was} → {now}"


def _member_value(name: str, value: Any, translator: Translator) -> str:
    if value is None:
        return translator.term("result", "unknown") if name == "born" else "–"
    return str(value) if isinstance(value, date) else translator.term(name, value)


def _fact_title(app: App, name: str, entry: ProgrammeEntry | None) -> str:
    titles = {f"{FIELD}{field.id}": field.title for field in entry.programme.fields} if entry else {}
    return app.say(titles[name]) if name in titles else app.translator(entry).term("fact", name)


def _fact_value(app: App, name: str, value: Any, entry: ProgrammeEntry | None) -> str:
    fact, translator = HOUSEHOLD_FACTS.get(name), app.translator(entry)
    if value is None or fact is None:
        return value_words(app, entry, value)
    if fact.type is FactType.CHOICE:
        return translator.term(name, value)
    if fact.type is FactType.PLACE:
        return place_name(app, entry, value) or value
    return value_words(app, entry, value)


def report_recorded(app: App, context: Context, recorded: Recorded) -> None:
    """Show where a case stands after something was written down, and what to look at again."""
    report_moved(app, context, recorded.case, recorded.warnings)


def report_moved(app: App, context: Context, after: Case, warnings: tuple[Message, ...] = ()) -> None:
    """Show where a case stands after an action on the business date, and what should be looked at again."""
    from kummi.casework.listing import after_action

    after = after_action(context, after)

    def show() -> None:
        click.echo("\n".join(case_head(app, after, context.catalogue)))

    warn(app, warnings)
    app.finish(lambda: changed(app, context, after, warnings), show)


def changed(app: App, context: Context, after: Case, warnings: Sequence[Message]) -> Shown:
    """Return what is shown of a case after an action."""
    from kummi.views.case import changed_case_view

    return changed_case_view(after, context.catalogue, context.on, warnings, app.say)


def warn(app: App, warnings: Sequence[Message]) -> None:
    """Print warnings to standard error."""
    for warning in warnings:
        app.warn(warning)
