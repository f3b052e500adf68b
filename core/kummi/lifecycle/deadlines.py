"""By when: the day a deadline falls on."""

from __future__ import annotations

from datetime import date

from kummi.lifecycle.workflow_index import index_of
from kummi.lifecycle.working_days import holidays_of
from kummi.model.dates import IsHoliday
from kummi.model.facts import Facts
from kummi.model.loaded_case import LoadedCase
from kummi.model.workflow import Deadline

ENTERED = "entered"
"""In ``Deadline.of``: the day the case entered its stage."""


def due_on(deadline: Deadline, entered_on: date, facts: Facts, is_holiday: IsHoliday) -> date | None:
    """Return the day a deadline falls on; None while the fact it counts from is not known."""
    start = entered_on if deadline.of == ENTERED else facts.get(deadline.of)
    if not isinstance(start, date):
        return None
    return deadline.within.after(start, is_holiday)


def day_of(deadline: Deadline, loaded: LoadedCase) -> date | None:
    """Return the day a deadline falls on for a case, by the working days of the place where it lives."""
    is_holiday = holidays_of(loaded.programme, loaded.case.municipality)
    return due_on(deadline, loaded.case.entered_on, loaded.facts, is_holiday)


def leave_by(loaded: LoadedCase) -> date | None:
    """Return the day by which a case should have left its stage; None where the stage has no deadline."""
    deadline = index_of(loaded).stages[loaded.case.stage].deadline
    return day_of(deadline, loaded) if deadline else None
