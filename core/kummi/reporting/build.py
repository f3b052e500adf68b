"""Build a report: the table of a declared format, for one programme, period and language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kummi.errors import NotFoundError
from kummi.i18n.translator import Translator
from kummi.message import Message
from kummi.model.criterion import All
from kummi.model.dates import Period
from kummi.model.facts import Fact, FactType
from kummi.model.programme import ProgrammeEntry
from kummi.model.reference import Reference
from kummi.model.report import (
    ROW_WORDS,
    ColumnType,
    Indicator,
    ReportFormat,
    ReportTable,
    Row,
    TableColumn,
)
from kummi.reporting.entitlement_rows import EntitlementRows
from kummi.reporting.indicators import count, figures
from kummi.reporting.report_translator import ReportTranslator, Say
from kummi.store.cases import none_changes_after
from kummi.store.database import Connection
from kummi.store.queries.reports import ReportQuery, read_rows

_WORDS = {
    "number": ColumnType.NUMBER,
    "age": ColumnType.NUMBER,
    "birth_year": ColumnType.NUMBER,
    "count": ColumnType.NUMBER,
    "from": ColumnType.DATE,
    "to": ColumnType.DATE,
    "claim_by": ColumnType.DATE,
    "amount": ColumnType.MONEY,
}
"""What rows offer besides facts; the rest is text."""

_CELLS = {
    FactType.DATE: ColumnType.DATE,
    FactType.YES_NO: ColumnType.YES_NO,
    FactType.NUMBER: ColumnType.NUMBER,
    FactType.CHOICE: ColumnType.TEXT,
    FactType.PLACE: ColumnType.TEXT,
}


def build(
    connection: Connection,
    entry: ProgrammeEntry,
    format_id: str,
    period: Period,
    translator: Translator,
) -> ReportTable:
    """Build the table of a report over a period.

    Facts are taken as they are known on the last day. Rows of persons, households and entitlements are read while
    they are iterated over, so the table must be written before the transaction ends. The same store gives the same
    table. Raises NotFoundError for an unknown format or column.
    """
    form = find_format(entry, format_id)
    query = ReportQuery(entry, period.end, newest=none_changes_after(connection, period.end))
    report_translator = ReportTranslator(entry, translator)
    types = _column_types(form, query.facts)
    return ReportTable(
        format=form.id,
        programme=entry.id,
        title=translator.say(form.title),
        period=period,
        currency=entry.country.currency,
        columns=tuple(
            TableColumn(column.id, translator.say(column.title), type_)
            for column, type_ in zip(form.columns, types, strict=True)
        ),
        rows=_rows(connection, form, query, report_translator, period),
        notes=tuple(_notes(form, report_translator)),
        sources=tuple(_sources(form, report_translator)),
        labels=report_translator.labels,
    )


def find_format(entry: ProgrammeEntry, format_id: str) -> ReportFormat:
    """Return a format of the programme by its id. Raises NotFoundError with the nearest name."""
    formats = {form.id: form for form in entry.reports.formats}
    if format_id not in formats:
        raise NotFoundError(Message("report format"), format_id, formats)
    return formats[format_id]


def _rows(
    connection: Connection, form: ReportFormat, query: ReportQuery, translator: ReportTranslator, period: Period
) -> Iterable[Row]:
    match form.rows:
        case "persons" | "households":
            return _person_rows(connection, form, query, translator, period)
        case "entitlements":
            return EntitlementRows(connection, form, query, translator, period)
        case "indicators":
            return tuple(_indicator_rows(connection, form, query, translator, period))


def _indicator_rows(
    connection: Connection, form: ReportFormat, query: ReportQuery, translator: ReportTranslator, period: Period
) -> Iterator[Row]:
    for indicator in _indicators(form, translator.entry):
        counted = None if indicator.gap else count(connection, query, _narrowed(indicator, form), period)
        for figure in figures(indicator, counted, translator):
            cells = figure.cells(translator)
            yield tuple(cells[name] if (name := column.shown) else None for column in form.columns)


def _indicators(form: ReportFormat, entry: ProgrammeEntry) -> tuple[Indicator, ...]:
    """Return the indicators that a format names, in its order, or all where it names none. Raises NotFoundError."""
    known = {each.id: each for each in entry.reports.indicators}
    for name in form.indicators:
        if name not in known:
            raise NotFoundError(Message("indicator"), name, known)
    return tuple(known[name] for name in form.indicators) or tuple(known.values())


def _narrowed(indicator: Indicator, form: ReportFormat) -> Indicator:
    """Return the indicator counted only among those whom the format is about; ``who`` says nothing of households."""
    where = [each for each in (indicator.where, form.where) if each is not None]
    who = [each for each in (indicator.who, form.who) if each is not None and indicator.counts == "persons"]
    both = {"where": All(all=tuple(where)) if where else None, "who": All(all=tuple(who)) if who else None}
    return indicator.model_copy(update=both)


def _notes(form: ReportFormat, translator: ReportTranslator) -> Iterator[str]:
    """Yield what a reader must know beside the rows: what they hold, what is left empty and why, open questions."""
    yield translator.gettext(
        "Everyone is counted once in a figure: on the first day that counts, "
        "at the age of that day. A combination of groups that is not listed is 0."
        if form.rows == "indicators"
        else "Persons are told apart by case number and number in the household; "
        "no report holds a name or an identity number."
    )
    yield translator.gettext("What changes, such as the municipality, is that of the last day of the period.")
    for column in form.columns:
        if column.gap:
            yield _gap(translator, translator.say(column.title), translator.say(column.gap))
    if form.rows == "indicators":
        for indicator in _indicators(form, translator.entry):
            if indicator.gap:
                yield _gap(translator, translator.say(indicator.title), translator.say(indicator.gap))
    for question in form.questions:
        yield translator.gettext("Open question: {question}", question=translator.say(question.text))


def _gap(translator: ReportTranslator, title: str, reason: str) -> str:
    return translator.gettext("{title}: left empty. {reason}", title=title, reason=reason)


def _sources(form: ReportFormat, translator: ReportTranslator) -> Iterator[str]:
    """Yield who gets the report and when, who declared its form, and what the form was taken from, each once."""
    yield translator.gettext("Receiver: {receiver}", receiver=translator.say(form.receiver))
    if form.due:
        yield translator.gettext("Due: {due}", due=translator.say(form.due))
    if form.origin:
        yield translator.gettext("Form of the report: {origin}", origin=form.origin)
    references = [*form.reference, *(each for column in form.columns for each in column.reference)]
    if form.rows == "indicators":
        references += [each for indicator in _indicators(form, translator.entry) for each in indicator.reference]
    yield from dict.fromkeys(_cited(reference) for reference in references)


def _cited(reference: Reference) -> str:
    return ", ".join(part for part in (str(reference), reference.url, reference.read) if part)


def _column_types(form: ReportFormat, facts: Mapping[str, Fact]) -> tuple[ColumnType, ...]:
    """Return the type of the cells of each column: that of what it shows, or as declared where it stays empty.

    Raises NotFoundError for a column that rows of this kind cannot fill.
    """
    offered = {word: _WORDS.get(word, ColumnType.TEXT) for word in ROW_WORDS[form.rows]}
    offered |= {name: _CELLS[fact.type] for name, fact in facts.items() if form.can_show(fact)}
    types = []
    for column in form.columns:
        value = column.shown
        if value is not None and value not in offered:
            raise NotFoundError(
                Message("value for the column '{id}' of {rows}", id=column.id, rows=form.rows), value, offered
            )
        types.append(column.type if value is None else offered[value])
    return tuple(types)


def _person_rows(
    connection: Connection, form: ReportFormat, query: ReportQuery, translator: ReportTranslator, period: Period
) -> Iterable[Row]:
    """Return the rows of persons or households whose ``dated`` day lies in the period, read while they are iterated.

    They come in the order of their case and their number in the household.
    """
    names = [column.shown for column in form.columns]
    return read_rows(connection, query, form, period, [(name, _say(name, query, translator)) for name in names])


def _say(name: str | None, query: ReportQuery, translator: ReportTranslator) -> Say | None:
    if name == "stage":
        return translator.stage
    return translator.of_fact(query.facts[name]) if name in query.facts else None
