from dataclasses import replace

import pytest

from schemas import vocabulary as v
from schemas.envelope import Envelope, Recorded
from schemas.events import EVENTS, CaseEvent, intake, life, work
from tests.builders.sessions import (
    DAY,
    HOUR,
    NOW,
    a_case,
    a_session,
    an_id,
    attended,
    missed,
)
from workflow.case.case import changed
from workflow.case.evolve import STEPS, UnknownFactError, evolve, fold

FIRST, PERSON = an_id("first"), an_id("resident")
RECEIVED = intake.ReferralReceived(
    policy_version="2025-09",
    agency="police-1",
    agency_kind=v.AgencyKind.POLICE,
    agency_token=an_id("agency"),
    message_id=an_id("message"),
    provider="mending",
    participant=an_id("participant"),
    door=v.Door.CRIME_OOCR,
    basis=v.Basis.COMMUNITY_RESOLUTION,
    behaviour=v.BehaviourKind.CRIMINAL_DAMAGE,
    age_at_behaviour=v.AgeBand.ADULT,
    conditions=(intake.ConditionSet(purpose=v.Purpose.REPARATION, minutes=600),),
    clearance=v.Clearance.NOT_NEEDED,
    responsibility=v.Responsibility.ADMITS,
    affected=(
        intake.AffectedPersonNamed(token=PERSON, permission=True, wants_updates=True, code_victim=True, kind="person"),
        intake.AffectedPersonNamed(
            token=an_id("other"), permission=False, wants_updates=False, code_victim=False, kind="business"
        ),
    ),
)


def recorded(fact, *, sequence=21, before=v.CaseState.ACTIVE, after=v.CaseState.ACTIVE):
    envelope = Envelope(
        tenant="derbyshire",
        case_id=an_id("case"),
        sequence=sequence,
        event_id=an_id(f"event {sequence}"),
        occurred_at=NOW,
        recorded_at=NOW + HOUR,
        state_before=before,
        state_after=after,
        actor="manager-1",
        correlation=an_id("request"),
    )
    return Recorded(envelope=envelope, fact=fact)


def after(case, fact, **envelope):
    return evolve(case, recorded(fact, **envelope))


def test_every_fact_has_a_step_or_opens_a_case():
    assert set(STEPS) == set(EVENTS.values()) - {intake.ReferralReceived}


def test_a_referral_opens_a_case_at_the_time_it_occurred():
    case = evolve(None, recorded(RECEIVED, sequence=1, before=None, after=v.CaseState.RECEIVED))

    assert (case.id, case.version, case.state) == (an_id("case"), 1, v.CaseState.RECEIVED)
    assert case.received_at == NOW
    assert case.governing.agency == "police-1"
    assert case.authorised_minutes == 600
    assert [person.contact for person in case.affected] == ["contact_permitted", "awaiting_details"]


def test_the_start_of_a_case_from_another_provider_is_carried():
    fact = RECEIVED.model_copy(update={"started_at": NOW - DAY, "transferred_from": an_id("first case")})

    case = evolve(None, recorded(fact, sequence=1, before=None, after=v.CaseState.RECEIVED))

    assert (case.started_at, case.carried_start) == (NOW - DAY, NOW - DAY)


def test_number_and_state_are_always_the_envelopes():
    case = after(a_case(), life.TransferOffered(provider="restoring"), sequence=77, after=v.CaseState.PAUSED)

    assert (case.version, case.state, case.transfer_to) == (77, v.CaseState.PAUSED, "restoring")


def test_a_history_that_does_not_begin_with_a_referral_tells_of_no_case():
    with pytest.raises(UnknownFactError):
        fold([recorded(life.CaseResumed())])


def test_an_empty_history_tells_of_no_case():
    with pytest.raises(UnknownFactError):
        fold([])


def test_a_fact_without_a_step_is_an_error_and_never_passed_over():
    class Unheard(CaseEvent):
        """A fact of a later release."""

        wire = "case.unheard.of"

    with pytest.raises(UnknownFactError):
        after(a_case(), Unheard())


def test_a_moved_session_stays_one_session_under_its_last_slot():
    fact = work.SessionRescheduled(
        session=FIRST,
        slot="second",
        place=2,
        site="park",
        activity=v.ActivityKind.LITTER_PICKING,
        starts_at=NOW,
        ends_at=NOW + HOUR,
        asked_by="participant",
    )

    case = after(a_case(v.CaseState.SCHEDULED, a_session()), fact)

    assert [(session.id, session.slot, session.place) for session in case.sessions] == [(FIRST, "second", 2)]


def test_facts_about_one_session_leave_the_others_alone():
    other = a_session("other")

    case = after(a_case(v.CaseState.ACTIVE, a_session(), other), work.SessionCancelled(session=FIRST, reason="weather"))

    assert case.sessions[0].cancelled
    assert case.sessions[1] == other


def test_a_stopped_session_waits_for_its_record():
    fact = work.SessionStopped(session=FIRST, ended_at=NOW, reason="hazard")

    case = after(a_case(v.CaseState.ACTIVE, a_session()), fact)

    assert case.sessions[0].stopped_at == NOW
    assert [session.id for session in case.open_sessions] == [FIRST]


def test_travel_adds_up_and_goes_when_a_correction_says_that_nobody_came():
    case = a_case(v.CaseState.ACTIVE, attended(minutes=60))
    for _ in range(2):
        case = after(case, work.TravelAdjusted(session=FIRST, minutes=20))
    assert case.credited_minutes == 100

    case = after(case, work.AttendanceCorrected(session=FIRST, outcome="UACP", minutes=0, enforceable=True))

    assert case.credited_minutes == 0


def test_a_correction_of_times_keeps_the_travel():
    case = a_case(v.CaseState.ACTIVE, attended(minutes=60, travel_minutes=20))
    times = {"started_at": NOW - DAY, "ended_at": NOW - DAY + HOUR / 2}

    case = after(case, work.AttendanceCorrected(session=FIRST, outcome="ATTC", minutes=30, enforceable=False, **times))

    assert case.credited_minutes == 50


def test_attended_failures_are_failures():
    fact = work.SessionAttended(
        session=FIRST, outcome="AFTC", started_at=NOW, ended_at=NOW + HOUR, minutes=60, enforceable=True
    )

    assert after(a_case(v.CaseState.ACTIVE, a_session()), fact).sessions[0].enforceable


def test_work_recorded_during_a_pause_makes_the_case_resume_as_active():
    case = a_case(v.CaseState.PAUSED, paused_from=v.CaseState.SCHEDULED)

    case = after(case, work.WorkStarted(started_at=NOW), after=v.CaseState.PAUSED)

    assert (case.started_at, case.paused_from) == (NOW, v.CaseState.ACTIVE)


def test_a_corrected_start_does_not_move_where_a_pause_began():
    case = a_case(v.CaseState.PAUSED, paused_from=v.CaseState.ACTIVE, started_at=NOW)

    case = after(case, work.StartCorrected(started_at=None), after=v.CaseState.PAUSED)

    assert (case.started_at, case.paused_from) == (None, v.CaseState.ACTIVE)


@pytest.mark.parametrize(
    ("ground", "kept"), [(None, (FIRST,)), (FIRST, (an_id("second"),)), (an_id("second"), (FIRST,))]
)
def test_a_withdrawn_warning_is_the_one_named_or_the_last(ground, kept):
    case = a_case(
        v.CaseState.ACTIVE,
        missed(),
        missed("second"),
        stage=v.Stage.FINAL_WARNED,
        warned_for=(FIRST, an_id("second")),
    )

    case = after(case, work.WarningWithdrawn(stage=v.Stage.WARNED, session=ground))

    assert (case.stage, case.warned_for) == (v.Stage.WARNED, kept)


def test_a_pause_remembers_where_and_when_and_its_end_leaves_the_span():
    paused = after(a_case(), life.CasePaused(reason="exams"), before=v.CaseState.SCHEDULED, after=v.CaseState.PAUSED)
    assert (paused.paused_from, paused.paused_at) == (v.CaseState.SCHEDULED, NOW)

    resumed = after(replace(paused, paused_at=NOW - HOUR), life.CaseResumed(), after=v.CaseState.SCHEDULED)

    assert (resumed.paused_from, resumed.paused_at) == (None, None)
    assert resumed.pauses == ((NOW - HOUR, NOW),)


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (life.CaseWithdrawn(by="participant"), "withdrawn_by_participant"),
        (life.CaseCompleted(quality="good", credited=600), "completed"),
        (life.CaseClosedWithoutFault(reason="died"), "died"),
        (life.CaseTransferred(provider="restoring", to_case=an_id("linked")), "transferred"),
        (work.CaseReturned(reason="refused"), "refused"),
        (intake.ReferralDeclined(reason="age"), "age"),
    ],
)
def test_an_end_keeps_its_reason_and_when_it_occurred(fact, reason):
    case = after(a_case(), fact)

    assert (case.end_reason, case.ended_at) == (reason, NOW)


def test_a_reopened_case_has_no_end():
    case = after(a_case(end_reason="completed", ended_at=NOW), life.CaseReopened(reason="closed_in_error"))

    assert (case.end_reason, case.ended_at) == (None, None)


def test_a_plan_that_is_revised_replaces_the_one_before():
    parts = (work.PlanPart(activity=v.ActivityKind.FOODBANK, site="bank", minutes=120),)

    case = after(a_case(), work.PlanRevised(parts=parts, minutes=120, preference_followed=True))

    assert [part.activity for part in case.plan] == [v.ActivityKind.FOODBANK]
    assert (case.agreed_minutes, case.preference_followed) == (120, True)


def test_a_proposal_is_no_plan():
    parts = (work.PlanPart(activity=v.ActivityKind.FOODBANK, site="bank", minutes=120),)

    case = after(a_case(plan=()), work.PlanProposed(parts=parts, first_slot="first", score=7, why=("near",)))

    assert (len(case.proposal), case.plan, case.proposed_slot) == (1, (), "first")


def test_a_changed_case_is_what_replacing_its_fields_would_give_and_the_first_is_as_it_was():
    case = a_case()
    before = replace(case)

    assert changed(case, version=99, stage=v.Stage.WARNED) == replace(case, version=99, stage=v.Stage.WARNED)
    assert case == before
    with pytest.raises(TypeError, match="no_such_field"):
        changed(case, no_such_field=1)
