"""Who is told what of which fact: one row an audience and a fact; what no row names is told to nobody.

Drawn from the disclosure matrix of domain.md section 10 and its corrections in section 13. A row's fields are names of
the field functions beside this table; `when` names a condition on the case and the recipient.
"""

from dataclasses import dataclass

from schemas.events import CaseEvent, intake, life, people, work
from schemas.vocabulary import Audience

POLICE = Audience.POLICE
YOUTH_JUSTICE = Audience.YOUTH_JUSTICE
HOUSING = Audience.HOUSING
AFFECTED = Audience.AFFECTED_PERSON
PARTICIPANT = Audience.PARTICIPANT


@dataclass(frozen=True, slots=True)
class Row:
    """`audiences` are told of `fact` as a notice of `kind` with these fields."""

    fact: type[CaseEvent]
    audiences: tuple[Audience, ...]
    kind: str
    fields: tuple[str, ...] = ()
    when: str | None = None


JUSTICE = (POLICE, YOUTH_JUSTICE)
AGENCIES = (POLICE, YOUTH_JUSTICE, HOUSING)

ROWS: tuple[Row, ...] = (
    Row(intake.InformationRequested, AGENCIES, "information_requested", ("fields_asked",), when="governs"),
    Row(intake.ReferralAccepted, AGENCIES, "accepted", ("state",)),
    Row(intake.ReferralDeclined, AGENCIES, "declined", ("decline_reason",), when="governs"),
    Row(intake.ReferralDeclined, (AFFECTED,), "not_taken_on", when="promised_updates"),
    Row(
        intake.ClearanceRequested,
        (YOUTH_JUSTICE,),
        "clearance_requested",
        ("door", "basis", "behaviour", "age_band"),
        when="clears",
    ),
    Row(intake.ClearanceRecorded, JUSTICE, "clearance_recorded", ("clearance",), when="in_full"),
    Row(intake.MatchConfirmed, AGENCIES, "joined", ("state",), when="same_incident"),
    Row(intake.ReferrerJoined, AGENCIES, "joined", ("state",), when="is_the_joining_agency"),
    Row(intake.CaseworkerAllocated, (PARTICIPANT,), "caseworker_named", ("caseworker",)),
    Row(intake.ClockWarned, JUSTICE, "clock_warning", ("clock", "origin"), when="in_full"),
    Row(intake.BreachTold, AGENCIES, "clock_breached", ("clock", "origin"), when="in_full"),
    Row(intake.BreachWithdrawn, AGENCIES, "breach_withdrawn", ("clock", "origin"), when="was_told_and_in_full"),
    Row(
        intake.ClockCorrected,
        JUSTICE,
        "clock_corrected",
        ("clock", "origin", "clock_status"),
        when="was_told_and_in_full",
    ),
    Row(intake.ClockCorrected, (HOUSING,), "clock_corrected", ("clock", "origin"), when="was_told_and_in_full"),
    Row(people.ViewsRecorded, (POLICE,), "affected_person_contact", ("contact",), when="in_full"),
    Row(people.InvolvementDeclined, (POLICE,), "affected_person_contact", ("contact",), when="in_full"),
    Row(people.AffectedPersonUnreachable, (POLICE,), "affected_person_contact", ("contact",), when="in_full"),
    Row(work.PlanAgreed, JUSTICE, "plan_agreed", ("activities", "agreed_minutes", "preference_followed")),
    Row(work.PlanAgreed, (HOUSING,), "plan_agreed", ("state",)),
    Row(work.PlanAgreed, (AFFECTED,), "plan_agreed", ("activities",), when="wants_updates"),
    Row(work.PlanAgreed, (PARTICIPANT,), "plan_agreed", ("activities", "agreed_minutes", "consequence")),
    Row(
        work.PlanRevised,
        JUSTICE,
        "plan_revised",
        ("activities", "agreed_minutes", "preference_followed"),
        when="in_full",
    ),
    Row(work.PlanRevised, (PARTICIPANT,), "plan_revised", ("activities", "agreed_minutes")),
    Row(work.WorkStarted, JUSTICE, "started", ("started_on", "start_clocks")),
    Row(work.WorkStarted, (HOUSING,), "started", ("state",)),
    Row(work.WorkStarted, (AFFECTED,), "started", ("activities",), when="wants_updates"),
    Row(work.StartCorrected, JUSTICE, "start_corrected", ("has_started", "start_clocks")),
    Row(work.StartCorrected, (HOUSING,), "start_corrected", ("has_started",)),
    Row(work.StartCorrected, (AFFECTED,), "start_corrected", ("has_started",), when="wants_updates_and_no_start"),
    Row(work.SessionBooked, (PARTICIPANT,), "session_booked", ("site", "starts_at", "ends_at", "activity")),
    Row(work.SessionRescheduled, (PARTICIPANT,), "session_rescheduled", ("site", "starts_at", "ends_at", "activity")),
    Row(work.SessionCancelled, (PARTICIPANT,), "session_cancelled", ("session_starts_at",)),
    Row(work.SessionReminded, (PARTICIPANT,), "session_reminder", ("session_site", "session_starts_at")),
    Row(work.SessionMissed, JUSTICE, "session_missed", ("outcome",), when="enforceable_and_in_full"),
    Row(work.SessionMissed, (PARTICIPANT,), "session_missed", ("session_starts_at",), when="enforceable"),
    Row(work.SessionAttended, JUSTICE, "session_failed", ("outcome",), when="enforceable_and_in_full"),
    Row(work.SessionAttended, (PARTICIPANT,), "session_failed", ("session_starts_at",), when="enforceable"),
    Row(
        work.AttendanceCorrected,
        JUSTICE,
        "attendance_corrected",
        ("outcome_if_enforceable",),
        when="told_otherwise_and_in_full",
    ),
    Row(
        work.AttendanceCorrected, (PARTICIPANT,), "attendance_corrected", ("session_starts_at",), when="told_otherwise"
    ),
    Row(work.OfficerNotified, (POLICE,), "officer_decides", ("session_outcome", "consequence")),
    Row(work.WarningIssued, (YOUTH_JUSTICE,), "warned", ("stage",), when="child"),
    Row(work.WarningIssued, (PARTICIPANT,), "warned", ("consequence",)),
    Row(work.FinalWarningIssued, (YOUTH_JUSTICE,), "final_warned", ("stage",), when="child"),
    Row(work.FinalWarningIssued, (POLICE,), "final_warned", ("stage",), when="in_full"),
    Row(work.FinalWarningIssued, (PARTICIPANT,), "final_warned", ("consequence",)),
    Row(work.WarningWithdrawn, (PARTICIPANT,), "warning_withdrawn"),
    Row(work.WarningWithdrawn, (YOUTH_JUSTICE,), "warning_withdrawn", ("stage",), when="child"),
    Row(work.CaseReturned, JUSTICE, "returned", ("return_reason", "credited_minutes", "agreed_minutes", "consequence")),
    Row(work.CaseReturned, (HOUSING,), "returned", ("state", "consequence")),
    Row(work.CaseReturned, (AFFECTED,), "did_not_complete", when="wants_updates"),
    Row(work.CaseReturned, (PARTICIPANT,), "returned", ("consequence",)),
    Row(life.CasePaused, AGENCIES, "paused", ("state",)),
    Row(life.CaseResumed, AGENCIES, "resumed", ("state",)),
    Row(life.CaseWithdrawn, AGENCIES, "withdrawn", ("state", "credited_minutes_if_justice")),
    Row(life.CaseWithdrawn, (AFFECTED,), "ended", when="wants_updates"),
    Row(life.CaseWithdrawn, (PARTICIPANT,), "withdrawn"),
    Row(life.CaseTransferred, AGENCIES, "transferred", ("provider",)),
    Row(life.CaseCompleted, JUSTICE, "completed", ("ended_on", "credited_minutes")),
    Row(life.CaseCompleted, (HOUSING,), "completed", ("state",)),
    Row(life.CaseCompleted, (AFFECTED,), "concluded", ("activities", "hours_done"), when="wants_updates"),
    Row(life.CaseCompleted, (PARTICIPANT,), "completed", ("credited_minutes",)),
    Row(life.CaseClosedWithoutFault, AGENCIES, "closed_no_fault", ("state",)),
    Row(life.CaseClosedWithoutFault, (AFFECTED,), "ended", when="wants_updates"),
    Row(life.CaseReopened, AGENCIES, "reopened", ("state",)),
)
