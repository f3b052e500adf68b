"""Core's own words in English, each under a key that plugins translate.

A plugin gives translations through ``kummi_words``. Words in braces are filled in and
must stay in a translation. Country words (stages, tasks, rules) are never here: they
stand in the plugins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kummi.model.text import FALLBACK, Text

RULES: dict[str, str] = {
    "rule.all": "all of: {parts}",
    "rule.any": "at least one of: {parts}",
    "rule.not": "not ({part})",
    "rule.in": "{fact} is one of {values}",
    "rule.equals": "{fact} is {value}",
    "rule.at_least": "{fact} is at least {value}",
    "rule.at_most": "{fact} is at most {value}",
    "rule.before": "{fact} is before {date}",
    "rule.after": "{fact} is after {date}",
    "rule.within": "{fact} is no earlier than {date} and no later than {duration} after {date}",
    "rule.is_yes": "{fact}: yes",
    "rule.is_no": "{fact}: no",
    "rule.has": "{fact} is known",
    "rule.resides_in": "the household lives in one of {places}",
    "rule.takes_part": "the household lives in a municipality that takes part",
    "rule.age_at_least": "the person is at least {age} years old on {date}",
    "rule.age_at_most": "the person is at most {age} years old on {date}",
    "rule.age_between": "the person is {age} to {top} years old on {date}",
    "rule.some_member": "some person of the household: ({part})",
    "rule.every_member": "every person of the household: ({part})",
    "rule.done": "task {task} is done",
    "rule.python": "checked by the plugin's own code: {says}",
    "rule.settled_by": "{document}, from {source}",
    "value.yes": "yes",
    "value.no": "no",
    "unit.one.days": "1 day",
    "unit.one.weeks": "1 week",
    "unit.one.months": "1 month",
    "unit.one.years": "1 year",
    "fact.on": "the business date",
    "fact.pathway": "the pathway",
    "fact.municipality": "the municipality",
    "fact.arrived": "the day of arrival",
    "fact.permit.held": "a residence permit is held",
    "fact.permit.granted": "the day the permit was granted",
    "fact.permit.expires": "the day the permit expires",
    "fact.registered": "the day of first registration in a municipality",
    "fact.household.size": "the number of persons",
    "fact.household.adults": "the number of adults",
    "fact.household.children": "the number of children",
    "fact.opened": "the day the case was opened",
    "fact.closed": "the day the case was closed",
    "fact.outcome": "the outcome",
    "fact.phase": "the phase",
    "fact.reached": "the first day in the phase {phase}",
    "fact.task": "the day the task {task} was done",
    "fact.entered": "the day the stage was entered",
    "fact.role": "the role in the household",
    "fact.gender": "the gender",
    "fact.born": "the date of birth",
}

VALUES: dict[str, str] = {
    "phase.referral": "referral",
    "phase.assessment": "assessment",
    "phase.preparation": "preparation",
    "phase.matching": "matching",
    "phase.introduction": "introduction",
    "phase.support": "support",
    "phase.conclusion": "conclusion",
    "phase.closed": "closed",
    "phase.on_hold": "on hold",
    "outcome.completed": "completed",
    "outcome.not_eligible": "not eligible",
    "outcome.declined": "declined",
    "outcome.withdrawn": "withdrawn",
    "outcome.ended_early": "ended early",
    "outcome.transferred": "transferred",
    "outcome.no_sponsor": "no supporter found",
    "pathway.resettled": "resettled on a quota",
    "pathway.asylum": "arrived on their own, granted protection",
    "pathway.temporary_protection": "temporary protection",
    "pathway.family_reunification": "family reunification",
    "pathway.unaccompanied_minor": "unaccompanied minor",
    "pathway.other_permit": "other residence permit",
    "role.adult": "adult",
    "role.child": "child",
    "gender.female": "female",
    "gender.male": "male",
    "gender.other": "other",
    "gender.unknown": "not asked",
    "result.met": "met",
    "result.not_met": "not met",
    "result.unknown": "not known yet",
    "eligibility.eligible": "eligible",
    "eligibility.not_eligible": "not eligible",
    "eligibility.undetermined": "cannot be decided yet",
    "unit.days": "{count} days",
    "unit.working days": "{count} working days",
    "unit.weeks": "{count} weeks",
    "unit.months": "{count} months",
    "unit.years": "{count} years",
}

REPORTING: dict[str, str] = {
    "report.report": "Report",
    "report.notes": "Notes",
    "report.programme": "Programme",
    "report.period": "Period",
    "report.sources": "Sources",
    "report.receiver": "Receiver: {receiver}",
    "report.due": "Due: {due}",
    "report.declared": "Form of the report: {origin}",
    "report.gap": "{title}: left empty. {reason}",
    "report.question": "Open question: {question}",
    "report.pseudonymous": "Persons are told apart by case number and number in the household; "
    "no report holds a name or an identity number.",
    "report.counted_once": "Everyone is counted once in a figure: on the first day that counts, "
    "at the age of that day. A combination of groups that is not listed is 0.",
    "report.all": "all",
    "report.age_other": "other age",
    "report.age_unknown": "age not known",
    "report.municipality_unknown": "municipality not known",
    "report.outcome_unknown": "no outcome yet",
}

FUNDING: dict[str, str] = {
    "funding.per_year": "{amount} a year x {count} of 12 months",
    "funding.per_month": "{amount} a month x {count}",
    "funding.per_day": "{amount} a day x {count}",
    "funding.once": "{amount} once",
    "funding.first_time": "{amount} once, in the first month in which the condition is met",
    "funding.instalments": "{share} % of {amount}",
    "funding.calendar_years": "{amount} for {calendar_year}, year {year}",
    "funding.actual_cost": "actual cost is paid back, for {duration}",
    "funding.gap.start": "start unknown: {facts}",
    "funding.gap.span": "duration unknown, missing: {facts}",
    "funding.gap.no_span": "duration unknown for this person",
    "funding.gap.who": "it is not known whether the person is covered, missing: {facts}",
    "funding.gap.rate": "the rate cannot be chosen, missing: {facts}",
    "funding.gap.no_rate": "rate unknown for this date",
    "funding.gap.no_rate_here": "rate unknown for this person",
    "funding.gap.no_amount": "the sources give no amount",
    "funding.gap.disputed": "sources disagree: {amounts}",
    "payee.municipality": "municipality",
    "payee.county": "county",
    "payee.region": "region",
    "payee.state": "state",
    "payee.person": "person",
    "payee.organisation": "organisation",
}

LIFECYCLE: dict[str, str] = {
    "lifecycle.task": "the task '{task}' is not done yet; it is owed by: {owner}",
    "lifecycle.task_lapsed": "what the task '{task}' showed was good until {date}; it is owed again by: {owner}",
    "lifecycle.task_settle": "{owner} does it; then it is recorded as '{id}'",
    "lifecycle.consent": "the household's consent is not recorded: {tasks}",
    "lifecycle.no_consent_asked": "the workflow asks for no consent before this stage",
    "lifecycle.clearance": "clearance of those who meet the household is not recorded: {tasks}",
    "lifecycle.clearance_ended": "clearance of those who meet the household was good until {date}: {tasks}",
    "lifecycle.no_clearance_asked": "the workflow asks for no clearance before this stage",
    "lifecycle.window": "the programme ran until {date}; no match and no introduction begins after it",
    "lifecycle.held": "the case is on hold since {date}",
    "lifecycle.held_settle": "the case is taken off hold",
    "lifecycle.lapsed": "the case is on hold by itself: clearance was good until {date}",
    "lifecycle.lapsed_settle": "clearance is renewed and recorded",
    "lifecycle.clearance_gone": "the case is on hold by itself: a clearance it needs is not recorded",
    "lifecycle.may_be_needed": "may be needed: not known yet whether it applies",
}

NETWORK: dict[str, str] = {
    "network.title": "Programmes side by side on {date}",
    "network.programmes": "Programmes",
    "network.stages": "Stages by phase",
    "network.pathways": "Who may take part, by pathway",
    "network.reasons": "What closes a pathway, or what it depends on",
    "network.conditions": "What is asked of every household",
    "network.money": "Money for one person in the first {years} years",
    "network.money_note": "An adult of {adult} and a child of {child} who live together; their period begins on {date} "
    "under every scheme. Each amount is in its own currency. What is not known is never counted as nothing.",
    "network.totals": "What is known of it, by who gets it",
    "network.duties": "Duties to report",
    "network.sources": "Sources",
    "network.programme": "Programme",
    "network.name": "Name",
    "network.owner": "Owner",
    "network.status": "Status",
    "network.window": "Window",
    "network.phase": "Phase",
    "network.stages_column": "Stages",
    "network.pathway": "Pathway",
    "network.verdict": "Verdict",
    "network.rule": "Rule",
    "network.country": "Country",
    "network.place": "Place",
    "network.person": "Person",
    "network.scheme": "Scheme",
    "network.payee": "Paid to",
    "network.amount": "Amount",
    "network.how": "How",
    "network.known": "Known",
    "network.not_known": "Schemes not fully known",
    "network.duty": "Duty",
    "network.who": "Who",
    "network.receiver": "Receiver",
    "network.due": "Due",
    "network.number": "No.",
    "network.source": "Source",
    "network.read": "Read",
    "network.address": "Address",
    "network.not_running": "{status}, takes no households on this day",
    "network.if_it_happens": "only if it happens: {how}",
    "verdict.open": "open",
    "verdict.closed": "closed",
    "verdict.depends": "depends",
    "status.advocacy": "advocacy",
    "status.study": "study",
    "status.pilot": "pilot",
    "status.established": "established",
    "status.ended": "ended",
}

CLI: dict[str, str] = {
    "refusal.programme_status": "the programme is {status} and takes no cases (as of {since})",
    "refusal.programme_window": "the programme runs from {start} to {end}; {day} is outside",
    "settle.rehearse": "rehearse it instead: case open with --rehearse",
    "cli.settle": "to settle it",
    "cli.source": "source",
    "cli.rehearsal": "(rehearsal)",
    "cli.no_municipality": "municipality not known",
    "cli.persons": "{count} in the household",
    "cli.open_since": "open since {day}",
    "cli.closed_as": "closed as {outcome} on {day}",
    "cli.languages": "languages",
    "cli.held_since": "on hold since {day}",
    "cli.lapsed": "on hold by itself: a clearance has ended",
    "cli.leave_by": "should leave this stage by {day}",
    "cli.late": "{days} days late",
    "cli.late_one": "1 day late",
    "cli.done": "Done",
    "cli.missing": "Missing",
    "cli.may_be_done": "Not required",
    "cli.open_moves": "Open moves",
    "cli.closed_moves": "Closed moves",
    "cli.close_as": "close: {outcome}",
    "cli.as_above": "as above",
    "cli.by": "by {day}",
    "cli.good_until": "good until {day}",
    "cli.again_by": "again by {day}",
    "cli.law_of": "law of {day}",
    "cli.recorded": "recorded on {day}",
    "cli.should_have_left": "the stage '{stage}' should be left",
    "cli.overdue": "Overdue",
    "cli.due_soon": "Due by {day}",
    "cli.blocked": "Blocked",
    "cli.nothing_due": "nothing is due",
    "cli.run_by": "Run by",
    "cli.supporter": "A supporter is called",
    "cli.places": "Places",
    "cli.whole_country": "the whole country",
    "cli.stages_and_tasks": "Stages and tasks (* required)",
    "cli.who_may_enter": "Who may enter",
    "cli.disagree": "Sources disagree",
    "cli.questions": "Open questions",
    "cli.authorities": "Authorities",
    "cli.no_name_known": "no name known for this day",
    "cli.identity_numbers": "Identity numbers",
    "cli.official_words": "Official words",
    "cli.person": "person {number}",
    "cli.not_computed": "not computed",
    "cli.actual_cost": "actual cost",
    "cli.to_payee": "To the {payee}: {total}",
    "cli.lines_missing": "not in it: {count} lines that could not be computed",
    "cli.lines_at_cost": "and {count} lines at actual cost",
    "cli.no_scheme": "no scheme pays for this household in these days",
    "cli.no_figure": "no figure known",
    "cli.no_case": "no case",
    "cli.what_next": "What is next",
    "event.opened": "opened",
    "event.recorded": "done",
    "event.withdrawn": "withdrawn",
    "event.set": "facts set",
    "event.advanced": "moved to",
    "event.held": "put on hold",
    "event.resumed": "taken off hold",
    "event.closed": "closed",
    "event.reopened": "reopened",
    "event.assessed": "assessed",
    "event.noted": "noted",
}

SHEET: dict[str, str] = {
    "sheet.household": "household",
    "sheet.languages": "languages",
    "sheet.name": "name",
    "sheet.identity": "identity number",
    "sheet.example": "EXAMPLE",
}

ENGLISH: dict[str, str] = {**RULES, **VALUES, **LIFECYCLE, **REPORTING, **FUNDING, **NETWORK, **CLI, **SHEET}
"""Every phrase of core, by key."""


@dataclass(frozen=True)
class Words:
    """Core's phrases in the languages of a country: ``say`` fills one in, falling back to English."""

    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def say(self, key: str, language: str = FALLBACK, **parts: object) -> str:
        """Return a phrase in a language with its braces filled in. Raises KeyError for an unknown key."""
        template = self.translations.get(language, {}).get(key) or ENGLISH[key]
        return template.format(**parts)

    def text(self, key: str, **parts: object) -> Text:
        """Return a phrase in every language there is; parts that are Texts are said in the same language."""
        said = {}
        for language in (FALLBACK, *self.translations):
            local = {
                name: part.in_language(language) if isinstance(part, Text) else part for name, part in parts.items()
            }
            said[language] = self.say(key, language, **local)
        return Text.model_validate(said)
