"""What each command of core shows with ``--json``: one view, a list of them, or one of two."""

from __future__ import annotations

from typing import Any

from kummi.views.case import CaseView, ChangedCaseView, ImportView, MovedCasesView, TemplateView, TimelineView
from kummi.views.country import CountryRowView, CountryView
from kummi.views.database import (
    AuditView,
    BackupView,
    DatabaseCheckView,
    DatabaseMadeView,
    DatabaseUpgradeView,
    RestoreView,
)
from kummi.views.due import DueView
from kummi.views.finding import AssessedCasesView, DecisionView, FailureView
from kummi.views.funding import EntitlementsView, SchemeView
from kummi.views.network import ChangesView, ComparisonFileView, ComparisonView, DifferencesView
from kummi.views.next_steps import NextView
from kummi.views.plugin import PluginReportView, PluginRowView, PluginView, StoryView
from kummi.views.programme import DiagramView, ProgrammeRowView, ProgrammeView
from kummi.views.report import ReportFileView, ReportRowView, ReportView

BY_COMMAND: dict[str, Any] = {
    "audit verify": AuditView,
    "case advance": ChangedCaseView | MovedCasesView,
    "case assess": DecisionView | AssessedCasesView,
    "case close": ChangedCaseView,
    "case hold": ChangedCaseView,
    "case import": ImportView,
    "case join": ChangedCaseView,
    "case leave": ChangedCaseView,
    "case list": list[CaseView],
    "case next": NextView,
    "case open": ChangedCaseView,
    "case record": ChangedCaseView,
    "case split": ChangedCaseView,
    "case merge": ChangedCaseView,
    "case transfer": ChangedCaseView,
    "case change": ChangedCaseView,
    "case correct": ChangedCaseView,
    "case reopen": ChangedCaseView,
    "case restage": ChangedCaseView,
    "case resume": ChangedCaseView,
    "case show": CaseView,
    "case template": TemplateView,
    "case timeline": TimelineView,
    "country list": list[CountryRowView],
    "country show": CountryView,
    "db backup": BackupView,
    "db check": DatabaseCheckView,
    "db restore": RestoreView,
    "db upgrade": DatabaseUpgradeView,
    "due": list[DueView],
    "funding entitlements": EntitlementsView,
    "funding schemes": list[SchemeView],
    "init": DatabaseMadeView,
    "network compare": ComparisonView | ComparisonFileView,
    "network diff": DifferencesView | ChangesView,
    "plugin check": list[PluginReportView],
    "plugin list": list[PluginRowView],
    "plugin show": PluginView,
    "programme diagram": DiagramView,
    "programme list": list[ProgrammeRowView],
    "programme show": ProgrammeView,
    "report build": ReportView | ReportFileView,
    "report list": list[ReportRowView],
    "scenario run": list[StoryView],
}
"""What each command shows. A command that is not here prints no JSON: ``demo`` tells a story."""

FAILURE = FailureView
"""What every command shows that fails."""
