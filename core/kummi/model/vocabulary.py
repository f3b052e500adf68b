"""The closed lists of words that every country shares."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """A generic phase of a case, in the order of the lifecycle."""

    REFERRAL = "referral"
    ASSESSMENT = "assessment"
    PREPARATION = "preparation"
    MATCHING = "matching"
    INTRODUCTION = "introduction"
    SUPPORT = "support"
    CONCLUSION = "conclusion"
    CLOSED = "closed"
    ON_HOLD = "on_hold"


OPEN_PHASES: tuple[Phase, ...] = tuple(phase for phase in Phase if phase not in (Phase.CLOSED, Phase.ON_HOLD))
"""The phases in which work goes on, first to last."""


class Outcome(StrEnum):
    """How a case ended."""

    COMPLETED = "completed"
    NOT_ELIGIBLE = "not_eligible"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED_EARLY = "ended_early"
    TRANSFERRED = "transferred"
    NO_SPONSOR = "no_sponsor"
    MERGED = "merged"
    VOIDED = "voided"


NOT_COUNTED: tuple[Outcome, ...] = (Outcome.MERGED, Outcome.VOIDED)
"""How a case ends that is in no count: another case has its household, or it should never have been opened.

No workflow leads there: such an end says nothing about what the household and the programme did.
"""


class Pathway(StrEnum):
    """How a household came to its right to stay."""

    RESETTLED = "resettled"
    ASYLUM = "asylum"
    TEMPORARY_PROTECTION = "temporary_protection"
    FAMILY_REUNIFICATION = "family_reunification"
    UNACCOMPANIED_MINOR = "unaccompanied_minor"
    OTHER_PERMIT = "other_permit"


class Status(StrEnum):
    """How far an initiative has come. Only a pilot and an established programme take live cases."""

    ADVOCACY = "advocacy"
    STUDY = "study"
    PILOT = "pilot"
    ESTABLISHED = "established"
    ENDED = "ended"

    @property
    def takes_cases(self) -> bool:
        """Whether households can be supported under it, and not only rehearsed."""
        return self in (Status.PILOT, Status.ESTABLISHED)


class SupportForm(StrEnum):
    """Who stands beside a household: one volunteer, a family, or a group."""

    PAIR = "pair"
    FAMILY = "family"
    GROUP = "group"


class MemberRole(StrEnum):
    """The place of a person in the household."""

    ADULT = "adult"
    CHILD = "child"


class Gender(StrEnum):
    """Gender as reports ask for it; ``unknown`` when it was not asked."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class JoinedHow(StrEnum):
    """How somebody came to a household that was there already; the last three ways are from another case."""

    BORN = "born"
    ARRIVED = "arrived"
    JOINED = "joined"
    SPLIT = "split"
    MERGED = "merged"
    TRANSFERRED = "transferred"


class LeftHow(StrEnum):
    """How somebody left a household; the last three ways are for another case."""

    MOVED_OUT = "moved_out"
    DIED = "died"
    LEFT_COUNTRY = "left_country"
    SPLIT = "split"
    MERGED = "merged"
    TRANSFERRED = "transferred"


LINKED = (JoinedHow.SPLIT.value, JoinedHow.MERGED.value, JoinedHow.TRANSFERRED.value)
"""The ways of joining and of leaving that are from one case to another."""


class TaskKind(StrEnum):
    """What sort of thing a task is. ``consent`` and ``clearance`` are guarded by the lifecycle itself."""

    CONSENT = "consent"
    CLEARANCE = "clearance"
    TALK = "talk"
    MEETING = "meeting"
    PLAN = "plan"
    CHECK = "check"
    DECISION = "decision"
    DOCUMENT = "document"
    HANDOVER = "handover"
    TRAINING = "training"
    AGREEMENT = "agreement"
    SERVICE = "service"
    FEEDBACK = "feedback"
