from dataclasses import replace

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import intake, life, work
from tests.builders.sessions import (
    DAY,
    NOW,
    SENT,
    a_case,
    a_clock,
    a_referrer,
    a_session,
    an_active_case,
    an_affected_person,
    an_id,
    attended,
    clocks_stopped,
    some_facts,
)
from workflow.case.parts import Condition
from workflow.machine.decision import CancelTimer, ClaimLoad, ReleaseLoad, ReleasePlace, SetTimer
from workflow.machine.decisions.life import RULES
from workflow.rules.facts import Actor, Caseworker
from workflow.rules.refusals import Refusal

FIRST = an_id("first")
RECEIVER = Actor(
    id="manager-2", organisation="restoring", kind=v.OrganisationKind.PROVIDER, roles=frozenset({v.Role.MANAGER})
)


def asked(case, command, now=NOW, **facts):
    return RULES[type(command)](case, command, some_facts(**facts), now)


def refused(case, command, now=NOW, **facts):
    with pytest.raises(Refusal) as refusal:
        asked(case, command, now, **facts)
    return refusal.value.code


def kinds(decision):
    return [type(fact) for fact in decision.facts]


def a_finished_case(*sessions, **changes):
    worked = sessions or (attended(minutes=600),)
    return an_active_case(*worked, state=v.CaseState.HOURS_MET, **changes)


def test_a_pause_stops_no_clock_that_policy_lets_run():
    decision = asked(a_case(), c.PauseCase(reason="medical"))

    assert decision.facts == (life.CasePaused(reason="medical"),)
    assert decision.timers == ()


def test_a_pause_cancels_the_timers_of_clocks_that_wait():
    limit = a_clock(None, name="completion")

    decision = asked(a_case(clocks=(limit,)), c.PauseCase(reason="exams"))

    assert CancelTimer(name="breach:completion") in decision.timers


def test_a_resumed_case_is_reminded_of_its_sessions_again():
    session = a_session(starts_at=NOW + 2 * DAY)
    case = a_case(v.CaseState.PAUSED, session, paused_from=v.CaseState.SCHEDULED, paused_at=NOW - DAY)

    decision = asked(case, c.ResumeCase())

    assert decision.facts == (life.CaseResumed(),)
    assert (
        SetTimer(name=f"remind:{FIRST}", due_at=NOW + DAY, command=c.RemindOfSession(session=FIRST)) in decision.timers
    )


def test_hours_that_paperwork_of_the_pause_filled_are_met_on_resumption():
    case = an_active_case(attended(minutes=600), state=v.CaseState.PAUSED, paused_from=v.CaseState.ACTIVE)

    assert kinds(asked(case, c.ResumeCase())) == [life.CaseResumed, work.HoursMet]


def test_hours_that_a_correction_of_the_pause_took_are_open_on_resumption():
    case = an_active_case(state=v.CaseState.PAUSED, paused_from=v.CaseState.HOURS_MET)

    assert kinds(asked(case, c.ResumeCase())) == [life.CaseResumed, work.HoursReopened]


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        (c.WithdrawCase(by="participant"), life.CaseWithdrawn(by="participant")),
        (c.CloseWithoutFault(reason="died"), life.CaseClosedWithoutFault(reason="died")),
    ],
)
def test_an_end_cancels_open_sessions_and_gives_back_what_the_case_held(command, fact):
    case = a_case(v.CaseState.SCHEDULED, a_session(starts_at=NOW + DAY))

    decision = asked(case, command)

    assert decision.facts[:2] == (work.SessionCancelled(session=FIRST, reason="case_ended"), fact)
    assert decision.facts[2] == clocks_stopped(v.ClockStatus.ENDED_UNSTARTED)
    assert decision.claims == (ReleasePlace(slot="first", place=1), ReleaseLoad(caseworker="caseworker-1"))


def test_a_case_that_nobody_has_yet_releases_nobody():
    case = a_case(v.CaseState.RECEIVED, caseworker=None)

    assert asked(case, c.WithdrawCase(by="referrer")).claims == ()


def test_an_end_is_judged_on_when_it_occurred():
    command = c.WithdrawCase(by="participant", occurred_at=NOW)

    decision = asked(a_case(), command, now=NOW + 9 * DAY)

    assert decision.facts[-1] == clocks_stopped(v.ClockStatus.ENDED_UNSTARTED)


def test_a_case_is_completed_with_its_credit_and_its_limit_is_met():
    clocks = (a_clock(status=v.ClockStatus.MET), a_clock(None, name="completion"))

    decision = asked(a_finished_case(clocks=clocks), c.CompleteCase(report_checked=True, quality="good"))

    assert decision.facts == (
        life.CaseCompleted(quality="good", credited=600),
        clocks_stopped(v.ClockStatus.MET, "completion", None),
    )


def test_a_case_is_not_completed_before_its_report_is_checked():
    assert refused(a_finished_case(), c.CompleteCase(report_checked=False)) == "report_not_checked"


def test_a_case_is_not_completed_with_an_open_session():
    case = a_finished_case(attended(minutes=600), a_session("second"))

    assert refused(case, c.CompleteCase(report_checked=True)) == "session_unresolved"


def test_a_reopened_case_claims_its_caseworker_again_and_lets_its_clocks_go_on():
    unstarted = a_clock(status=v.ClockStatus.ENDED_UNSTARTED)
    case = a_case(v.CaseState.RETURNED, clocks=(unstarted,))

    decision = asked(case, c.ReopenCase(reason="referrer_asked"))

    reopened, corrected = decision.facts
    assert reopened == life.CaseReopened(reason="referrer_asked")
    assert (corrected.was, corrected.status) == (v.ClockStatus.ENDED_UNSTARTED, v.ClockStatus.RUNNING)
    assert "breach:start_48h:referral_sent" in {timer.name for timer in decision.timers}
    assert decision.claims == (ClaimLoad(caseworker="caseworker-1"),)


@pytest.mark.parametrize("changes", [{"caseworker": None}, {"caseworker": "somebody who left"}])
def test_a_case_without_a_listed_caseworker_is_reopened_all_the_same(changes):
    case = an_active_case(state=v.CaseState.RETURNED, **changes)

    decision = asked(case, c.ReopenCase(reason="closed_in_error"), caseworkers=(a_caseworker(),))

    assert decision.facts


def a_caseworker(open_cases=3):
    return Caseworker(
        id="caseworker-1", provider="mending", works_with_children=True, max_cases=3, open_cases=open_cases
    )


def test_a_case_is_not_reopened_for_a_caseworker_who_is_full():
    case = an_active_case(state=v.CaseState.RETURNED)

    code = refused(case, c.ReopenCase(reason="closed_in_error"), caseworkers=(a_caseworker(),))

    assert code == "caseworker_is_full"


def test_a_case_that_never_had_a_plan_is_not_reopened():
    case = a_case(v.CaseState.WITHDRAWN, plan=())

    assert refused(case, c.ReopenCase(reason="referrer_asked")) == "nothing_was_agreed"


@pytest.mark.parametrize(("provider", "code"), [("mending", "provider_is_the_same"), ("elsewhere", "provider_unknown")])
def test_a_case_is_offered_to_another_provider_of_the_scheme_alone(provider, code):
    assert refused(a_case(), c.TransferCase(provider=provider)) == code


def test_an_offer_names_the_receiving_provider():
    decision = asked(a_case(), c.TransferCase(provider="restoring"))

    assert decision.facts == (life.TransferOffered(provider="restoring"),)


def test_what_was_not_offered_is_not_accepted():
    assert refused(a_case(), c.AcceptTransfer(), actor=RECEIVER) == "no_transfer_offered"


def test_the_provider_that_offers_does_not_accept():
    case = a_case(transfer_to="restoring")

    assert refused(case, c.AcceptTransfer()) == "not_the_receiving_provider"


def transferred(case):
    decision = asked(replace(case, transfer_to="restoring"), c.AcceptTransfer(), actor=RECEIVER)
    (opened, opening), *_ = decision.also
    return decision, opened, opening


def test_a_transfer_ends_the_case_and_its_running_clocks_with_it():
    case = a_case(v.CaseState.SCHEDULED, a_session(starts_at=NOW + DAY))

    decision, opened, _ = transferred(case)

    assert decision.facts == (
        work.SessionCancelled(session=FIRST, reason="case_transferred"),
        life.CaseTransferred(provider="restoring", to_case=opened),
        clocks_stopped(v.ClockStatus.ENDED_UNSTARTED),
    )
    assert decision.claims == (ReleasePlace(slot="first", place=1), ReleaseLoad(caseworker="caseworker-1"))
    assert {timer.name for timer in decision.timers} == {
        "warn:start_48h:referral_sent",
        "breach:start_48h:referral_sent",
        f"remind:{FIRST}",
    }


def test_the_linked_case_is_accepted_with_the_same_tokens_and_the_same_running_clocks():
    case = a_case()

    _, _, opening = transferred(case)

    received = opening.facts[0]
    assert received.transferred_from == case.id
    assert received.provider == "restoring"
    assert (received.participant, received.agency_token) == (case.participant, case.governing.token)
    assert isinstance(opening.facts[-1], intake.ReferralAccepted)
    breach = next(timer for timer in opening.timers if timer.name == "breach:start_48h:referral_sent")
    assert breach.due_at == SENT + 2 * DAY
    assert {seal.kind for seal in opening.seals} == {"origins", "limits"}


def test_a_settled_clock_and_the_first_start_carry_over():
    case = an_active_case(clocks=(a_clock(status=v.ClockStatus.MISSED, warned=True),))

    _, _, opening = transferred(case)

    assert opening.facts[0].started_at == NOW - DAY
    assert [clock.status for clock in opening.facts[1].clocks] == [v.ClockStatus.MISSED]
    assert isinstance(opening.facts[2], intake.ClockWarned)
    assert opening.timers == ()


def test_hours_done_at_the_first_provider_are_not_asked_for_again():
    conditions = (
        Condition(purpose=v.Purpose.REHABILITATION, minutes=120),
        Condition(purpose=v.Purpose.REPARATION, minutes=600),
    )

    _, _, opening = transferred(an_active_case(attended(minutes=90), conditions=conditions))

    assert [part.minutes for part in opening.facts[0].conditions] == [120, 510]


def test_the_other_referrer_goes_with_the_case():
    case = a_case(referrers=(a_referrer(), a_referrer("landlord-1", governs=False, kind=v.AgencyKind.HOUSING)))

    _, _, opening = transferred(case)

    assert opening.facts[1].agency == "landlord-1"


def test_an_affected_person_who_takes_part_goes_with_the_case():
    person = an_affected_person()

    _, _, opening = transferred(a_case(affected=(person,)))

    assert [type(fact) for fact in opening.facts] == [
        intake.ReferralReceived,
        intake.ClocksStarted,
        intake.ReferralAccepted,
    ]
    assert opening.facts[0].affected[0].token == person.token
