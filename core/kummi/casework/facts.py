"""Facts of a household: different from a day on (a change), or never as they were written (a correction)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kummi.casework.commit import commit_event
from kummi.casework.context import Context, today
from kummi.casework.household_validation import doubt_about_place, typed_fields
from kummi.casework.loading import load
from kummi.casework.member_corrections import (
    MEMBER,
    last_day_of_membership,
    read_member_corrections,
    save_corrected_members,
)
from kummi.casework.members import doubts_of_members
from kummi.casework.recording import Recorded, must_be_open, must_have_come_for
from kummi.casework.value_reader import LanguageReader, read_date, value_of_fact
from kummi.errors import Fault, InputError, did_you_mean, message_of, nearest
from kummi.lifecycle.fold import timeline_of
from kummi.message import Message
from kummi.model.case import Case, LoadedCase
from kummi.model.facts import FIELD, HOUSEHOLD_FACTS, MUNICIPALITY, FactValue, with_implied
from kummi.model.household_events import Correction, FactsChanged, FactsCorrected
from kummi.model.timeline import Timeline
from kummi.model.vocabulary import LINKED, LeftHow
from kummi.store.database import Connection
from kummi.store.persons import load_person_rows

Given = Mapping[str, str]
"""Facts as typed: ``FIELD=VALUE``; the ``fields.`` of a programme's own may be left out."""

_FROM = ".from"
_ENTERED = {fact.name: fact for fact in HOUSEHOLD_FACTS.values() if fact.entered}
_PERMIT = ("permit.held", "permit.granted", "permit.expires")


def change_facts(context: Context, ref: str, given: Given, *, seen: int | None = None) -> Recorded:
    """Write down that facts of a household are different from the business date on; an empty value is not known.

    A day in the future is a plan, and says so. What is known to change later stays. Raises InputError with every
    fault: a fact that lasts once it is known, one that is so already or changes on that day already.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        must_be_open(loaded, Message("change facts"))
        values, faults = _read_facts(given, loaded)
        languages = values.pop("languages", None)
        faults += _against_change(values, given, loaded)
        changed = {name: value for name, value in values.items() if value != loaded.facts.get(name)}
        lines = {name: timeline_of(loaded.case, name).changed(context.on, value) for name, value in changed.items()}
        faults += _against_permit(lines, loaded.case)
        if faults:
            raise InputError(faults)
        event = FactsChanged({name: (loaded.facts.get(name), value) for name, value in changed.items()}, languages)
        case = commit_event(context, connection, loaded, event)
        apart = _of_those_apart(connection, loaded, context.on)
        return Recorded(case, (*_plans(context, lines), *_doubts(loaded, values), *apart))


def correct_facts(
    context: Context, ref: str, given: Given, *, at: date | None = None, seen: int | None = None
) -> Recorded:
    """Write down that facts never were as written: of the household, the programme's own, and of members.

    ``at`` is a day on which the wrong value holds, needed where a fact changed. ``FIELD.from`` is the right day of a
    change, ``member.2.born`` a fact of a member, ``member.2.joined`` and ``member.2.left`` the days of the membership.
    The business date is the day of the correction. Raises InputError with every fault.
    """
    with context.writing() as connection:
        loaded = load(context, connection, ref, seen=seen)
        must_be_open(loaded, Message("correct facts"))
        must_have_come_for(context, loaded)
        days, faults = _read_days(given, loaded)
        values, wrong = _read_facts(given, loaded, passed_over=lambda name: _is_day(name) or name.startswith(MEMBER))
        people, of_members = read_member_corrections(given, loaded)
        languages = values.pop("languages", None)
        lines, event, unclear = _corrected(loaded.case, values, days, at, given)
        faults += [*wrong, *unclear, *of_members, *_against_permit(lines, loaded.case)]
        if faults:
            raise InputError(faults)
        event = replace(event, languages=languages)
        if people:
            members, counts = save_corrected_members(context, connection, loaded, people)
            facts = {**event.facts, **_counted(loaded.case, counts)}
            event = replace(event, members=members, facts=facts, membership_until=last_day_of_membership(people))
        case = commit_event(context, connection, loaded, event)
        doubts = (*doubts_of_members(loaded, people), *_doubts(loaded, values))
        apart = _of_those_apart(connection, loaded, at or date.min) if lines else ()
        return Recorded(case, (*doubts, *apart, *_in_another_case(connection, loaded, people)))


def _corrected(
    case: Case, values: Mapping[str, FactValue], days: Mapping[str, date], at: date | None, typed: Given
) -> tuple[dict[str, Timeline], FactsCorrected, list[Fault]]:
    """Return facts as they would be over time, the event that says so, and why some cannot be corrected so."""
    lines: dict[str, Timeline] = {}
    facts: dict[str, Correction] = {}
    moved: dict[str, tuple[date, date]] = {}
    faults: list[Fault] = []
    for name in dict.fromkeys([*values, *days]):
        line = timeline_of(case, name)
        day = at or (line.changes[0] if len(line.changes) == 1 and name not in values else date.min)
        if line.changes and at is None and name in values:
            if name in typed or name.removeprefix(FIELD) in typed:
                faults.append(Fault(name, _say_which(line)))
            continue
        since = line.period(day).start
        if name in values:
            facts[name] = Correction(None if since == date.min else since, line.on(day), values[name])
            line = line.corrected(day, values[name])
        if name in days and line.period(since).start != since:
            faults.append(Fault(name + _FROM, _no_such_change(line, days[name], at)))  # the value is that of before
        elif name in days:
            try:
                line = line.moved(since, days[name])
                moved[name] = (since, days[name])
            except ValueError:
                faults.append(Fault(name + _FROM, _no_such_change(line, days[name], at)))
        lines[name] = line
    return lines, FactsCorrected(facts, moved), faults


def _say_which(line: Timeline) -> Message:
    periods = "; ".join(str(line.period(since)) for since, _ in line.values)
    return Message(
        "had several values ({periods}); say which was wrong: --at DAY, a day on which it held", periods=periods
    )


def _no_such_change(line: Timeline, to: date, at: date | None) -> Message:
    if not line.changes:
        return Message("never changed, so there is no day to correct")
    if len(line.changes) > 1 and at is None:
        days = ", ".join(map(str, line.changes))
        return Message("changed on {days}; say which: --at DAY; it stays between the changes around it", days=days)
    return Message("{to} is not a day between the changes before and after", to=to)


def _counted(case: Case, counts: Mapping[str, FactValue]) -> dict[str, Correction]:
    known = {name: timeline_of(case, name).newest for name in counts}
    return {name: Correction(None, known[name], value) for name, value in counts.items() if value != known[name]}


def _doubts(loaded: LoadedCase, values: Mapping[str, FactValue]) -> Iterator[Message]:
    doubt = doubt_about_place(values.get(MUNICIPALITY), loaded.programme)
    if doubt:
        yield doubt


def _of_those_apart(connection: Connection, loaded: LoadedCase, since: date) -> Iterator[Message]:
    """Say that a fact of a day may hold for members too who went on as a case of their own later.

    That case is not named: a household may part after violence.
    """
    if any(person.left_on and person.left_on > since for person in loaded.persons):
        rows = load_person_rows(connection, loaded.case.id)
        if any(row["left_how"] == LeftHow.SPLIT and row["left_on"] > since for row in rows):
            yield Message(
                "members went on as a case of their own later; where this holds for them too, it is written down in "
                "their case as well"
            )


def _in_another_case(connection: Connection, loaded: LoadedCase, numbers: Collection[int]) -> Iterator[Message]:
    """Say which of the members that are corrected are, or were, in another case, which keeps what stands there."""
    rows = load_person_rows(connection, loaded.case.id) if numbers else []
    for row in rows:
        if row["number"] in numbers and (row["joined_how"] in LINKED or row["left_how"] in LINKED):
            yield Message(
                "member {number} is in another case too; what is wrong there is corrected there", number=row["number"]
            )


def _read_facts(
    given: Given, loaded: LoadedCase, *, passed_over: Callable[[str], bool] = lambda _: False
) -> tuple[dict[str, Any], list[Fault]]:
    """Read core facts and the programme's own, each by its type, with what follows from them.

    ``passed_over`` says which names others read.
    """
    own = {field.id for field in loaded.programme.programme.fields}
    values: dict[str, Any] = {}
    faults: list[Fault] = [] if given else [Fault("", Message("nothing is given; expected FIELD=VALUE"))]
    for number, (name, text) in enumerate(given.items(), start=1):
        if passed_over(name):
            continue
        plain = name.removeprefix(FIELD)
        try:
            if plain in own:
                found, wrong = typed_fields({plain: text or None}, loaded.programme)
                faults += [Fault(name, Message("is given twice"))] if FIELD + plain in values else wrong
                values[FIELD + plain] = found.get(plain)
            else:
                values[name] = _core_fact(name, text, loaded, own)
        except ValueError as error:
            faults.append(Fault(_where(name, number, own), message_of(error)))
    return with_implied(values), faults


def _where(name: str, number: int, own: set[str]) -> Message | str:
    """Say which of the given facts is wrong: by its name, where that is like one of a fact, and may be repeated."""
    like = nearest(name.removesuffix(_FROM), [*_names_of_facts(own), *(FIELD + each for each in own)])
    return name if like else Message("fact {number}", number=number)


def _core_fact(name: str, text: str, loaded: LoadedCase, own: set[str]) -> Any:
    if name == "languages":
        return LanguageReader(loaded.programme)(text)
    fact = _ENTERED.get(name)
    if name.startswith(MEMBER):
        raise ValueError(
            Message("a fact of a member is corrected: case correct; members come and go: case join, leave")
        )
    if fact is None:
        raise ValueError(Message("there is no such fact{hint}", hint=did_you_mean(name, _names_of_facts(own))))
    if not text and not fact.required:
        return None
    return value_of_fact(text, fact, loaded.programme)


def _names_of_facts(own: set[str]) -> list[str]:
    return [*_ENTERED, "languages", *own, "member.1.born", "member.1.gender"]


def _against_change(values: Mapping[str, Any], given: Given, loaded: LoadedCase) -> Iterator[Fault]:
    """Say why facts cannot be different from the business date on."""
    on, ref = loaded.facts.on, loaded.case.ref
    for name, value in values.items():
        now, line = loaded.facts.get(name), timeline_of(loaded.case, name)
        lasting = name in _ENTERED and _ENTERED[name].lasting
        correct = Message("where it was written wrong: kummi case correct {ref} {name}=…", ref=ref, name=name)
        if value == now:
            if name in given or name.removeprefix(FIELD) in given:
                yield Fault(name, Message("is so on {on} already", on=on))
        elif lasting and now is not None and value is not None:
            yield Fault(name, Message("does not change once it is known; {correct}", correct=correct))
        elif on in line.changes:
            yield Fault(name, Message("changed on {on} already; {correct} --at {on}", on=on, correct=correct))


def _against_permit(lines: Mapping[str, Timeline], case: Case) -> list[Fault]:
    """Say where a permit would contradict itself on a day, as ``Permit`` does for a referral."""
    if not any(name in lines for name in _PERMIT):
        return []
    held, granted, expires = (lines.get(name) or timeline_of(case, name) for name in _PERMIT)
    days = {date.min, *held.changes, *granted.changes, *expires.changes}
    return list(dict.fromkeys(fault for day in sorted(days) for fault in _permit_on(day, held, granted, expires)))


def _permit_on(day: date, held: Timeline, granted: Timeline, expires: Timeline) -> Iterator[Fault]:
    since, until = granted.on(day), expires.on(day)
    if since and held.on(day) is False:
        settle = Message("a permit granted on {granted} is held; clear permit.granted= too", granted=since)
        yield Fault("permit.held", settle)
    if isinstance(since, date) and isinstance(until, date) and until < since:
        yield Fault("permit.expires", Message("the permit expires before it was granted"))


def _plans(context: Context, lines: Mapping[str, Timeline]) -> Iterator[Message]:
    if lines and context.on > today(context):
        yield Message("{on} has not come yet: this is planned, and holds from that day on", on=context.on)
    for name, line in lines.items():
        end = line.period(context.on).day_after
        if end:
            yield Message("{name} changes again on {end}, as was known", name=name, end=end)


def _read_days(given: Given, loaded: LoadedCase) -> tuple[dict[str, date], list[Fault]]:
    """Read the right days of changes, ``FIELD.from``, by the names of their facts."""
    own = {field.id for field in loaded.programme.programme.fields}
    days: dict[str, date] = {}
    faults = []
    for position, (name, text) in enumerate(given.items(), start=1):
        if not _is_day(name):
            continue
        plain = name.removesuffix(_FROM)
        try:
            days[_full_name(plain, own)] = read_date(text, loaded.programme.country.date_forms)
        except ValueError as error:
            faults.append(Fault(_where(name, position, own), message_of(error)))
    return days, faults


def _full_name(name: str, own: set[str]) -> str:
    """Return the name of a fact in rules. Raises ValueError where there is none."""
    if name not in _ENTERED and name.removeprefix(FIELD) not in own:
        raise ValueError(Message("there is no such fact{hint}", hint=did_you_mean(name, _names_of_facts(own))))
    return name if name in _ENTERED else FIELD + name.removeprefix(FIELD)


def _is_day(name: str) -> bool:
    return name.endswith(_FROM) and not name.startswith(MEMBER)
