"""The closed lists of words that core shows, each value by its English word, which is what catalogues translate.

The kind is the context of the word in the catalogues: the phase ``closed`` and the verdict ``closed`` are two words.
"""

from __future__ import annotations

from kummi.message import Message
from kummi.model.dates import Duration, Unit


def term(kind: str, value: str, /, **params: object) -> Message:
    """Return the word for a value of a kind, to be said by a Translator. Raises KeyError where there is none."""
    return Message.in_context(kind, TERMS[kind][value], **params)


def has_term(kind: str, value: str) -> bool:
    """Return whether core has a word for a value of a kind."""
    return value in TERMS.get(kind, {})


def length(duration: Duration) -> Message:
    """Return a duration in words: ``3 months``."""
    one, other = UNITS[duration.unit]
    return Message.plural(one, other, duration.count)


UNITS: dict[Unit, tuple[str, str]] = {
    Unit.DAYS: ("{count} day", "{count} days"),
    Unit.WORKING_DAYS: ("{count} working day", "{count} working days"),
    Unit.WEEKS: ("{count} week", "{count} weeks"),
    Unit.MONTHS: ("{count} month", "{count} months"),
    Unit.YEARS: ("{count} year", "{count} years"),
}

TERMS: dict[str, dict[str, str]] = {
    "value": {
        "yes": "yes",
        "no": "no",
    },
    "fact": {
        "on": "the business date",
        "pathway": "the pathway",
        "municipality": "the municipality",
        "arrived": "the day of arrival",
        "permit.held": "a residence permit is held",
        "permit.granted": "the day the permit was granted",
        "permit.expires": "the day the permit expires",
        "registered": "the day of first registration in a municipality",
        "household.size": "the number of persons",
        "household.adults": "the number of adults",
        "household.children": "the number of children",
        "opened": "the day the case was opened",
        "closed": "the day the case was closed",
        "outcome": "the outcome",
        "phase": "the phase",
        "reached": "the first day in the phase {phase}",
        "task": "the day the task {task} was done",
        "entered": "the day the stage was entered",
        "role": "the role in the household",
        "gender": "the gender",
        "born": "the date of birth",
    },
    "phase": {
        "referral": "referral",
        "assessment": "assessment",
        "preparation": "preparation",
        "matching": "matching",
        "introduction": "introduction",
        "support": "support",
        "conclusion": "conclusion",
        "closed": "closed",
        "on_hold": "on hold",
    },
    "outcome": {
        "completed": "completed",
        "not_eligible": "not eligible",
        "declined": "declined",
        "withdrawn": "withdrawn",
        "ended_early": "ended early",
        "transferred": "transferred",
        "no_sponsor": "no supporter found",
    },
    "pathway": {
        "resettled": "resettled on a quota",
        "asylum": "arrived on their own, granted protection",
        "temporary_protection": "temporary protection",
        "family_reunification": "family reunification",
        "unaccompanied_minor": "unaccompanied minor",
        "other_permit": "other residence permit",
    },
    "role": {
        "adult": "adult",
        "child": "child",
    },
    "gender": {
        "female": "female",
        "male": "male",
        "other": "other",
        "unknown": "not asked",
    },
    "result": {
        "met": "met",
        "not_met": "not met",
        "unknown": "not known yet",
    },
    "eligibility": {
        "eligible": "eligible",
        "not_eligible": "not eligible",
        "undetermined": "cannot be decided yet",
    },
    "unknown": {
        "age": "age not known",
        "municipality": "municipality not known",
        "outcome": "no outcome yet",
        "form": "form unknown",
        "duration": "length unknown",
    },
    "pays": {
        "per_year": "{amount} a year x {count} of 12 months",
        "per_month": "{amount} a month x {count}",
        "per_day": "{amount} a day x {count}",
        "once": "{amount} once",
        "first_time": "{amount} once, in the first month in which the condition is met",
        "instalments": "{share} % of {amount}",
        "calendar_years": "{amount} for {calendar_year}, year {year}",
        "actual_cost": "actual cost is paid back, for {duration}",
    },
    "part of a month": {
        "per_year": "{amount} a year / 12 x {count} of {days} days",
        "per_month": "{amount} a month x {count} of {days} days",
    },
    "payee": {
        "before_move": "{payee}, before the move of {date}",
        "after_move": "{payee}, from the move of {date}",
        "municipality": "municipality",
        "county": "county",
        "region": "region",
        "state": "state",
        "person": "person",
        "organisation": "organisation",
    },
    "standing": {
        "payable": "payable",
        "if_conditions_hold": "if conditions hold",
        "assumed": "assumed",
        "not_known": "not known",
        "not_payable": "not payable",
    },
    "gap": {
        "start": "start unknown: {facts}",
        "span": "duration unknown, missing: {facts}",
        "no_span": "duration unknown for this person",
        "who": "it is not known whether the person is covered, missing: {facts}",
        "rate": "the rate cannot be chosen, missing: {facts}",
        "no_rate": "rate unknown for this date",
        "no_rate_here": "rate unknown for this person",
        "no_amount": "the sources give no amount",
        "disputed": "sources disagree: {amounts}",
    },
    "topic": {
        "overview": "Overview",
        "stages": "Stages",
        "eligibility": "Who may take part",
        "funding": "Money",
        "reports": "Duties to report",
        "words": "Words",
    },
    "heading": {
        "programmes": "Programmes",
        "countries": "Countries",
        "stages_by_phase": "Stages by phase",
        "tasks": "Tasks in each stage",
        "pathways": "Who may take part, by pathway",
        "reasons": "What closes a pathway, or what it depends on",
        "conditions": "What is asked of every household",
        "schemes": "Each scheme",
        "totals": "What is known of it, by who gets it",
        "duties": "Duties to report",
        "formats": "Report files that Kummi makes",
        "names": "What programmes and supporters are called",
        "terms": "Official words",
    },
    "column": {
        "programme": "Programme",
        "name": "Name",
        "owner": "Owner",
        "status": "Status",
        "window": "Window",
        "for_whom": "For whom",
        "form": "Form",
        "duration": "Duration",
        "badge": "Badge",
        "brings": "Money",
        "phase": "Phase",
        "stage": "Stage",
        "stages_column": "Stages",
        "task": "Task",
        "pathway": "Pathway",
        "verdict": "Verdict",
        "rule": "Rule",
        "country": "Country",
        "place": "Place",
        "person": "Person",
        "scheme": "Scheme",
        "payee": "Paid to",
        "amount": "Amount",
        "how": "How",
        "known": "Payable",
        "if_conditions_hold": "If conditions hold",
        "assumed": "Assumed",
        "not_known": "Schemes not fully known",
        "duty": "Duty",
        "who": "Who",
        "receiver": "Receiver",
        "due": "Due",
        "report": "Report",
        "own_name": "In its own languages",
        "supporter": "A supporter",
        "own_supporter": "In the country's languages",
        "term": "Word",
        "meaning": "Meaning",
        "number": "No.",
        "source": "Source",
        "read": "Read",
        "address": "Address",
    },
    "form": {
        "pair": "pair",
        "family": "family",
        "group": "group",
    },
    "duration": {
        "at_least": "at least {duration}",
        "at_most": "at most {duration}",
    },
    "verdict": {
        "open": "open",
        "closed": "closed",
        "depends": "depends",
    },
    "status": {
        "advocacy": "advocacy",
        "study": "study",
        "pilot": "pilot",
        "established": "established",
        "ended": "ended",
    },
    "ends": {
        "permit": "the residence permit",
        "pathway": "{pathway}, for everybody",
        "window": "the programme",
    },
    "kind of payment": {
        "per_year": "per year",
        "per_month": "per month",
        "per_day": "per day",
        "once": "once",
        "first_time": "first time",
        "instalments": "instalments",
        "calendar_years": "calendar years",
        "actual_cost": "actual cost",
        "not_computed": "not computed",
    },
    "table": {
        "cases": "cases",
        "persons": "persons",
        "notes": "notes",
        "events": "events",
    },
    "proof": {
        "structure": "structure",
        "refinement": "refinement",
        "soundness": "soundness",
        "consent": "consent",
        "clearance": "clearance",
        "no contradiction": "no contradiction",
        "completeness": "completeness",
    },
    "event": {
        "opened": "opened",
        "recorded": "done",
        "withdrawn": "withdrawn",
        "changed": "facts changed",
        "corrected": "facts corrected",
        "advanced": "moved to",
        "held": "put on hold",
        "resumed": "taken off hold",
        "closed": "closed",
        "reopened": "reopened",
        "restaged": "moved to another version of the workflow",
        "assessed": "assessed",
        "noted": "noted",
    },
}
