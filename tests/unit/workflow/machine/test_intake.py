"""A referral opens a case: what is published of it, what is sealed, which clocks run, what is asked."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from schemas import commands as c
from schemas.events import intake
from schemas.referrals.reading import read_referral
from schemas.vocabulary import (
    AgeBand,
    AgencyKind,
    CaseState,
    Clearance,
    ClockOrigin,
    ClockStatus,
    OrganisationKind,
    Purpose,
    Role,
)
from tests.builders import cases as b
from tests.builders.referrals import a_housing_referral, a_police_referral, a_youth_justice_referral, without
from workflow.machine.decisions.intake import open_case
from workflow.rules.facts import Candidate
from workflow.rules.refusals import Refusal

BY = {
    AgencyKind.POLICE: b.an_agency(),
    AgencyKind.YOUTH_JUSTICE: b.an_agency(b.YOUTH_JUSTICE, OrganisationKind.YOUTH_JUSTICE),
    AgencyKind.HOUSING: b.an_agency(b.HOUSING, OrganisationKind.HOUSING),
}

BEHAVED = {"clock": "start_48h", "origin": ClockOrigin.BEHAVIOUR_FROM}


def opened(body, kind=AgencyKind.POLICE, now=b.RECEIVED_AT, **changes):
    referral = read_referral(kind, body, b.RECEIVED_AT)
    facts = b.some_facts(**{"actor": BY[kind], "agency_kind": kind, **changes})
    return open_case(c.SubmitReferral(referral=referral), facts, now)


def folded(decision):
    return b.after(None, decision, b.RECEIVED_AT)


def of_kind(decision, kind):
    return [fact for fact in decision.facts if isinstance(fact, kind)]


def started(decision):
    (together,) = of_kind(decision, intake.ClocksStarted)
    return together.clocks


def test_a_police_referral_becomes_a_received_case_under_the_policy_of_the_day():
    case = folded(opened(a_police_referral()))

    assert case.state is CaseState.RECEIVED
    assert case.policy_version == b.a_policy().version
    assert (case.governing.agency, case.governing.token, case.provider) == (b.POLICE, b.AGENCY_TOKEN, b.PROVIDER)
    assert case.participant == b.PARTICIPANT
    assert case.authorised_minutes == 600
    assert case.clearance is Clearance.NOT_NEEDED
    assert case.limitation_known


def test_affected_people_are_named_in_the_order_of_the_referral():
    person = a_police_referral()["affected_people"][0]
    second = {**person, "reference": "ap-2", "kind": "business", "permission_to_contact": False}
    tokens = (b.PARTICIPANT, b.AFFECTED, UUID(int=3))

    decision = opened(a_police_referral(affected_people=[person, second]), person_tokens=tokens)

    named = decision.facts[0].affected
    assert [(one.token, one.kind, one.permission) for one in named] == [
        (b.AFFECTED, "person", True),
        (UUID(int=3), "business", False),
    ]
    assert [seal.person for seal in decision.seals if seal.kind == "affected"] == [b.AFFECTED, UUID(int=3)]


def test_ages_are_taken_at_behaviour_and_at_disposal_and_never_today():
    born = {"participant": {"birth_date": "2008-03-02"}, "disposal_at": "2026-03-02T08:00:00+00:00"}

    received = opened(a_police_referral(**born)).facts[0]

    assert received.age_at_behaviour is AgeBand.AGE_16_17
    assert received.age_at_disposal is AgeBand.ADULT
    assert received.clearance is Clearance.AWAITED


def test_an_age_at_disposal_is_unknown_while_nobody_supplied_the_disposal():
    assert opened(without(a_police_referral(), "disposal_at")).facts[0].age_at_disposal is None


def test_no_personal_data_of_a_referral_stands_in_a_fact():
    decision = opened(a_police_referral())

    told = " ".join(fact.model_dump_json() for fact in decision.facts).casefold()
    told += " ".join(timer.name for timer in decision.timers)

    secrets = ("corin", "tazewell", "1994", "07700", "quillet", "de1", "26000112233", "bandstand", "14:05", "marchbank")
    assert [word for word in secrets if word in told] == []


def test_everything_personal_is_sealed_under_the_key_of_its_person():
    decision = opened(a_police_referral())

    kinds = {(seal.person, seal.kind) for seal in decision.seals}
    participant = {"participant", "behaviour", "identifiers", "referrer", "origins", "limits"}
    assert kinds == {(b.PARTICIPANT, kind) for kind in participant} | {(b.AFFECTED, "affected")}
    assert len({seal.ref for seal in decision.seals}) == len(decision.seals)


def test_the_four_start_clocks_and_the_limits_run_with_a_warning_and_a_breach_each():
    decision = opened(a_police_referral())

    clocks = {(one.clock, one.origin): one.status for one in started(decision)}
    assert clocks == {
        **{("start_48h", origin): ClockStatus.RUNNING for origin in ClockOrigin},
        ("completion", None): ClockStatus.RUNNING,
    }
    due = {timer.name: timer.due_at for timer in decision.timers}
    assert due["breach:start_48h:referral_sent"] == b.SENT_AT + timedelta(hours=48)
    assert due["warn:start_48h:referral_sent"] == b.SENT_AT + timedelta(hours=36)
    assert due["breach:completion"] == b.COMPLETE_ON
    assert len(due) == 10


def test_what_a_late_referral_brings_already_missed_is_missed_and_told_at_once():
    policy = b.a_policy().with_overrides({"grace_minutes": 0})

    decision = opened(a_police_referral(), now=b.BEHAVIOUR_FROM + timedelta(hours=48), policy=policy)

    assert of_kind(decision, intake.ClockBreached) == [intake.ClockBreached(**BEHAVED)]
    assert of_kind(decision, intake.BreachTold) == [intake.BreachTold(**BEHAVED)]
    assert not [timer for timer in decision.timers if "behaviour_from" in timer.name]
    assert folded(decision).clock("start_48h", ClockOrigin.BEHAVIOUR_FROM).status is ClockStatus.MISSED


def test_a_breach_at_receipt_waits_for_the_grace_before_people_outside_hear_of_it():
    due = b.BEHAVIOUR_FROM + timedelta(hours=48)

    decision = opened(a_police_referral(), now=due)

    assert of_kind(decision, intake.BreachTold) == []
    (told,) = [timer for timer in decision.timers if "behaviour_from" in timer.name]
    assert told.name == "tell:start_48h:behaviour_from"
    assert told.due_at == due + timedelta(minutes=b.a_policy().grace_minutes)


def test_the_no_crime_door_has_no_disposal_to_count_from():
    decision = opened(a_housing_referral(), AgencyKind.HOUSING)

    clocks = {one.origin: one.status for one in started(decision) if one.origin}
    assert clocks[ClockOrigin.DISPOSAL] is ClockStatus.NOT_APPLICABLE
    assert clocks[ClockOrigin.POLICE_DECIDED] is ClockStatus.NOT_APPLICABLE
    assert clocks[ClockOrigin.BEHAVIOUR_FROM] is ClockStatus.RUNNING


def test_dates_that_the_referrer_supplies_become_limits_of_their_own():
    body = a_police_referral(
        limitation={"kind": "date", "on": "2026-08-31"}, authorisation={"complete_by": "2026-04-30"}
    )

    decision = opened(body)

    limits = {one.clock: one.authority for one in started(decision) if one.origin is None}
    assert limits == {"completion": "policy", "limitation": "statute", "complete_by": "contract"}


def test_a_basis_that_the_policy_does_not_know_still_opens_a_case_without_its_limits():
    decision = opened(a_police_referral(basis="deferred_prosecution"))

    assert {one.clock for one in started(decision)} == {"start_48h"}


@pytest.mark.parametrize("limitation", [{"kind": "summary_only", "decided_by": "Sgt A"}, None])
def test_a_limitation_without_its_date_opens_an_information_request(limitation):
    body = a_police_referral()
    body["limitation"] = limitation

    case = folded(opened(body))

    assert case.state is CaseState.AWAITING_INFORMATION
    assert case.information_requested == (("/limitation/on",) if limitation else ("/limitation",))


def test_a_child_for_whom_nobody_safe_is_named_opens_an_information_request():
    adults = [{"name": "A", "relationship": "uncle", "authority": "unknown", "unsafe": True}]
    body = a_youth_justice_referral(participant={"responsible_adults": adults})

    received, *rest = opened(body, AgencyKind.YOUTH_JUSTICE).facts

    assert received.flags == ("unsafe_adult:0", "authority_unknown:0")
    assert rest[-1] == intake.InformationRequested(fields=("/participant/responsible_adults",))


@pytest.mark.parametrize(("given", "stands"), [(True, Clearance.GIVEN), (False, Clearance.REFUSED)])
def test_youth_justice_that_refers_may_have_answered_already(given, stands):
    body = a_youth_justice_referral(clearance={"given": given})

    assert folded(opened(body, AgencyKind.YOUTH_JUSTICE)).clearance is stands


def test_youth_justice_that_says_nothing_of_clearance_leaves_it_awaited():
    body = without(a_youth_justice_referral(), "clearance")

    assert folded(opened(body, AgencyKind.YOUTH_JUSTICE)).clearance is Clearance.AWAITED


def test_an_adult_referred_by_youth_justice_needs_no_clearance():
    body = a_youth_justice_referral(
        basis="community_resolution", participant={"birth_date": "1990-01-01", "responsible_adults": []}
    )

    decision = opened(body, AgencyKind.YOUTH_JUSTICE)

    assert of_kind(decision, intake.ClearanceRecorded) == []
    assert folded(decision).clearance is Clearance.NOT_NEEDED


def test_likely_matches_are_proposed_once_each_and_unlikely_ones_are_not():
    likely = Candidate(case_id=b.OTHER_CASE_ID, score=75, agreeing=("birth_date", "family_name"))
    candidates = (likely, likely, Candidate(case_id=UUID(int=5), score=40, agreeing=("phone",)))

    decision = opened(a_police_referral(), candidates=candidates)

    assert [fact.other_case for fact in of_kind(decision, intake.MatchProposed)] == [b.OTHER_CASE_ID]
    assert folded(decision).unresolved_match


def test_marks_that_eligibility_asks_about_are_kept_as_flags():
    body = a_police_referral(
        repeat=True,
        co_accused=True,
        participant={"orders": [{"kind": "pspo"}], "other_services": ["probation"]},
        behaviour={"from": "2025-11-01T10:00:00+00:00", "to": None},
    )

    flags = opened(body).facts[0].flags

    assert flags == ("repeat", "co_accused", "under_court_order", "served_elsewhere", "stale")


def test_conditions_keep_their_purposes():
    conditions = [{"purpose": "reparation", "minutes": 600}, {"purpose": "rehabilitation", "minutes": 120}]

    received = opened(a_police_referral(authorisation={"conditions": conditions})).facts[0]

    assert [(part.purpose, part.minutes) for part in received.conditions] == [
        (Purpose.REPARATION, 600),
        (Purpose.REHABILITATION, 120),
    ]


def test_triage_may_type_in_a_referral_that_came_on_paper():
    facts = b.some_facts(actor=b.an_actor(Role.TRIAGE), agency_kind=None, agency_token=None)
    referral = read_referral(AgencyKind.POLICE, a_police_referral(), b.RECEIVED_AT)

    received = open_case(c.SubmitReferral(referral=referral), facts, b.RECEIVED_AT).facts[0]

    assert (received.agency, received.agency_kind) == (b.POLICE, AgencyKind.POLICE)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"actor": b.an_actor(Role.EVALUATOR)}, "role_may_not"),
        ({"provider": None}, "no_provider_for_referral"),
        ({"person_tokens": ()}, "no_provider_for_referral"),
    ],
)
def test_no_case_opens_without_somebody_who_may_refer_and_somebody_to_do_the_work(changes, code):
    with pytest.raises(Refusal) as refused:
        opened(a_police_referral(), **changes)

    assert refused.value.code == code


def test_the_same_referral_decided_twice_gives_the_same_decision():
    facts = replace(b.some_facts(), actor=b.an_agency())
    command = c.SubmitReferral(referral=read_referral(AgencyKind.POLICE, a_police_referral(), b.RECEIVED_AT))

    assert open_case(command, facts, b.RECEIVED_AT) == open_case(command, facts, b.RECEIVED_AT)
