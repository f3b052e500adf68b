"""Build a report: the table of a declared format, for one programme, period and language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from kummi.catalogue.catalogue import ProgrammeEntry
from kummi.errors import NotFoundError
from kummi.model.criterion import All
from kummi.model.period import Period
from kummi.model.reference import Reference
from kummi.model.report import Indicator, ReportFormat
from kummi.model.report_table import ReportTable, Row, TableColumn
from kummi.model.words import Words
from kummi.reporting.column_types import column_types, shown
from kummi.reporting.entitlement_rows import EntitlementRows
from kummi.reporting.figures import figures
from kummi.reporting.indicators import count
from kummi.reporting.person_rows import person_rows
from kummi.reporting.report_query import ReportQuery
from kummi.reporting.voice import Voice


def build(
    connection: Connection,
    entry: ProgrammeEntry,
    format_id: str,
    period: Period,
    language: str,
    words: Words,
) -> ReportTable:
    """Build the table of a report over a period.

    Facts are taken as they are known on the last day. Rows of persons, households and entitlements are read while
    they are iterated over, so the table must be written before the transaction ends. The same store gives the same
    table. Raises NotFoundError for an unknown format or column.
    """
    form = find_format(entry, format_id)
    scope, voice = ReportQuery(entry, period.end), Voice(entry, language, words)
    types = column_types(form, scope.facts)
    return ReportTable(
        format=form.id,
        programme=entry.id,
        title=form.title.in_language(language),
        period=period,
        currency=entry.country.currency,
        columns=tuple(
            TableColumn(column.id, column.title.in_language(language), type_)
            for column, type_ in zip(form.columns, types, strict=True)
        ),
        rows=_rows(connection, form, scope, voice, period),
        notes=tuple(_notes(form, voice)),
        sources=tuple(_sources(form, voice)),
        labels=voice.labels,
    )


def find_format(entry: ProgrammeEntry, format_id: str) -> ReportFormat:
    """Return a format of the programme by its id. Raises NotFoundError with the nearest name."""
    formats = {form.id: form for form in entry.reports.formats}
    if format_id not in formats:
        raise NotFoundError("report format", format_id, formats)
    return formats[format_id]


def _rows(
    connection: Connection, form: ReportFormat, scope: ReportQuery, voice: Voice, period: Period
) -> Iterable[Row]:
    match form.rows:
        case "persons" | "households":
            return person_rows(connection, form, scope, voice, period)
        case "entitlements":
            return EntitlementRows(connection, form, scope, voice, period)
        case "indicators":
            return tuple(_indicator_rows(connection, form, scope, voice, period))


def _indicator_rows(
    connection: Connection, form: ReportFormat, scope: ReportQuery, voice: Voice, period: Period
) -> Iterator[Row]:
    for indicator in _indicators(form, voice.entry):
        counted = None if indicator.gap else count(connection, scope, _narrowed(indicator, form), period)
        for figure in figures(indicator, counted, voice):
            cells = figure.cells(voice)
            yield tuple(cells[name] if (name := shown(column)) else None for column in form.columns)


def _indicators(form: ReportFormat, entry: ProgrammeEntry) -> tuple[Indicator, ...]:
    """Return the indicators that a format names, in its order, or all where it names none. Raises NotFoundError."""
    known = {each.id: each for each in entry.reports.indicators}
    for name in form.indicators:
        if name not in known:
            raise NotFoundError("indicator", name, known)
    return tuple(known[name] for name in form.indicators) or tuple(known.values())


def _narrowed(indicator: Indicator, form: ReportFormat) -> Indicator:
    """Return the indicator counted only among those whom the format is about; ``who`` says nothing of households."""
    where = [each for each in (indicator.where, form.where) if each is not None]
    who = [each for each in (indicator.who, form.who) if each is not None and indicator.counts == "persons"]
    both = {"where": All(all=tuple(where)) if where else None, "who": All(all=tuple(who)) if who else None}
    return indicator.model_copy(update=both)


def _notes(form: ReportFormat, voice: Voice) -> Iterator[str]:
    """Yield what a reader must know beside the rows: what they hold, what is left empty and why, open questions."""
    language = voice.language
    yield voice.core("report.counted_once" if form.rows == "indicators" else "report.pseudonymous")
    for column in form.columns:
        if column.gap:
            yield _gap(voice, column.title.in_language(language), column.gap.in_language(language))
    if form.rows == "indicators":
        for indicator in _indicators(form, voice.entry):
            if indicator.gap:
                yield _gap(voice, indicator.title.in_language(language), indicator.gap.in_language(language))
    for question in form.questions:
        yield voice.core("report.question", question=question.text.in_language(language))


def _gap(voice: Voice, title: str, reason: str) -> str:
    return voice.core("report.gap", title=title, reason=reason)


def _sources(form: ReportFormat, voice: Voice) -> Iterator[str]:
    """Yield who gets the report and when, who declared its form, and what the form was taken from, each once."""
    yield voice.core("report.receiver", receiver=form.receiver.in_language(voice.language))
    if form.due:
        yield voice.core("report.due", due=form.due.in_language(voice.language))
    if form.origin:
        yield voice.core("report.declared", origin=form.origin)
    references = [*form.reference, *(each for column in form.columns for each in column.reference)]
    if form.rows == "indicators":
        references += [each for indicator in _indicators(form, voice.entry) for each in indicator.reference]
    yield from dict.fromkeys(_cited(reference) for reference in references)


def _cited(reference: Reference) -> str:
    return ", ".join(part for part in (str(reference), reference.url, reference.read) if part)
