"""What every command is handed: the global options, and from them the store, the countries and the context."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kummi.errors import Fault, InputError, PluginError
from kummi.i18n.translator import Translator, translator_of
from kummi.message import Message
from kummi.model.dates import Period
from kummi.model.text import FALLBACK, Translatable

if TYPE_CHECKING:
    from kummi.casework.context import Context
    from kummi.catalogue.catalogue import Catalogue
    from kummi.model.programme import ProgrammeEntry
    from kummi.store.database import Store
    from kummi.views.base import Shown


@dataclass(frozen=True)
class Settings:
    """The global options as given; None is "not said"."""

    db: str | None = None
    actor: str | None = None
    on: date | None = None
    lang: str | None = None
    as_json: bool = False
    plugins_dir: Path | None = None
    known: date | None = None
    debug: bool = False


@dataclass
class App:
    """One run of the command line."""

    settings: Settings = Settings()
    dry_run: bool = False
    _store: Store | None = field(default=None, repr=False)
    _opened: list[Store] = field(default_factory=list, repr=False)
    _catalogues: dict[frozenset[str] | None, Catalogue] = field(default_factory=dict, repr=False)

    def set(self, **given: Any) -> None:
        """Take global options that were given; the last word counts."""
        self.settings = replace(self.settings, **given)

    @property
    def on(self) -> date:
        """The business date: ``--on``, or today."""
        return self.settings.on or date.today()  # noqa: DTZ011 (the coordinator's own day is meant)

    @property
    def language(self) -> str:
        """The language asked for with ``--lang`` or ``KUMMI_LANG``, or English."""
        return self.settings.lang or FALLBACK

    @property
    def actor(self) -> str:
        """Who is doing this: ``--as``, or the name of the computer's user. Raises InputError where nobody is named."""
        if self.settings.actor is not None:
            return _actor(self.settings.actor)
        try:
            return _actor(getpass.getuser())
        except (OSError, KeyError, ImportError):  # what a computer without user names says, by Python version
            raise InputError(Fault("--as", Message("this computer does not say who you are; give a name"))) from None

    def catalogue(self, countries: Collection[str] | None = None) -> Catalogue:
        """Load the countries named by their codes, or all of them: also where none of those named is there.

        Then a message can name what is there instead. Raises PluginError, which says what to install, where there is
        no plugin at all.
        """
        from kummi.catalogue.catalogue import NO_COUNTRY

        codes = None if countries is None else frozenset(code.lower() for code in countries)
        found = self.found(codes)
        if codes and not found.faults and not any(code.lower() in codes for code in found.countries):
            found = self.found()
        if not found.plugins:
            raise PluginError(NO_COUNTRY)
        return found

    def found(self, codes: frozenset[str] | None = None) -> Catalogue:
        """Load the countries of these codes, or all of them, as they are: there may be none."""
        if codes not in self._catalogues:
            self._catalogues[codes] = self._load(codes)
        return self._catalogues[codes]

    def _load(self, codes: frozenset[str] | None) -> Catalogue:
        from platformdirs import user_cache_path

        from kummi.catalogue.load_catalogue import load

        return load(codes, self.settings.plugins_dir, user_cache_path("kummi", appauthor=False))

    def translator(self, entry: ProgrammeEntry | None = None) -> Translator:
        """Return who says everything in the language asked for, in the terms of the country where there is but one.

        Args:
            entry: The programme that is spoken of; without it, the countries that were loaded decide.
        """
        if entry is not None:
            return translator_of(entry, self.language)
        found = (each.translator(self.language) for each in self._catalogues.values())
        return next((each for each in found if each.terms), Translator(self.language))

    def store(self) -> Store:
        """Open the store. Raises InputError that says how to make or mend it."""
        if self._store is None:
            from kummi.store.schema import require_current

            store = self.raw_store()
            require_current(store)
            self._store = store
        return self._store

    def raw_store(self, address: str | None = None) -> Store:
        """Open the store as it is, for the commands that make or mend it; or the one at another address."""
        from kummi.store.database import Store, find_url

        store = Store(find_url(address or self.settings.db))
        self._opened.append(store)
        return store

    def close(self) -> None:
        """Give back every connection."""
        for store in self._opened:
            store.close()

    def context(self, countries: Collection[str] | None = None) -> Context:
        """Set up the context for an action that touches these countries."""
        from kummi.casework.context import Context
        from kummi.casework.observers import plugins_as_observers

        catalogue = self.catalogue(countries)
        observers = plugins_as_observers(catalogue, self.warn)
        known = self.settings.known
        return Context(self.store(), catalogue, self.actor, self.on, now, new_id, self.dry_run, observers, known)

    def context_for(self, ref: str) -> Context:
        """Set up the context for the country of one case number."""
        from kummi.casework.loading import number_of

        country, _ = number_of(ref)
        return self.context(None if country is None else {country})

    def context_for_programme(self, programme: str) -> Context:
        """Set up the context for the country whose code begins a programme's id."""
        return self.context(country_of(programme))

    def say(self, what: Translatable | tuple[Translatable, ...] | None, entry: ProgrammeEntry | None = None) -> str:
        """Return a text or phrase in the language asked for, in the terms of a programme's country if one is given."""
        return self.translator(entry).say(what)

    def warn(self, warning: Message) -> None:
        """Print a warning on the error stream."""
        click.echo(self.say(Message("Warning: {warning}", warning=warning)), err=True)

    def finish(self, view: Callable[[], Shown], show: Callable[[], None]) -> None:
        """Print the result: as JSON when asked for, else as ``show`` prints it. A dry run says that it was one.

        Args:
            view: Makes what JSON shows; called, and its models imported, only where JSON is asked for.
            show: Prints the result for a person.
        """
        if self.settings.as_json:
            from kummi.views.base import to_json

            click.echo(to_json(view(), dry_run=self.dry_run))
            return
        show()
        if self.dry_run:
            click.echo(self.say(Message("dry run: nothing was kept")), err=True)


def country_of(programme: str) -> set[str] | None:
    """Return the code that begins a programme's id, or None where it does not begin like one."""
    head = programme.split("-", 1)[0]
    return {head} if len(head) == 2 and "-" in programme else None


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a random id of 32 hex digits."""
    return secrets.token_hex(16)


LONGEST_ACTOR = 80
"""Characters of the name of who does something, as the store keeps it."""


def _actor(name: str) -> str:
    if not name.strip() or len(name) > LONGEST_ACTOR or not name.isprintable():
        raise InputError(Fault("--as", Message("expected a name of at most {most} characters", most=LONGEST_ACTOR)))
    return name.strip()


def parse_date(text: str, where: str) -> date:
    """Read an ISO date, in its long form only. Raises InputError that names the option."""
    from kummi.model.dates import iso_date

    try:
        return iso_date(text)
    except ValueError:
        wanted = Message("expected year-month-day, such as 2024-03-01")
        raise InputError(Fault(where, Message("'{text}' is not a date; {wanted}", text=text, wanted=wanted))) from None


def parse_period(start: str, end: str) -> Period:
    """Read the days from ``--from`` to ``--to``, both included. Raises InputError."""
    first, last = parse_date(start, "--from"), parse_date(end, "--to")
    if last < first:
        raise InputError(
            Message("the days asked for end on {last}, before they begin on {first}", last=last, first=first)
        )
    return Period(first, last)


YEARS = range(1900, 2200)
"""The years of a business date: a case of one's own time, and far enough from the ends of the calendar to count."""


def business_date(text: str, option: str = "--on") -> date:
    """Read the date of ``--on``, or of another option. Raises InputError."""
    day = parse_date(text, option)
    if day.year not in YEARS:
        raise InputError(
            Fault(
                option,
                Message(
                    "{day} is out of reach; expected a year from {first} to {last}",
                    day=day,
                    first=YEARS[0],
                    last=YEARS[-1],
                ),
            )
        )
    return day
