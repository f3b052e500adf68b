"""Django with django-fsm-2 on SQLite: models of the same tables, a protected state, transitions with conditions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections, models, transaction

from benchmarks.beside.guards import STAGES, event_of, moves, reasons_against
from benchmarks.harbour import ON
from kummi.store import tables

settings.configure(INSTALLED_APPS=[], DATABASES={}, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True)
django.setup()

from django_fsm import FSMField, transition  # noqa: E402  Django must be configured before its models are

_FIELDS: dict[str, Any] = {"DATE": models.DateField, "BOOLEAN": models.BooleanField, "JSON": models.JSONField}


def _field(column: Any) -> Any:
    """Return the field of a column: text unless it is something else."""
    if column.primary_key and not column.foreign_keys and column.name == "id" and column.table.name == "cases":
        return models.BigAutoField(primary_key=True)
    if column.name == "stage":
        return FSMField(protected=True)
    if str(column.type) in ("INTEGER", "BIGINT"):
        return models.BigIntegerField(null=column.nullable)
    kind = _FIELDS.get(str(column.type))
    return kind(null=column.nullable) if kind else models.CharField(max_length=200, null=column.nullable)


def _model(name: str, table: Any, primary_key: Any = None, **methods: Any) -> Any:
    meta = type("Meta", (), {"app_label": "benchmarks", "db_table": table.name, "managed": False})
    fields = {column.name: _field(column) for column in table.c}
    keyed = {"pk": primary_key} if primary_key else {}
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields, **keyed, **methods})


def _step(source: str, to: str) -> Any:
    def is_open(case: Any) -> bool:
        return not reasons_against(source, to, case.__dict__)

    def step(case: Any) -> None:
        case.entered_on = ON

    return transition(field="stage", source=source, target=to, conditions=[is_open])(step)


Case = _model("Case", tables.cases, **{f"{name}_from_{source}": _step(source, to) for source, to, name in moves()})
Event = _model("Event", tables.events, models.CompositePrimaryKey("stream_kind", "stream_id", "seq"))
Person = _model("Person", tables.persons, models.CompositePrimaryKey("case_id", "number"))


class WithDjango:
    """What one would write with Django."""

    name = "Django with django-fsm-2"

    def __init__(self, file: Path, synchronous: str) -> None:
        self.alias = file.stem
        pragmas = f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};"
        sqlite = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(file),
            "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE"},
        }
        connections.settings |= connections.configure_settings({"default": {}, self.alias: sqlite})

    def move(self, number: int, to: str) -> None:
        """Load a case and its persons, take the transition, save it with an event, commit."""
        with transaction.atomic(using=self.alias):
            case = Case.objects.using(self.alias).get(pk=number)
            list(Person.objects.using(self.alias).filter(case_id=number).order_by("number"))
            event = event_of(case.__dict__, to)
            getattr(case, f"to_{to.replace('-', '_')}_from_{case.stage}")()
            case.seq, case.head = event["seq"], event["hash"]
            case.save(using=self.alias)
            Event.objects.using(self.alias).create(**event)
        if case.stage != to or to not in STAGES:
            raise RuntimeError(f"{case.stage} is not {to}")

    def close(self) -> None:
        """Close the file."""
        connections[self.alias].close()
