"""The three lifecycles as tables that can be read aloud: which fact moves which state where."""

from dataclasses import dataclass

from schemas.events import CaseEvent, intake, life, people, work
from schemas.vocabulary import CaseState as S
from schemas.vocabulary import ContactState as C
from schemas.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class Move:
    """In any of `sources`, `fact` leads to `target`; None stays. `when` names a condition on the case."""

    fact: type[CaseEvent]
    sources: tuple[str, ...]
    target: str | None = None
    when: str | None = None


TRIAGE = (S.RECEIVED, S.AWAITING_INFORMATION)
BEFORE_WORK = (S.ACCEPTED, S.ASSESSING, S.PLAN_AGREED, S.SCHEDULED)
WORKING = (S.SCHEDULED, S.ACTIVE, S.HOURS_MET)
TAKEN_ON = (S.ACCEPTED, S.ASSESSING, S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE, S.HOURS_MET)
LIVE = (*TRIAGE, *TAKEN_ON, S.PAUSED)
REOPENABLE = (S.CLOSED_COMPLETED, S.RETURNED, S.WITHDRAWN, S.CLOSED_NO_FAULT)
ENDED = (*REOPENABLE, S.DECLINED, S.LINKED, S.TRANSFERRED)
ANYWHERE = (*LIVE, *ENDED)

CASE: tuple[Move, ...] = (
    Move(intake.ReferralAmended, LIVE),
    Move(intake.MatchProposed, LIVE),
    Move(intake.MatchConfirmed, TRIAGE, S.LINKED, when="same_incident"),
    Move(intake.MatchConfirmed, TRIAGE),
    Move(intake.MatchRejected, TRIAGE),
    Move(intake.ReferrerJoined, LIVE),
    Move(intake.InformationRequested, TRIAGE, S.AWAITING_INFORMATION),
    Move(intake.InformationProvided, (S.AWAITING_INFORMATION,), S.RECEIVED),
    Move(intake.ReferralAccepted, (S.RECEIVED,), S.ACCEPTED),
    Move(intake.ReferralDeclined, TRIAGE, S.DECLINED),
    Move(intake.ClearanceRequested, LIVE),
    Move(intake.ClearanceRecorded, LIVE),
    Move(intake.CaseworkerAllocated, (S.ACCEPTED,), S.ASSESSING),
    Move(intake.CaseworkerAllocated, (S.ASSESSING, S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE, S.HOURS_MET, S.PAUSED)),
    Move(intake.ClocksStarted, ANYWHERE),
    Move(intake.ClockWarned, LIVE),
    Move(intake.ClockBreached, LIVE),
    Move(intake.BreachTold, ANYWHERE),
    Move(intake.ClocksStopped, ANYWHERE),
    Move(intake.ClockCorrected, ANYWHERE),
    Move(intake.BreachWithdrawn, ANYWHERE),
    Move(people.ConsentGiven, (*TAKEN_ON, S.PAUSED)),
    Move(people.ConsentWithdrawn, (*TAKEN_ON, S.PAUSED)),
    Move(people.ResponsibilityRecorded, LIVE),
    Move(people.RiskAssessed, (*TAKEN_ON, S.PAUSED)),
    Move(people.ContactDetailsRecorded, LIVE),
    Move(people.ContactAttempted, LIVE),
    Move(people.ViewsRecorded, LIVE),
    Move(people.UpdatesOnlyChosen, LIVE),
    Move(people.InvolvementDeclined, LIVE),
    Move(people.AffectedPersonUnreachable, LIVE),
    Move(people.ContactForbidden, ANYWHERE),
    Move(people.AffectedPersonWithdrew, ANYWHERE),
    Move(people.SatisfactionRecorded, ANYWHERE),
    Move(people.ReoffendingFlagged, ENDED),
    Move(work.PlanProposed, (S.ASSESSING, S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE)),
    Move(work.PlanAgreed, (S.ASSESSING,), S.PLAN_AGREED),
    Move(work.PlanRevised, (S.PLAN_AGREED, S.SCHEDULED, S.ACTIVE)),
    Move(work.SessionBooked, (S.PLAN_AGREED,), S.SCHEDULED),
    Move(work.SessionBooked, (S.SCHEDULED, S.ACTIVE)),
    Move(work.SessionRescheduled, WORKING),
    Move(work.SessionCancelled, (*WORKING, S.PAUSED)),
    Move(work.SessionReminded, WORKING),
    Move(work.SessionStopped, WORKING),
    Move(work.SessionAttended, (*WORKING, S.PAUSED)),
    Move(work.SessionMissed, (*WORKING, S.PAUSED)),
    Move(work.AttendanceCorrected, (*WORKING, S.PAUSED)),
    Move(work.TravelAdjusted, WORKING),
    Move(work.WorkStarted, (S.SCHEDULED,), S.ACTIVE),
    Move(work.WorkStarted, (S.ACTIVE, S.HOURS_MET, S.PAUSED)),
    Move(work.StartCorrected, (*WORKING, S.PAUSED)),
    Move(work.HoursMet, (S.SCHEDULED, S.ACTIVE), S.HOURS_MET),
    Move(work.HoursReopened, (S.HOURS_MET,), S.ACTIVE),
    Move(work.OfficerNotified, (*WORKING, S.PAUSED)),
    Move(work.WarningIssued, WORKING),
    Move(work.FinalWarningIssued, WORKING),
    Move(work.WarningWithdrawn, (*WORKING, S.PAUSED)),
    Move(work.CaseReturned, (*TAKEN_ON, S.PAUSED), S.RETURNED),
    Move(life.CasePaused, TAKEN_ON, S.PAUSED),
    *(Move(life.CaseResumed, (S.PAUSED,), state, when=f"paused_from_{state}") for state in TAKEN_ON),
    Move(life.CaseWithdrawn, LIVE, S.WITHDRAWN),
    Move(life.TransferOffered, (*TAKEN_ON, S.PAUSED)),
    Move(life.CaseTransferred, (*TAKEN_ON, S.PAUSED), S.TRANSFERRED),
    Move(life.CaseCompleted, (S.HOURS_MET,), S.CLOSED_COMPLETED),
    Move(life.CaseClosedWithoutFault, LIVE, S.CLOSED_NO_FAULT),
    Move(life.CaseReopened, REOPENABLE, S.ACTIVE),
)

REACHABLE = (C.CONTACT_PERMITTED, C.ATTEMPTING, C.VIEWS_GIVEN, C.UPDATES_ONLY)
ANY_CONTACT = (C.AWAITING_DETAILS, *REACHABLE, C.DECLINED, C.UNREACHABLE, C.DO_NOT_CONTACT, C.WITHDRAWN)
CONTACT: tuple[Move, ...] = (
    Move(people.ContactDetailsRecorded, (C.AWAITING_DETAILS, C.UNREACHABLE), C.CONTACT_PERMITTED, when="permitted"),
    Move(people.ContactDetailsRecorded, (C.AWAITING_DETAILS,)),
    Move(people.ContactDetailsRecorded, (*REACHABLE, C.UNREACHABLE)),
    Move(people.ContactAttempted, (C.CONTACT_PERMITTED,), C.ATTEMPTING),
    Move(people.ContactAttempted, (C.ATTEMPTING, C.VIEWS_GIVEN, C.UPDATES_ONLY)),
    Move(people.ViewsRecorded, (*REACHABLE, C.DECLINED, C.UNREACHABLE), C.VIEWS_GIVEN),
    Move(people.UpdatesOnlyChosen, (*REACHABLE, C.DECLINED, C.UNREACHABLE), C.UPDATES_ONLY),
    Move(people.InvolvementDeclined, (C.AWAITING_DETAILS, *REACHABLE, C.UNREACHABLE), C.DECLINED),
    Move(people.AffectedPersonUnreachable, (C.ATTEMPTING,), C.UNREACHABLE),
    Move(people.ContactForbidden, ANY_CONTACT, C.DO_NOT_CONTACT),
    Move(
        people.AffectedPersonWithdrew,
        (C.AWAITING_DETAILS, *REACHABLE, C.DECLINED, C.UNREACHABLE, C.DO_NOT_CONTACT),
        C.WITHDRAWN,
    ),
    Move(people.SatisfactionRecorded, (C.VIEWS_GIVEN, C.UPDATES_ONLY)),
)

COMPLIANCE: tuple[Move, ...] = (
    Move(work.WarningIssued, (Stage.NONE,), Stage.WARNED),
    Move(work.FinalWarningIssued, (Stage.WARNED,), Stage.FINAL_WARNED),
    Move(work.WarningWithdrawn, (Stage.FINAL_WARNED,), Stage.WARNED),
    Move(work.WarningWithdrawn, (Stage.WARNED,), Stage.NONE),
    Move(work.CaseReturned, (Stage.NONE, Stage.WARNED, Stage.FINAL_WARNED)),
)
