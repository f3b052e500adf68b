"""What a coordinator does to a case: the event it leaves, the state it gives, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from kummi.casework.bulk import Advanced, advance_all
from kummi.casework.case_index import case_index_from
from kummi.casework.context import Context
from kummi.casework.listing import household_of, timeline
from kummi.casework.loading import number_of
from kummi.casework.moving import advance, close, hold, reopen, resume
from kummi.casework.next_steps import next_steps
from kummi.casework.opening import open_case
from kummi.casework.recording import assess, record_task, withdraw_task
from kummi.casework.value_reader import NOT_PLAIN
from kummi.errors import InputError, NotFoundError, RefusedError
from kummi.hookspecs import hookimpl
from kummi.model.case import Case, TaskRecord
from kummi.model.household import Household
from kummi.model.rule import Eligibility, Finding, Result
from kummi.model.text import Text
from kummi.model.vocabulary import Outcome, Pathway, Phase
from kummi.model.workflow import Move
from kummi.store.audit import verify
from kummi.store.tables import cases
from kummi.testing.harbourland import harbourland

Bring = Callable[[Context, str, str], Case]
ON = date(2024, 3, 1)


def on(context: Context, day: str) -> Context:
    return replace(context, on=date.fromisoformat(day))


def last_event(context: Context, ref: str) -> tuple[str, date, dict[str, object]]:
    event = timeline(context, ref)[1][-1].event
    return event.kind, event.happened_on, dict(event.data)


@pytest.fixture
def ref(context: Context, family: Household) -> str:
    return open_case(context, "xx-harbour", family).case.ref


# --- opening -----------------------------------------------------------------------------------------------------


def test_opening_stores_every_fact_of_the_household(context: Context, family: Household) -> None:
    opened = open_case(context, "xx-harbour", family)
    case = next_steps(context, opened.case.ref).loaded.case

    assert case == opened.case
    assert opened.warnings == ()
    assert (case.ref, case.stage, case.phase, case.entered_on, case.opened_on) == (
        "XX-1", "hailed", Phase.REFERRAL, ON, ON,
    )  # fmt: skip
    assert (case.pathway, case.municipality, case.languages) == (Pathway.RESETTLED, "X1", ("ar", "so"))
    assert (case.arrived, case.registered) == (date(2024, 2, 10), date(2024, 2, 12))
    assert (case.permit_held, case.permit_granted, case.permit_expires) == (True, date(2024, 1, 10), date(2028, 1, 9))
    assert (case.size, case.adults, case.children) == (3, 2, 1)
    assert case.fields == {"moored": date(2024, 2, 11), "housing": "boat", "school_place": False}
    assert (case.seq, case.rehearsal, case.reached) == (1, False, {Phase.REFERRAL: ON})
    assert household_of(context, case)[0]["name"] == "Zelda Pine"
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_an_event_tells_two_dates_and_who(context: Context, family: Household) -> None:
    late = replace(context, on=date(2024, 2, 20))
    ref = open_case(late, "xx-harbour", family).case.ref
    ((moment,), case) = timeline(late, ref)[1], timeline(late, ref)[0]

    assert moment.event.happened_on == case.opened_on == date(2024, 2, 20)
    assert moment.event.recorded_at.startswith("2032-03-01T09:00:")
    assert moment.recorded_on == date(2032, 3, 1)
    assert moment.event.actor == "astrid"


def test_a_household_of_which_little_is_known_is_taken(context: Context) -> None:
    bare = Household.model_validate({"pathway": "asylum", "members": [{"role": "adult"}]})
    case = open_case(context, "xx-harbour", bare).case

    assert (case.municipality, case.permit_held, case.fields, case.languages) == (None, None, {}, ())


def test_everything_wrong_with_a_household_is_said_at_once(context: Context, family: Household) -> None:
    bad = family.model_copy(
        update={
            "fields": {"housing": "boot", "moored": "soon", "school_place": "perhaps", "hosing": "boat"},
            "members": (
                family.members[0].model_copy(update={"born": date(2024, 3, 2), "name": "Zelda\0"}),
                family.members[1].model_copy(update={"born": date(1890, 1, 1)}),
            ),
        }
    )
    with pytest.raises(InputError) as caught:
        open_case(context, "xx-harbour", bad)

    assert [str(fault) for fault in caught.value.faults] == [
        "fields.housing: 'boot' is not one of the choices; did you mean 'boat'?",
        "fields.moored: expected a date like 2024-03-31 or 31.03.2024; other forms leave doubt about day and month",
        "fields.school_place: expected yes or no",
        "fields.hosing: the programme has no such field; did you mean 'housing'?",
        "member 1, born: the date of birth lies after 2024-03-01",
        f"member 1, name: {NOT_PLAIN}",
        "member 2, born: the person would be older than 130 years",
    ]
    assert verify(context.store).cases == 0


def test_a_programme_that_is_only_a_study_refuses_with_its_status_and_source(
    context: Context, family: Household
) -> None:
    with pytest.raises(RefusedError, match="xx-lighthouse cannot take a household on 2024-03-01") as caught:
        open_case(context, "xx-lighthouse", family)

    (finding,) = caught.value.findings
    assert finding.rule == "programme-status"
    assert str(finding.reason) == "the programme is study and takes no cases (as of 2025-06-01)"
    assert finding.reference
    assert str(finding.settle) == "rehearse it instead: case open with --rehearse"
    without = family.model_copy(update={"fields": {}})
    assert open_case(context, "xx-lighthouse", without, rehearse=True).case.rehearsal


def test_a_day_outside_the_window_refuses_a_rehearsal_too(context: Context, family: Household) -> None:
    for rehearse in (False, True):
        with pytest.raises(RefusedError) as caught:
            open_case(on(context, "2019-12-31"), "xx-harbour", family, rehearse=rehearse)
        assert [finding.rule for finding in caught.value.findings] == ["programme-window"]


def test_an_unknown_programme_offers_the_nearest(context: Context, family: Household) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean 'xx-harbour'\?"):
        open_case(context, "xx-harbor", family)


def test_a_household_that_may_be_there_already_is_said_and_taken(context: Context, family: Household) -> None:
    open_case(context, "xx-harbour", family)
    births = family.model_copy(
        update={"members": tuple(each.model_copy(update={"identity": None}) for each in family.members)}
    )
    number = Household.model_validate(
        {"pathway": "asylum", "members": [{"role": "adult", "identity": family.members[0].identity}]}
    )
    younger = births.model_copy(
        update={"members": (*births.members[:2], births.members[2].model_copy(update={"born": date(2019, 5, 5)}))}
    )

    said = "this may be a household already there: {}; look before you go on"
    assert open_case(context, "xx-harbour", births, rehearse=True).warnings == ()
    assert open_case(context, "xx-harbour", younger).warnings == ()
    assert tuple(map(str, open_case(context, "xx-harbour", number).warnings)) == (said.format("XX-1"),)
    assert tuple(map(str, open_case(context, "xx-harbour", births).warnings)) == (said.format("XX-1"),)
    assert tuple(map(str, open_case(context, "xx-harbour", births).warnings)) == (said.format("XX-1, XX-5"),)


# --- tasks -------------------------------------------------------------------------------------------------------


def test_a_task_is_recorded_with_the_day_until_which_it_is_good(context: Context, ref: str) -> None:
    record_task(context, ref, "crew-cleared")
    assert last_event(context, ref) == ("recorded", ON, {"task": "crew-cleared", "until": "2025-03-01"})

    case = record_task(context, ref, "crew-cleared", until=date(2024, 9, 30)).case
    assert case.tasks == {"crew-cleared": TaskRecord(ON, date(2024, 9, 30))}


def test_a_day_until_which_it_was_good_before_it_was_done_is_a_slip(context: Context, ref: str) -> None:
    with pytest.raises(InputError, match="--until 2024-02-29 lies before the day the task was done, 2024-03-01"):
        record_task(context, ref, "crew-cleared", until=date(2024, 2, 29))


def test_a_withdrawn_consent_closes_the_way_and_both_events_stay(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "crew-sought")
    record_task(context, ref, "crew-cleared")
    record_task(context, ref, "crew-accepts")
    case = withdraw_task(context, ref, "consent").case

    assert "consent" not in case.tasks
    with pytest.raises(RefusedError) as caught:
        advance(context, ref, "gangway")
    assert [finding.rule for finding in caught.value.findings] == ["consent"]
    kinds = [m.event.kind for m in timeline(context, ref)[1] if m.event.data.get("task") == "consent"]
    assert kinds == ["recorded", "withdrawn"]


def test_what_is_not_recorded_cannot_be_withdrawn(context: Context, ref: str) -> None:
    with pytest.raises(InputError, match="task consent of case XX-1 is not recorded"):
        withdraw_task(context, ref, "consent")


@pytest.mark.parametrize("action", [record_task, withdraw_task])
def test_an_unknown_task_offers_the_nearest(
    context: Context, ref: str, action: Callable[[Context, str, str], object]
) -> None:
    with pytest.raises(NotFoundError, match=r"no task in xx-harbour named 'concent'; did you mean 'consent'\?"):
        action(context, ref, "concent")


# --- moves -------------------------------------------------------------------------------------------------------


def test_a_case_goes_all_the_way_and_each_stage_leaves_its_day(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "landing")
    record_task(context, ref, "farewell-talk")
    case = close(on(context, "2024-12-01"), ref, Outcome.COMPLETED)

    assert (case.stage, case.phase, case.outcome, case.closed_on) == (
        "closed", Phase.CLOSED, Outcome.COMPLETED, date(2024, 12, 1),
    )  # fmt: skip
    assert list(case.reached) == [phase for phase in Phase if phase not in (Phase.CLOSED, Phase.ON_HOLD)]
    assert last_event(context, ref)[2] == {"from": "landing", "to": "closed", "outcome": "completed"}
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_a_refused_move_says_every_finding_and_changes_nothing(context: Context, ref: str, bring_to: Bring) -> None:
    before = bring_to(context, ref, "crew-sought")
    withdraw_task(context, ref, "consent")

    with pytest.raises(RefusedError, match="case XX-1 cannot move to 'gangway' on 2024-03-01") as caught:
        advance(context, ref, "gangway")

    assert {finding.rule for finding in caught.value.findings} == {
        "consent", "clearance", "task-crew-cleared", "task-crew-accepts",
    }  # fmt: skip
    after = next_steps(context, ref).loaded.case
    assert (after.stage, after.seq) == (before.stage, before.seq + 1)


def test_a_stage_that_is_not_next_names_the_ways_there_are(context: Context, ref: str) -> None:
    with pytest.raises(RefusedError, match="from here: 'surveyed', 'aboard', close as 'not_eligible', ") as caught:
        advance(context, ref, "sailing")
    assert caught.value.findings == ()
    with pytest.raises(NotFoundError, match="did you mean 'sailing'"):
        advance(context, ref, "sialing")
    with pytest.raises(InputError, match=r"'closed' is an end; say how it ends \(declined, .*case close XX-1 OUTCOME"):
        advance(context, ref, "closed")


def test_an_outcome_that_is_not_open_from_here_is_refused(context: Context, ref: str) -> None:
    with pytest.raises(RefusedError, match="cannot close as 'completed' from 'hailed'"):
        close(context, ref, Outcome.COMPLETED)


def test_eligibility_stands_in_the_way_out_of_assessment(context: Context, family: Household, bring_to: Bring) -> None:
    stranger = family.model_copy(update={"municipality": "Far Island"})
    ref = open_case(context, "xx-harbour", stranger).case.ref

    with pytest.raises(RefusedError) as caught:
        bring_to(context, ref, "outfitting")
    assert [finding.rule for finding in caught.value.findings] == ["xx-takes-part"]


def test_a_re_match_asks_again_for_everything_from_matching_on(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "sailing")
    case = advance(on(context, "2024-06-01"), ref, "crew-sought")

    assert set(case.tasks) == {"referral-letter", "first-talk", "berth-decision", "consent", "voyage-plan"}
    assert (case.phase, case.entered_on, case.reached[Phase.MATCHING]) == (Phase.MATCHING, date(2024, 6, 1), ON)
    assert last_event(context, ref)[2]["reset"] == [
        "crew-accepts", "crew-cleared", "first-meeting", "rope-given", "rope-taken",
    ]  # fmt: skip
    with pytest.raises(RefusedError):
        advance(on(context, "2024-06-01"), ref, "gangway")


def test_a_lapsed_clearance_holds_a_case_until_it_is_renewed(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "sailing")
    record_task(context, ref, "monthly-check")
    last_good, after = on(context, "2025-03-01"), on(context, "2025-03-02")

    assert next_steps(last_good, ref).phase is Phase.SUPPORT
    ahead = next_steps(after, ref)
    assert (ahead.phase, ahead.clearance_lapsed) == (Phase.ON_HOLD, True)
    for action in (lambda: advance(after, ref, "landing"), lambda: resume(after, ref)):
        with pytest.raises(RefusedError) as caught:
            action()
        assert "on-hold" in {finding.rule for finding in caught.value.findings}

    record_task(after, ref, "crew-cleared")
    assert advance(after, ref, "landing").stage == "landing"


def test_a_case_on_hold_keeps_its_stage_and_goes_on_from_there(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "sailing")
    record_task(context, ref, "monthly-check")
    held = hold(on(context, "2024-04-01"), ref, note="in hospital")

    assert (held.stage, held.phase, held.held_since) == ("sailing", Phase.SUPPORT, date(2024, 4, 1))
    assert next_steps(context, ref).phase is Phase.ON_HOLD
    with pytest.raises(RefusedError):
        advance(on(context, "2024-04-02"), ref, "landing")
    with pytest.raises(RefusedError):
        hold(on(context, "2024-04-02"), ref)
    assert resume(on(context, "2024-05-01"), ref).held_since is None
    assert advance(on(context, "2024-05-01"), ref, "landing").stage == "landing"
    with pytest.raises(RefusedError):
        resume(on(context, "2024-05-01"), ref)


def test_a_closed_case_takes_no_deed_but_reopening(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "outfitting")
    closed = close(context, ref, Outcome.WITHDRAWN, note="moved away")

    for action in (
        lambda: record_task(context, ref, "consent"),
        lambda: withdraw_task(context, ref, "first-talk"),
        lambda: advance(context, ref, "crew-sought"),
        lambda: hold(context, ref),
        lambda: resume(context, ref),
        lambda: close(context, ref, Outcome.DECLINED),
    ):
        with pytest.raises(RefusedError):
            action()
    assert next_steps(context, ref).loaded.case == closed


def test_reopening_goes_to_the_stage_that_the_case_was_closed_from(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "outfitting")
    close(on(context, "2024-03-02"), ref, Outcome.WITHDRAWN)
    reopen(on(context, "2024-03-03"), ref, "a mistake")
    advance_later = on(context, "2024-03-04")
    record_task(advance_later, ref, "consent")
    record_task(advance_later, ref, "voyage-plan")
    advance(advance_later, ref, "crew-sought")
    close(advance_later, ref, Outcome.NO_SPONSOR)

    case = reopen(on(context, "2024-03-05"), ref, "a crew was found")

    assert (case.stage, case.phase, case.closed_on, case.outcome) == ("crew-sought", Phase.MATCHING, None, None)
    assert case.entered_on == date(2024, 3, 5)
    assert "consent" in case.tasks
    assert verify(context.store, follows=case_index_from(context.catalogue)).faults == ()


def test_reopening_asks_what_the_stage_asks(context: Context, ref: str, bring_to: Bring) -> None:
    bring_to(context, ref, "sailing")
    close(on(context, "2024-04-01"), ref, Outcome.ENDED_EARLY)

    with pytest.raises(RefusedError) as caught:
        reopen(on(context, "2026-04-01"), ref, "they came back")
    assert [finding.rule for finding in caught.value.findings] == ["clearance"]


def test_reopening_needs_a_reason_and_a_closed_case(context: Context, ref: str) -> None:
    with pytest.raises(InputError, match="only with a reason"):
        reopen(context, ref, "  ")
    with pytest.raises(RefusedError):
        reopen(context, ref, "it is open")


class Tides:
    """A plugin that closes every move out of the first stage, and fails in the second."""

    @hookimpl
    def kummi_extends(self) -> list[str]:
        return ["xx-harbour"]

    @hookimpl
    def kummi_check_move(self, case: Case, move: Move) -> list[Finding]:
        if case.stage == "surveyed":
            raise RuntimeError("the tide table is gone")
        reason = Text.model_validate("the tide is not known")
        return [Finding("xx-tide", Result.UNKNOWN, reason)] if case.stage == "hailed" and move.to == "aboard" else []


def test_a_plugin_may_close_a_move_and_one_that_fails_lets_that_move_not_pass(context: Context, ref: str) -> None:
    tidal = replace(context, catalogue=harbourland(Tides()))
    record_task(tidal, ref, "referral-letter")

    with pytest.raises(RefusedError) as caught:
        advance(tidal, ref, "aboard")
    assert [finding.rule for finding in caught.value.findings] == ["xx-tide"]

    advance(tidal, ref, "surveyed")
    for task in ("first-talk", "berth-decision"):
        record_task(tidal, ref, task)
    with pytest.raises(RefusedError) as caught:
        advance(tidal, ref, "outfitting")
    assert [(finding.rule, finding.result) for finding in caught.value.findings] == [("plugin-other-1", Result.UNKNOWN)]
    assert advance_all(tidal, "xx-harbour", "surveyed", "outfitting") == Advanced(0, 1)
    assert next_steps(context, ref).loaded.case.stage == "surveyed"


def test_plugin_that_fails_for_one_move_leaves_the_others_open_or_closed_on_their_merits(
    context: Context, ref: str
) -> None:
    class Fails:
        """A plugin that fails where a case is withdrawn, with a birth date in what it raises."""

        @hookimpl
        def kummi_extends(self) -> list[str]:
            return ["xx-harbour"]

        @hookimpl
        def kummi_check_move(self, move: Move) -> list[Finding]:
            if move.outcome is Outcome.WITHDRAWN:
                raise ValueError("1988-04-02")
            return []

    def open_moves(context: Context) -> dict[tuple[str, Outcome | None], bool]:
        return {(each.move.to, each.move.outcome): each.allowed for each in next_steps(context, ref).moves}

    failing = replace(context, catalogue=harbourland(Fails()))
    (finding,) = next(
        each.findings for each in next_steps(failing, ref).moves if each.move.outcome is Outcome.WITHDRAWN
    )

    assert open_moves(failing) == open_moves(context) | {("closed", Outcome.WITHDRAWN): False}
    assert str(finding.reason).startswith("plugin other-1 1.0 cannot be asked: test_actions.py:")
    assert str(finding.reason).endswith("kummi_check_move raises ValueError")
    assert close(failing, ref, Outcome.DECLINED).phase is Phase.CLOSED


def test_plugin_is_not_asked_about_cases_of_a_programme_that_it_does_not_extend(context: Context, ref: str) -> None:
    class Foreign:
        @hookimpl
        def kummi_check_move(self) -> list[Finding]:
            raise RuntimeError("what country is this")

    beside = replace(context, catalogue=harbourland(Foreign()))
    record_task(beside, ref, "referral-letter")

    assert next_steps(beside, ref).moves == next_steps(context, ref).moves
    assert advance(beside, ref, "surveyed").stage == "surveyed"


# --- assessing ---------------------------------------------------------------------------------------------------


def test_an_assessment_is_kept_beside_the_earlier_ones_under_the_law_of_its_day(context: Context, ref: str) -> None:
    _, first = assess(context, ref)
    _, later = assess(on(context, "2026-06-01"), ref)

    assert (first.outcome, later.outcome) == (Eligibility.ELIGIBLE, Eligibility.ELIGIBLE)
    events = [moment.event for moment in timeline(context, ref)[1] if moment.event.kind == "assessed"]
    assert [event.happened_on for event in events] == [ON, date(2026, 6, 1)]
    assert set(events[0].data["findings"]) == {"xx-pathway", "xx-permit", "xx-takes-part", "xx-two-years"}
    assert set(events[1].data["findings"]) == {"xx-pathway", "xx-permit", "xx-takes-part", "xx-three-years"}
    assert events[0].data["ruleset"] == first.ruleset
    assert events[0].data["plugin"].startswith("xx 1.0")


def until(context: Context, end: str) -> Context:
    """Return the same context where the programme ends on a day."""
    entry = context.entry("xx-harbour")
    window = entry.programme.window.model_copy(update={"end": date.fromisoformat(end)})
    ending = replace(entry, programme=entry.programme.model_copy(update={"window": window}))
    return replace(context, catalogue=replace(context.catalogue, programmes={"xx-harbour": ending}))


def test_who_has_not_entered_when_the_window_closes_is_not_eligible_any_more(
    context: Context, ref: str, bring_to: Bring
) -> None:
    ending = until(context, "2024-06-30")
    _, last_day = assess(on(ending, "2024-06-30"), ref)
    _, after = assess(on(ending, "2024-07-01"), ref)

    assert last_day.outcome is Eligibility.ELIGIBLE
    assert after.outcome is Eligibility.NOT_ELIGIBLE
    (finding,) = [each for each in after.findings if each.result is not Result.MET]
    assert (finding.rule, finding.reference) == (
        "programme-window", ending.entry("xx-harbour").programme.window.reference,
    )  # fmt: skip
    with pytest.raises(RefusedError) as caught:
        bring_to(on(ending, "2024-07-01"), ref, "outfitting")
    assert [finding.rule for finding in caught.value.findings] == ["programme-window"]


def test_who_entered_within_the_window_is_assessed_under_their_own_law_after_it(
    context: Context, ref: str, bring_to: Bring
) -> None:
    bring_to(context, ref, "outfitting")
    _, decision = assess(on(until(context, "2024-06-30"), "2024-07-01"), ref)

    assert decision.outcome is Eligibility.ELIGIBLE
    assert "programme-window" not in {finding.rule for finding in decision.findings}


# --- numbers and contexts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"), [("XX-12", ("XX", 12)), ("xx-0012", ("XX", 12)), (" 12 ", (None, 12)), ("12", (None, 12))]
)
def test_a_case_number_is_read_as_people_write_it(written: str, read: tuple[str | None, int]) -> None:
    assert number_of(written) == read


@pytest.mark.parametrize("written", ["", "XX", "XX-", "XX-0", "XX-1x", "X-1", "XX 1", "-1", "XX-" + "9" * 19])
def test_what_is_no_case_number_says_what_one_looks_like(written: str) -> None:
    with pytest.raises(InputError, match="expected a country's code and a number, such as XX-12"):
        number_of(written)


def test_a_number_of_another_country_is_not_this_case(context: Context, ref: str) -> None:
    with pytest.raises(NotFoundError, match="no case named 'YY-1'; known: XX-1"):
        next_steps(context, "YY-1")
    with pytest.raises(NotFoundError, match="there is none"):
        next_steps(context, "XX-2")


@pytest.mark.parametrize("actor", ["", "x" * 81, "a\nb", "a\0"])
def test_an_actor_that_cannot_be_kept_is_refused(context: Context, actor: str) -> None:
    with pytest.raises(InputError, match="--as: expected a name"):
        replace(context, actor=actor)


def test_a_stage_that_the_workflow_has_no_more_is_a_clear_error(context: Context, ref: str) -> None:
    with context.store.writing() as connection:
        connection.execute(update(cases).values(stage="becalmed"))
    with pytest.raises(
        InputError, match=r"XX-1 is stranded: version 2025\.1 of the workflow of xx-harbour has no stage 'becalmed'"
    ):
        next_steps(context, ref)
