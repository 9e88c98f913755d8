"""Every state against every command: a listed permission or a named refusal. Ended states share one catch-all."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas import commands as c
from schemas.commands import Command
from schemas.vocabulary import CaseState as S
from workflow.machine.lifecycle import BEFORE_WORK, ENDED, LIVE, REOPENABLE, TAKEN_ON, TRIAGE, WORKING

CASE_HAS_ENDED = "case_has_ended"


@dataclass(frozen=True, slots=True)
class Row:
    """Where a command may be asked, and why not elsewhere. States that no entry names refuse as ended."""

    command: type[Command]
    allowed: tuple[S, ...]
    refused: tuple[tuple[tuple[S, ...], str], ...] = ()


PAUSED = (S.PAUSED,)
RECEIVED = (S.RECEIVED,)
WAITING = (S.AWAITING_INFORMATION,)
TRIAGED = (*TAKEN_ON, S.PAUSED)
NOT_ACCEPTED = (TRIAGE, "referral_not_accepted_yet")
IS_PAUSED = (PAUSED, "case_is_paused")
NO_CASEWORKER = ((S.ACCEPTED,), "no_caseworker_yet")
NO_PLAN = ((S.ASSESSING,), "no_plan_agreed_yet")
NO_SESSION = ((S.PLAN_AGREED,), "no_session_booked_yet")
HOURS_ARE_MET = ((S.HOURS_MET,), "hours_are_met")
DECIDED = (TRIAGED, "triage_is_decided")
NOTHING_BOOKED = (NOT_ACCEPTED, NO_CASEWORKER, NO_PLAN, NO_SESSION)

ROWS: tuple[Row, ...] = (
    Row(c.AmendReferral, LIVE),
    Row(c.ConfirmMatch, TRIAGE, (DECIDED,)),
    Row(c.RejectMatch, TRIAGE, (DECIDED,)),
    Row(c.RequestInformation, TRIAGE, (DECIDED,)),
    Row(c.ProvideInformation, WAITING, ((RECEIVED, "nothing_was_asked"), DECIDED)),
    Row(c.AcceptReferral, RECEIVED, ((WAITING, "information_is_awaited"), DECIDED)),
    Row(c.DeclineReferral, TRIAGE, (DECIDED,)),
    Row(c.RecordYouthJusticeClearance, LIVE),
    Row(c.AllocateCaseworker, TRIAGED, (NOT_ACCEPTED,)),
    Row(c.RecordConsent, TRIAGED, (NOT_ACCEPTED,)),
    Row(c.WithdrawConsent, TRIAGED, (NOT_ACCEPTED,)),
    Row(c.RecordResponsibility, LIVE),
    Row(c.AssessRisk, TRIAGED, (NOT_ACCEPTED,)),
    Row(c.StopSession, WORKING, (*NOTHING_BOOKED, IS_PAUSED)),
    Row(c.RecordContactDetails, LIVE),
    Row(c.RecordContactAttempt, LIVE),
    Row(c.RecordViews, LIVE),
    Row(c.ChooseUpdatesOnly, LIVE),
    Row(c.DeclineInvolvement, LIVE),
    Row(c.MarkUnreachable, LIVE),
    Row(c.MarkDoNotContact, (*LIVE, *ENDED)),
    Row(c.WithdrawAffectedPerson, (*LIVE, *ENDED)),
    Row(c.RecordSatisfaction, (*LIVE, *ENDED)),
    Row(
        c.ProposePlan,
        (S.ASSESSING, S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE),
        (NOT_ACCEPTED, NO_CASEWORKER, HOURS_ARE_MET, IS_PAUSED),
    ),
    Row(
        c.AgreePlan,
        (S.ASSESSING,),
        (NOT_ACCEPTED, NO_CASEWORKER, ((S.PLAN_AGREED, *WORKING), "plan_is_agreed"), IS_PAUSED),
    ),
    Row(
        c.RevisePlan,
        (S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE),
        (NOT_ACCEPTED, NO_CASEWORKER, NO_PLAN, HOURS_ARE_MET, IS_PAUSED),
    ),
    Row(
        c.BookSession,
        (S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE),
        (NOT_ACCEPTED, NO_CASEWORKER, NO_PLAN, HOURS_ARE_MET, IS_PAUSED),
    ),
    Row(c.RescheduleSession, WORKING, (*NOTHING_BOOKED, IS_PAUSED)),
    Row(c.CancelSession, (*WORKING, S.PAUSED), NOTHING_BOOKED),
    Row(c.RecordAttendance, (*WORKING, S.PAUSED), NOTHING_BOOKED),
    Row(c.CorrectAttendance, (*WORKING, S.PAUSED), NOTHING_BOOKED),
    Row(c.SubmitAbsenceEvidence, (*WORKING, S.PAUSED), NOTHING_BOOKED),
    Row(c.AdjustTravel, WORKING, (*NOTHING_BOOKED, IS_PAUSED)),
    Row(c.IssueWarning, WORKING, (*NOTHING_BOOKED, IS_PAUSED)),
    Row(c.IssueFinalWarning, WORKING, (*NOTHING_BOOKED, IS_PAUSED)),
    Row(c.WithdrawWarning, (*WORKING, S.PAUSED), NOTHING_BOOKED),
    Row(c.ReturnToReferrer, TRIAGED, (NOT_ACCEPTED,)),
    Row(c.PauseCase, TAKEN_ON, (NOT_ACCEPTED, IS_PAUSED)),
    Row(c.ResumeCase, PAUSED, (((*TRIAGE, *TAKEN_ON), "case_is_not_paused"),)),
    Row(c.WithdrawCase, LIVE),
    Row(c.TransferCase, TRIAGED, (NOT_ACCEPTED,)),
    Row(c.AcceptTransfer, TRIAGED, (NOT_ACCEPTED,)),
    Row(
        c.CompleteCase,
        (S.HOURS_MET,),
        (NOT_ACCEPTED, ((*BEFORE_WORK, S.ACTIVE), "hours_not_met"), IS_PAUSED),
    ),
    Row(c.CloseWithoutFault, LIVE),
    Row(c.ReopenCase, REOPENABLE, ((LIVE, "case_is_open"),)),
    Row(c.FlagReoffending, ENDED, ((LIVE, "case_is_open"),)),
    Row(c.WarnOfClock, LIVE),
    Row(c.BreachClock, LIVE),
    Row(c.TellOfBreach, LIVE),
    Row(c.RemindOfSession, WORKING, (*NOTHING_BOOKED, IS_PAUSED)),
)


def _cells() -> dict[tuple[type[Command], S], str | None]:
    cells: dict[tuple[type[Command], S], str | None] = {}
    for row in ROWS:
        cells |= {(row.command, state): CASE_HAS_ENDED for state in S}
        for states, code in row.refused:
            cells |= {(row.command, state): code for state in states}
        cells |= {(row.command, state): None for state in row.allowed}
    return cells


CELLS: Mapping[tuple[type[Command], S], str | None] = MappingProxyType(_cells())


def refusal_of(command: type[Command], state: S) -> str | None:
    """Return the code that refuses `command` in `state`, or None where it may be asked."""
    return CELLS[command, state]
