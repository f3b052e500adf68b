"""One criterion, three readings: decided in Python, asked of both databases, and read back from its English words."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, create_engine, insert, select

from kummi.i18n.translator import Translator
from kummi.lifecycle.fold import fold
from kummi.lifecycle.tasks import ends_of
from kummi.lifecycle.workflow_index import requirement_of
from kummi.model.case import Case, Person, TaskRecord, facts_of
from kummi.model.country import Municipality
from kummi.model.criterion import Criterion
from kummi.model.dates import Duration
from kummi.model.facts import Facts, counts_of
from kummi.model.household_events import FactsChanged, MemberJoined
from kummi.model.places import Places
from kummi.model.programme import Programme
from kummi.model.rule import Decision, Result, Rule
from kummi.model.vocabulary import OPEN_PHASES, Gender, MemberRole, Outcome, Pathway, Phase, TaskKind
from kummi.model.workflow import Task
from kummi.rules.compile_sql import condition, eligibility_case, fulfilment
from kummi.rules.decide import decide, findings_of, fulfils
from kummi.rules.describe import describe, labels_of
from kummi.rules.inspect import known_facts, problems_in
from kummi.rules.satisfiability import can_hold_together
from kummi.store import tables
from kummi.store.cases import task_data
from kummi.store.fact_columns import case_columns

CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
SOURCE = {"id": "act", "title": "Harbour Act", "read": "2026-01"}
PROGRAMME = Programme.model_validate(
    {
        "id": "xx-harbour",
        "title": "Harbour friends",
        "owner": "Harbour Red Cross",
        "supporter": "friend",
        "standing": {"is": "pilot", "reference": SOURCE},
        "reference": SOURCE,
        "fields": [
            {"id": "decided", "title": "day of the placement decision", "type": "date"},
            {"id": "speaks", "title": "is at least one of (some) languages known", "type": "yes_no"},
            {"id": "rooms", "title": "rooms", "type": "number"},
            {
                "id": "housing",
                "title": "housing",
                "type": "choice",
                "choices": [{"id": "own", "title": "own; not shared"}, {"id": "camp", "title": "camp"}],
            },
            {"id": "came_from", "title": "first town", "type": "place"},
        ],
    }
)
TASKS = [
    Task.model_validate({"id": name, "kind": "talk", "title": title, "owner": "coordinator", "reference": SOURCE})
    for name, title in {"consent": "Consent is known", "plan-v2": "plan (new; short)", "talk": "talk"}.items()
]
MUNICIPALITIES = [
    Municipality.model_validate({"code": "001", "name": {"en": "North Quay", "xx": "Nordkaj"}}),
    Municipality.model_validate({"code": "002", "name": "South Quay"}),
    Municipality.model_validate({"name": "Lighthouse"}),
]
PLACE_KEYS = ["001", "002", "Lighthouse", "elsewhere"]
PLACE_NAMES = ["North Quay", "nordkaj", "002", "Lighthouse", "elsewhere", "nowhere"]
KEYS = {"north quay": "001", "nordkaj": "001", "001": "001", "south quay": "002", "002": "002"}
PLACES = [
    Places({**KEYS, "lighthouse": "Lighthouse"}, frozenset(part), known, everywhere)
    for part in (["001", "elsewhere"], [])
    for known in (True, False)
    for everywhere in (True, False)
]
KNOWN = known_facts(PROGRAMME, [task.id for task in TASKS])

DAYS = [
    *map(date.fromisoformat, ("2024-02-28", "2024-02-29", "2024-03-01", "2023-02-28", "2023-03-01", "2024-01-30")),
    *map(date.fromisoformat, ("2024-01-31", "2023-12-31", "2024-12-31", "2021-02-28", "2020-02-29", "2026-08-31")),
]
BIRTHDAYS = [
    *map(date.fromisoformat, ("2006-02-28", "2006-03-01", "2008-02-29", "1988-04-02", "2017-09-30", "2024-02-28")),
    *map(date.fromisoformat, ("2004-02-29", "2016-02-29", "1920-01-01", "2025-06-30")),
]
EDGES = [date.min, date(9999, 11, 30), date(9999, 12, 15), date.max]


@dataclass(frozen=True)
class Sample:
    """An invented household."""

    case: Case
    members: tuple[Person, ...]


def _sample(number: int, chance: random.Random) -> Sample:
    def maybe(values):
        return chance.choice(values) if chance.random() < 0.75 else None

    def day():
        near = chance.choice(DAYS) + timedelta(days=chance.choice([0, 0, 0, -1, 1, 30, -400]))
        return chance.choice(EDGES) if chance.random() < 0.03 else near

    def maybe_day():
        return day() if chance.random() < 0.75 else None

    fields = {
        "decided": maybe_day(),
        "speaks": maybe([True, False]),
        "rooms": maybe([0, 1, 2, 5]),
        "housing": maybe(["own", "camp"]),
        "came_from": maybe(PLACE_KEYS),
    }
    members = tuple(
        Person(each, chance.choice(list(MemberRole)), maybe([*BIRTHDAYS, *DAYS, *EDGES]), chance.choice(list(Gender)))
        for each in range(chance.choice([0, 1, 1, 2, 3]))
    )
    case = Case(
        id=number,
        country="XX",
        programme=PROGRAMME.id,
        workflow="1",
        rehearsal=False,
        stage="somewhere",
        phase=chance.choice(list(Phase)),
        entered_on=day(),
        opened_on=day(),
        pathway=chance.choice(list(Pathway)),
        size=len(members),
        adults=sum(person.role is MemberRole.ADULT for person in members),
        children=sum(person.role is MemberRole.CHILD for person in members),
        municipality=maybe(PLACE_KEYS),
        arrived=maybe_day(),
        permit_held=maybe([True, False]),
        permit_granted=maybe_day(),
        permit_expires=maybe_day(),
        registered=maybe_day(),
        closed_on=maybe_day(),
        outcome=maybe(list(Outcome)),
        fields={name: value for name, value in fields.items() if value is not None or chance.random() < 0.5},
        tasks={task.id: TaskRecord(day(), maybe_day()) for task in TASKS if chance.random() < 0.6},
        reached={phase: day() for phase in OPEN_PHASES if chance.random() < 0.5},
    )
    if chance.random() < 0.5:
        case = _with_changes(case, chance)
    if members and chance.random() < 0.5:
        case, members = _with_comings_and_goings(case, members, chance)
    return Sample(case, members)


CHANGING: dict[str, list[object]] = {
    "pathway": list(Pathway),
    "municipality": [*PLACE_KEYS, None],
    "arrived": [*DAYS, None],
    "permit.held": [True, False, None],
    "permit.granted": [*DAYS, None],
    "permit.expires": [*DAYS, None],
    "registered": [*DAYS, None],
    "fields.decided": [*DAYS, None],
    "fields.speaks": [True, False, None],
    "fields.rooms": [0, 1, 5, None],
    "fields.housing": ["own", "camp", None],
    "fields.came_from": [*PLACE_KEYS, None],
}


def _with_comings_and_goings(
    case: Case, members: tuple[Person, ...], chance: random.Random
) -> tuple[Case, tuple[Person, ...]]:
    """Let some members join and leave on days around those that are asked; the case counts those who are left."""

    def on() -> date | None:
        return chance.choice(DAYS) + timedelta(days=chance.choice([-1, 0, 1])) if chance.random() < 0.5 else None

    moved = []
    for person in members:
        joined, left = on(), on()
        if joined and left and left < joined:
            joined, left = left, joined
        moved.append(replace(person, joined_on=joined, left_on=left))
    days = [day for person in moved for day in (person.joined_on, person.left_on) if day]
    counts = counts_of([person.role for person in moved if person.left_on is None])
    for day in days:
        case = fold(case, MemberJoined(counts, ()), day)
    return case, tuple(moved)


def _with_changes(case: Case, chance: random.Random) -> Case:
    """Let some facts of a case change on days around those that are asked."""
    for _ in range(chance.randint(1, 6)):
        name = chance.choice(list(CHANGING))
        on = chance.choice(DAYS) + timedelta(days=chance.choice([-1, 0, 1]))
        value = chance.choice(CHANGING[name])
        case = fold(case, FactsChanged({name: (None, value)}), on)
    return case


SAMPLES = [_sample(number, random.Random(number)) for number in range(1, 151)]


def _row(case: Case) -> dict[str, object]:
    names = {column.name for column in tables.cases.columns} & set(Case.__dataclass_fields__)
    row = {name: getattr(case, name) for name in names}
    row["languages"] = []
    row["fields"] = {name: _json(value) for name, value in case.fields.items()}
    row["timelines"] = {
        name: [(since.isoformat(), _json(value)) for since, value in line.values]
        for name, line in case.timelines.items()
    }
    row["tasks"] = {name: task_data(record) for name, record in case.tasks.items()}
    row.update((f"reached_{phase}", case.reached.get(phase)) for phase in OPEN_PHASES)
    return row


def _json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _fill(connection: Connection) -> None:
    tables.metadata.create_all(connection, tables=[tables.cases, tables.persons])
    connection.execute(insert(tables.cases), [_row(sample.case) for sample in SAMPLES])
    persons = [
        {
            "id": f"{sample.case.id}-{person.number}",
            "case_id": sample.case.id,
            "programme": PROGRAMME.id,
            "number": person.number,
            "role": person.role,
            "born": person.born,
            "gender": person.gender,
            "salt": "",
            "version": 1,
            "person_id": f"{sample.case.id}-{person.number}",
            "joined_on": person.joined_on,
            "left_on": person.left_on,
        }
        for sample in SAMPLES
        for person in sample.members
    ]
    connection.execute(insert(tables.persons), persons)
    connection.commit()


@pytest.fixture(scope="module")
def databases(create_postgres: Callable[[], str]) -> Iterator[dict[str, Connection]]:
    engines = {"SQLite": create_engine("sqlite://"), "PostgreSQL": create_engine(create_postgres())}
    connections = {name: engine.connect() for name, engine in engines.items()}
    for connection in connections.values():
        _fill(connection)
    yield connections
    for name, connection in connections.items():
        connection.close()
        engines[name].dispose()


def _asked(connection: Connection, expression: ColumnElement) -> list:
    return list(connection.scalars(select(expression).select_from(tables.cases).order_by(tables.cases.c.id)))


FACTS: dict[date, list[Facts]] = {
    on: [facts_of(sample.case, sample.members, on) for sample in SAMPLES] for on in (*DAYS[:4], DAYS[-1])
}
BUSINESS_DATES = st.sampled_from(list(FACTS))


@cache
def _facts(on: date, number: int) -> list[Facts]:
    """Return the facts of every sample on a day, under one of ``PLACES``, by its number."""
    return [replace(facts, places=PLACES[number]) for facts in FACTS[on]]


PLACES_BY_NUMBER = st.sampled_from(range(len(PLACES)))


# --- random criteria ----------------------------------------------------------------------------------------------

HOUSEHOLD_DATES = [
    name
    for name, fact in KNOWN.items()
    if fact.type == "date" and fact.about != "person" and name != "tasks.plan-v2"  # only ``done`` takes two dots
]
VALUES = {
    "pathway": list(Pathway),
    "permit.held": [True, False],
    "household.size": [0, 1, 2, 3],
    "household.adults": [0, 1, 2],
    "household.children": [0, 1, 4, 3_000_000_000],
    "outcome": list(Outcome),
    "phase": list(Phase),
    "fields.speaks": [True, False],
    "fields.rooms": [0, 1, 2],
    "fields.housing": ["own", "camp"],
    "fields.came_from": PLACE_KEYS,
    **dict.fromkeys(HOUSEHOLD_DATES, DAYS),
}
PERSON_VALUES = {"role": list(MemberRole), "gender": list(Gender), "born": BIRTHDAYS, "joined": DAYS}
NUMBERS = [name for name, fact in KNOWN.items() if fact.type == "number"]
DURATIONS = st.builds(
    "{} {}".format,
    st.sampled_from([0, 1, 2, 3, 6, 13, 36, 9999]),
    st.sampled_from(["days", "weeks", "months", "years"]),
)
PLACE_LISTS = st.lists(st.sampled_from(PLACE_NAMES), min_size=1, max_size=3)


def _leaves(person: bool) -> st.SearchStrategy[dict]:
    values = {**VALUES, **PERSON_VALUES} if person else VALUES
    dates = [*HOUSEHOLD_DATES, "born", "joined"] if person else HOUSEHOLD_DATES
    fact = st.sampled_from(sorted(values))
    date_fact = st.sampled_from(dates)
    day = st.one_of(st.sampled_from([*DAYS, *EDGES[1:]]), date_fact)
    number = st.sampled_from([0, 1, 2, 5])
    years = st.sampled_from([0, 1, 7, 8, 16, 17, 18, 130])
    number_fact = st.sampled_from(NUMBERS)
    leaves = [
        fact.flatmap(lambda f: st.fixed_dictionaries({"fact": st.just(f), "equals": st.sampled_from(values[f])})),
        fact.flatmap(
            lambda f: st.fixed_dictionaries(
                {"fact": st.just(f), "in": st.lists(st.sampled_from(values[f]), min_size=1, max_size=3)}
            )
        ),
        st.fixed_dictionaries({"fact": number_fact, "at_least": number}),
        st.fixed_dictionaries({"fact": number_fact, "at_most": number}),
        st.fixed_dictionaries({"fact": date_fact, "before": day}),
        st.fixed_dictionaries({"fact": date_fact, "after": day}),
        st.fixed_dictionaries({"fact": date_fact, "within": DURATIONS, "of": day}),
        st.fixed_dictionaries({"has": st.sampled_from([*values, "municipality"])}),
        st.fixed_dictionaries({"resides_in": st.just("programme") | PLACE_LISTS}),
        st.fixed_dictionaries({"done": st.sampled_from([task.id for task in TASKS])}),
    ]
    if person:
        ends = st.tuples(years, years).map(sorted).map(lambda both: {"at_least": both[0], "at_most": both[1]})
        span = ends | st.fixed_dictionaries({"at_least": years}) | st.fixed_dictionaries({"at_most": years})
        leaves += 3 * [st.fixed_dictionaries({"age": span, "at": date_fact})]
    return st.one_of(leaves)


def _composed(inner: st.SearchStrategy[dict]) -> st.SearchStrategy[dict]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"all": several}),
        st.fixed_dictionaries({"any": several}),
        st.fixed_dictionaries({"not": inner}),
    )


ABOUT_PERSONS = st.recursive(_leaves(person=True), _composed, max_leaves=3)
OF_MEMBERS = st.fixed_dictionaries({"some_member": ABOUT_PERSONS}) | st.fixed_dictionaries(
    {"every_member": ABOUT_PERSONS}
)
CRITERIA = st.recursive(_leaves(person=False) | OF_MEMBERS, _composed, max_leaves=5).map(CRITERION.validate_python)
TASKS_ASKED = st.builds(
    lambda task, kind, when, valid_for: task.model_copy(update={"kind": kind, "when": when, "valid_for": valid_for}),
    st.sampled_from([task for task in TASKS if task.id != "plan-v2"]),
    st.sampled_from(list(TaskKind)),
    st.none() | CRITERIA,
    st.none() | DURATIONS.map(Duration.model_validate),
)
DAY_OR_NONE = st.one_of(st.none(), st.sampled_from(list(FACTS)))
VALIDITY = st.tuples(DAY_OR_NONE, DAY_OR_NONE).map(lambda ends: sorted(ends) if all(ends) else ends)
RULES = st.lists(st.tuples(st.none() | CRITERIA, CRITERIA, VALIDITY), max_size=3).map(
    lambda drawn: [
        Rule.model_validate(
            {
                "id": f"rule-{number}",
                "text": "A rule",
                "when": when,
                "require": require,
                "valid_from": start,
                "valid_to": end,
                "reference": SOURCE,
            }
        )
        for number, (when, require, (start, end)) in enumerate(drawn)
    ]
)


# --- the properties -----------------------------------------------------------------------------------------------

ANSWERS = {True: Result.MET, False: Result.NOT_MET, None: Result.UNKNOWN}


@settings(max_examples=250, report_multiple_bugs=False)
@given(criterion=CRITERIA, on=BUSINESS_DATES, number=PLACES_BY_NUMBER)
def test_both_databases_answer_as_python_decides(databases, criterion, on, number):
    decided = [decide(criterion, facts) for facts in _facts(on, number)]

    for name, connection in databases.items():
        expression = condition(criterion, on, PLACES[number], case_columns(on, PROGRAMME.fields))
        answered = [ANSWERS[value] for value in _asked(connection, expression)]
        both = zip(SAMPLES, decided, answered, strict=True)
        assert next((three for three in both if three[1] != three[2]), None) is None, name


@settings(max_examples=120, report_multiple_bugs=False)
@given(task=TASKS_ASKED, on=BUSINESS_DATES, number=PLACES_BY_NUMBER)
def test_what_core_asks_of_a_task_is_the_same_in_both_databases(databases, task, on, number):
    asked = [
        replace(facts, values={**facts.values, **ends_of(sample.case, [task])})
        for sample, facts in zip(SAMPLES, _facts(on, number), strict=True)
    ]
    requirement = requirement_of(task)
    decided = [fulfils(facts, requirement) for facts in asked]

    for name, connection in databases.items():
        expression = fulfilment(requirement, on, PLACES[number], case_columns(on, PROGRAMME.fields, tasks=[task]))
        both = zip(SAMPLES, decided, _asked(connection, expression), strict=True)
        assert next((three for three in both if three[1] != three[2]), None) is None, name


@settings(max_examples=120, report_multiple_bugs=False)
@given(rules=RULES, on=BUSINESS_DATES, number=PLACES_BY_NUMBER)
def test_the_outcome_for_all_cases_at_once_is_the_outcome_of_each(databases, rules, on, number):
    decided = [Decision(on, "", findings_of(rules, facts)).outcome for facts in _facts(on, number)]

    for name, connection in databases.items():
        expression = eligibility_case(rules, on, PLACES[number], case_columns(on, PROGRAMME.fields))
        assert _asked(connection, expression) == decided, name


@settings(max_examples=250, report_multiple_bugs=False)
@given(criterion=CRITERIA, on=BUSINESS_DATES, number=PLACES_BY_NUMBER)
def test_english_words_read_back_are_the_same_criterion(criterion, on, number):
    words = describe(criterion, Translator(), LABELS)

    read = CRITERION.validate_python(_read(words))

    assert describe(read, Translator(), LABELS) == words
    asked = _facts(on, number)
    assert [decide(read, facts) for facts in asked] == [decide(criterion, facts) for facts in asked], words


@settings(max_examples=250, report_multiple_bugs=False)
@given(criteria=st.lists(CRITERIA, min_size=1, max_size=3), on=BUSINESS_DATES, number=PLACES_BY_NUMBER)
def test_what_some_case_meets_is_never_called_impossible(criteria, on, number):
    met = any(all(decide(each, facts) is Result.MET for each in criteria) for facts in _facts(on, number))

    assert can_hold_together(criteria, PLACES[number]) or not met


@settings(max_examples=250, report_multiple_bugs=False)
@given(criterion=CRITERIA)
def test_well_typed_criteria_pass_the_load_time_check(criterion):
    assert problems_in(criterion, KNOWN) == []


LEAVES = [
    {"fact": "pathway", "in": ["asylum"]},
    {"fact": "fields.speaks", "equals": True},
    {"fact": "fields.rooms", "at_least": 2},
    {"fact": "fields.rooms", "at_most": 1},
    {"fact": "tasks.consent", "before": "2024-01-31"},
    {"fact": "reached.support", "after": "arrived"},
    {"fact": "registered", "within": "1 month", "of": "arrived"},
    {"fact": "on", "within": "13 months", "of": "fields.decided"},
    {"fact": "fields.decided", "within": "1 year", "of": "on"},
    {"resides_in": ["North Quay"]},
    {"some_member": {"fact": "gender", "equals": "female"}},
    {"some_member": {"age": {"at_least": 18}, "at": "registered"}},
    {"every_member": {"age": {"at_most": 17}}},
    {"some_member": {"fact": "arrived", "before": "on"}},
    {"done": "plan-v2"},
]


@pytest.mark.parametrize("leaf", LEAVES, ids=str)
def test_every_kind_of_leaf_agrees_on_every_answer(databases, leaf):
    """The random criteria above say nothing of an answer that no household ever gives; here all are given."""
    criterion, found = CRITERION.validate_python(leaf), set()
    for on, asked in FACTS.items():
        decided = [decide(criterion, replace(facts, places=PLACES[0])) for facts in asked]
        found.update(decided)
        for connection in databases.values():
            expression = condition(criterion, on, PLACES[0], case_columns(on, PROGRAMME.fields))
            assert [ANSWERS[value] for value in _asked(connection, expression)] == decided

    always_known = leaf.get("fact") == "pathway" or "done" in leaf
    assert found == set(Result) - ({Result.UNKNOWN} if always_known else set())


@pytest.mark.parametrize("places", PLACES, ids=range(len(PLACES)))
@pytest.mark.parametrize("resides_in", ["programme", ["North Quay"], []])
def test_places_agree_whatever_list_of_them_there_is(databases, places, resides_in):
    criterion = CRITERION.validate_python({"resides_in": resides_in})
    decided = [decide(criterion, replace(facts, places=places)) for facts in FACTS[DAYS[0]]]

    for connection in databases.values():
        expression = condition(criterion, DAYS[0], places, case_columns(DAYS[0]))
        assert [ANSWERS[value] for value in _asked(connection, expression)] == decided


# --- a reader of the English words, written from the words alone -----------------------------------------------------

LABELS = labels_of(PROGRAMME, TASKS, MUNICIPALITIES)
FACT_NAMES = {str(LABELS(name)): name for name in KNOWN}
TASK_IDS = {str(LABELS(f"task:{task.id}")): task.id for task in TASKS}
CHOICES = {
    (name, str(LABELS(f"choice:{name}:{value}"))): value for name, fact in KNOWN.items() for value in fact.choices
}


class _MisreadError(Exception):
    """A form of words that does not fit after all."""


def _read(words: str) -> dict:
    """Read one criterion; exactly one form of words may fit."""
    readings = []
    for form, read in FORMS.items():
        if found := re.fullmatch(form, words):
            with contextlib.suppress(_MisreadError, KeyError):
                readings.append(read(*found.groups()))
    assert len(readings) == 1, (words, readings)
    return readings[0]


def _items(words: str) -> list[str]:
    """Split at its semicolons what stands between one opening bracket and the closing one that belongs to it."""
    items, depth, quoted = [""], 0, False
    for letter in words:
        quoted = letter == "“" or (quoted and letter != "”")
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if depth < 0:
            raise _MisreadError(words)
        if letter == ";" and depth == 0 and not quoted:
            items.append("")
        else:
            items[-1] += letter
    return [item.strip() for item in items if item.strip()]


def _part(words: str) -> dict:
    (only,) = _items(words)
    return _read(only)


def _value(fact: str, words: str) -> object:
    match str(KNOWN[fact].type):
        case "date" if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
            return words
        case "number" if words.isdigit():
            return int(words)
        case "yes_no":
            return {"yes": True, "no": False}[words]
        case "choice":
            return CHOICES[fact, words]
        case "place" if re.fullmatch("“[^“”]+”", words):
            return words[1:-1]
        case _:
            raise _MisreadError(words)


def _day(words: str) -> str:
    return words if re.fullmatch(r"\d{4}-\d\d-\d\d", words) else FACT_NAMES[words]


def _in(fact: str, values: str) -> dict:
    name = FACT_NAMES[fact]
    return {"fact": name, "in": [_value(name, value) for value in _items(values)]}


def _within(fact: str, start: str, duration: str, again: str) -> dict:
    if start != again:
        raise _MisreadError(again)
    return {"fact": FACT_NAMES[fact], "within": duration, "of": _day(start)}


FORMS: dict[str, Callable[..., dict]] = {
    r"all of: \((.+)\)": lambda parts: {"all": [_read(part) for part in _items(parts)]},
    r"at least one of: \((.+)\)": lambda parts: {"any": [_read(part) for part in _items(parts)]},
    r"not \((.+)\)": lambda part: {"not": _part(part)},
    r"some person of the household: \((.+)\)": lambda part: {"some_member": _part(part)},
    r"every person of the household: \((.+)\)": lambda part: {"every_member": _part(part)},
    r"(.+) is one of \((.*)\)": _in,
    r"(.+): (yes|no)": lambda fact, value: {"fact": FACT_NAMES[fact], "equals": value == "yes"},
    r"(.+) is (.+)": lambda fact, value: {"fact": FACT_NAMES[fact], "equals": _value(FACT_NAMES[fact], value)},
    r"(.+) is at least (\d+)": lambda fact, number: {"fact": FACT_NAMES[fact], "at_least": int(number)},
    r"(.+) is at most (\d+)": lambda fact, number: {"fact": FACT_NAMES[fact], "at_most": int(number)},
    r"(.+) is before (.+)": lambda fact, day: {"fact": FACT_NAMES[fact], "before": _day(day)},
    r"(.+) is after (.+)": lambda fact, day: {"fact": FACT_NAMES[fact], "after": _day(day)},
    r"(.+) is no earlier than (.+) and no later than (\d+ [a-z]+) after (.+)": _within,
    r"(.+) is known": lambda fact: {"has": FACT_NAMES[fact]},
    r"the household lives in a municipality that takes part": lambda: {"resides_in": "programme"},
    r"the household lives in one of \((.*)\)": lambda places: {"resides_in": [name[1:-1] for name in _items(places)]},
    r"the person is at least (\d+) years old on (.+)": lambda low, day: {
        "age": {"at_least": int(low)},
        "at": _day(day),
    },
    r"the person is at most (\d+) years old on (.+)": lambda top, day: {"age": {"at_most": int(top)}, "at": _day(day)},
    r"the person is (\d+) to (\d+) years old on (.+)": lambda low, top, day: {
        "age": {"at_least": int(low), "at_most": int(top)},
        "at": _day(day),
    },
    r"task (.+) is done": lambda task: {"done": TASK_IDS[task]},
}
