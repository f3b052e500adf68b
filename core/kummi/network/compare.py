"""Put programmes side by side, from what their plugins declare alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from kummi.catalogue.catalogue import Catalogue
from kummi.network.comparison import Comparison, ComparisonPage, ComparisonTable, Topic
from kummi.network.eligibility import eligibility_tables
from kummi.network.funding import funding_tables
from kummi.network.naming import naming_tables
from kummi.network.overview import badges, overview_tables
from kummi.network.reports import report_tables
from kummi.network.selection import Selection, select_programmes
from kummi.network.stages import stage_tables

_TABLES: dict[Topic, Callable[[Selection], Iterator[ComparisonTable]]] = {
    Topic.STAGES: stage_tables,
    Topic.ELIGIBILITY: eligibility_tables,
    Topic.FUNDING: funding_tables,
    Topic.REPORTS: report_tables,
    Topic.WORDS: naming_tables,
}


def compare(
    catalogue: Catalogue,
    on: date,
    language: str,
    names: Sequence[str] = (),
    topics: Sequence[Topic] = (Topic.OVERVIEW,),
) -> Comparison:
    """Compare programmes on a day, in a language (English where a text lacks it).

    Args:
        catalogue: Where the programmes are.
        on: The day whose law is asked.
        language: The language of the titles.
        names: Programmes, and countries for all of theirs; all programmes without any name.
        topics: The questions to answer, each with a page of its own.

    Raises:
        NotFoundError: If a name is none of a country or programme.
    """
    asked = select_programmes(catalogue, names, on, language)
    pages = tuple(
        ComparisonPage(topic, asked.term("topic", topic), _tables(catalogue, asked, topic)) for topic in topics
    )
    return Comparison(on, asked.translator, tuple(entry.id for entry in asked.entries), pages)


def _tables(catalogue: Catalogue, asked: Selection, topic: Topic) -> tuple[ComparisonTable, ...]:
    if topic is Topic.OVERVIEW:
        return tuple(overview_tables(asked, badges(catalogue)))
    return tuple(_TABLES[topic](asked))
