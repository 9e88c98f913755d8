"""What goes with a case to the next provider: nothing that statute, ladder or an affected person counts begins anew."""

from dataclasses import replace

import pytest

from schemas import commands as c
from schemas import vocabulary as v
from schemas.events import work
from tests.builders.sessions import (
    DAY,
    HOUR,
    NOW,
    POLICY,
    a_case,
    a_part,
    a_referrer,
    an_active_case,
    an_affected_person,
    an_id,
    attended,
    missed,
    some_facts,
)
from workflow.case.parts import Condition
from workflow.machine.decide import Circumstance, record
from workflow.machine.decision import Decision
from workflow.machine.decisions.compliance import RULES as COMPLIANCE
from workflow.machine.decisions.hours import withdrawn_warning
from workflow.machine.decisions.life import RULES
from workflow.machine.decisions.plan_checks import check_plan
from workflow.machine.decisions.triage import RULES as TRIAGE
from workflow.rules.agreement import choosers
from workflow.rules.disclosure import agency_view, notices_of
from workflow.rules.dues import dues_of
from workflow.rules.facts import Actor
from workflow.rules.ladder import has_unanswered, next_step, officer_due, threshold_reached
from workflow.rules.planning import most_minutes
from workflow.rules.refusals import Refusal
from workflow.schemes.words import LadderStep

RECEIVER = Actor(
    id="manager-2", organisation="restoring", kind=v.OrganisationKind.PROVIDER, roles=frozenset({v.Role.MANAGER})
)
POLICE = Actor(id="force", organisation=a_referrer().agency, kind=v.OrganisationKind.POLICE)
CAUTION = v.Basis.ADULT_CONDITIONAL_CAUTION
BASES = some_facts().policy.bases
CIRCUMSTANCE = Circumstance(now=NOW, occurred_at=NOW, actor="manager-2", correlation=an_id("correlation"))


def handed_on(case):
    """The case that the next provider has, as it folds."""
    accepted = RULES[c.AcceptTransfer](
        replace(case, transfer_to="restoring"), c.AcceptTransfer(), some_facts(actor=RECEIVER), NOW
    )
    ((opened, opening),) = accepted.also
    return record(None, opened, case.tenant, opening, CIRCUMSTANCE).case


def and_then(case, *facts):
    """The case after some more facts."""
    return record(case, case.id, case.tenant, Decision(facts=facts), CIRCUMSTANCE).case


def amended(case, minutes):
    command = c.AmendReferral(message_id=an_id("amendment"), authorised_minutes=minutes)
    decision = TRIAGE[c.AmendReferral](case, command, some_facts(actor=POLICE), NOW)
    return and_then(case, *decision.facts)


def returning(case):
    return COMPLIANCE[c.ReturnToReferrer](case, c.ReturnToReferrer(reason="non_compliance"), some_facts(), NOW)


def refusal_of(asking, *arguments):
    with pytest.raises(Refusal) as refused:
        asking(*arguments)
    return refused.value.code


def test_pauses_go_on_counting_and_one_under_way_ends_as_the_case_is_taken_over():
    earlier, began = (NOW - 9 * DAY, NOW - 8 * DAY), NOW - HOUR
    case = a_case(v.CaseState.PAUSED, pauses=(earlier,), paused_at=began, paused_from=v.CaseState.ACTIVE)

    there = handed_on(case)

    assert (there.pauses, there.paused_at, there.state) == ((earlier, (began, NOW)), None, v.CaseState.ACCEPTED)
    assert dues_of(there, some_facts(), NOW).pauses == dues_of(case, some_facts(), NOW).pauses


def test_the_ladder_goes_on_where_it_stood():
    case = a_case(v.CaseState.ACTIVE, missed(), stage=v.Stage.WARNED, warned_for=(an_id("first"),))

    there = handed_on(case)
    failed = replace(there, sessions=(missed("second"),))

    basis = BASES[there.basis]
    assert (there.stage, there.warned_for, has_unanswered(there, basis)) == (v.Stage.WARNED, (an_id("first"),), False)
    assert (has_unanswered(failed, basis), next_step(failed, basis)) == (True, LadderStep.FINAL_WARN)


def test_a_ladder_that_was_used_up_leads_back_from_the_next_provider_too():
    names = ("first", "second", "third")
    sessions = (missed(name, NOW - (30 - n) * DAY) for n, name in enumerate(names))
    grounds = tuple(an_id(name) for name in names[:2])

    there = handed_on(a_case(v.CaseState.ACTIVE, *sessions, stage=v.Stage.FINAL_WARNED, warned_for=grounds))
    returned = returning(there)

    assert threshold_reached(there, BASES[there.basis])
    assert any(isinstance(fact, work.CaseReturned) for fact in returned.facts)


def test_an_earlier_providers_failure_may_be_excused_while_its_evidence_may_come():
    names = ("first", "second", "third")
    sessions = (*(missed(name, NOW - 30 * DAY) for name in names[:2]), missed("third", NOW - DAY))
    grounds = tuple(an_id(name) for name in names[:2])

    there = handed_on(a_case(v.CaseState.ACTIVE, *sessions, stage=v.Stage.FINAL_WARNED, warned_for=grounds))

    assert refusal_of(returning, there) == "evidence_window_open"


def test_a_warning_withdrawn_at_the_next_provider_takes_its_failure_with_it():
    there = handed_on(a_case(v.CaseState.ACTIVE, missed(), stage=v.Stage.WARNED, warned_for=(an_id("first"),)))

    excused = and_then(replace(there, state=v.CaseState.ACTIVE), withdrawn_warning(there))

    assert (excused.stage, excused.warned_for, excused.carried_failures) == (v.Stage.NONE, (), ())


def test_what_the_officer_was_told_of_goes_with_a_caution():
    there = handed_on(a_case(v.CaseState.ACTIVE, missed(), basis=CAUTION, officer_told=True))
    failed = replace(there, sessions=(missed("second"),))

    assert there.officer_told
    assert not officer_due(failed, BASES[CAUTION])
    assert threshold_reached(failed, BASES[CAUTION])


def test_it_goes_on_through_a_second_transfer():
    first = handed_on(an_active_case(attended(minutes=90), missed("missed"), stage=v.Stage.WARNED))
    second = handed_on(replace(first, provider="mending", sessions=(attended("there", minutes=30), missed("again"))))

    assert second.carried_minutes == 120
    assert [failure.id for failure in second.carried_failures] == [an_id("missed"), an_id("again")]
    assert second.authorised_minutes == 480


def test_an_affected_person_is_not_asked_again_and_the_choice_still_binds():
    person = an_affected_person(
        channels=("phone",),
        attempts=("phone", "phone"),
        tried=("phone",),
        reached=True,
        remedy="litter",
        preference=v.ActivityKind.LITTER_PICKING,
        consulted=True,
    )

    there = handed_on(a_case(affected=(person,)))

    assert there.affected == (person,)
    assert choosers(there) == (person,)


@pytest.mark.parametrize("contact", list(v.ContactState))
def test_contact_stands_at_the_next_provider_as_it_stood(contact):
    there = handed_on(a_case(affected=(an_affected_person(contact=contact),)))

    assert there.person(an_id("resident")).contact is contact


def worked_under_a_caution(minutes=600, authorised=1200):
    conditions = (Condition(purpose=v.Purpose.REPARATION, minutes=authorised),)
    return an_active_case(attended(minutes=minutes), basis=CAUTION, conditions=conditions)


def test_minutes_done_at_both_providers_count_towards_the_cap_of_the_statute():
    there = handed_on(worked_under_a_caution())

    assert there.authorised_minutes == 600
    assert refusal_of(amended, there, 1201) == "authorised_over_cap"
    assert refusal_of(check_plan, there, some_facts(), (a_part(minutes=601),), NOW) == "hours_over_authorised"
    wider = replace(there, conditions=(Condition(purpose=v.Purpose.REPARATION, minutes=1200),))
    assert refusal_of(check_plan, wider, some_facts(), (a_part(minutes=601),), NOW) == "hours_over_cap"
    assert most_minutes(wider, some_facts(), NOW) == 600


def test_minutes_done_count_towards_the_most_that_an_age_may_work_in_a_case():
    there = handed_on(worked_under_a_caution())
    policy = some_facts().policy
    hours = {band: one.model_copy(update={"case_minutes": 900}) for band, one in policy.age_bands.items()}
    facts = some_facts(policy=policy.model_copy(update={"age_bands": hours}))

    assert refusal_of(check_plan, there, facts, (a_part(minutes=301),), NOW) == "hours_over_age"
    assert most_minutes(there, facts, NOW) == 300


def test_a_referrer_states_minutes_for_the_whole_referral():
    there = handed_on(worked_under_a_caution(minutes=200, authorised=600))

    assert amended(there, 900).authorised_minutes == 700
    assert refusal_of(amended, there, 199) == "authorised_below_agreed"


def test_agencies_and_affected_people_hear_of_all_minutes_and_the_participant_of_those_here():
    there = handed_on(worked_under_a_caution(minutes=200, authorised=600))
    agreed = replace(there, state=v.CaseState.ASSESSING)
    part = work.PlanPart(**{name: getattr(a_part(minutes=400), name) for name in work.PlanPart.model_fields})
    fact = work.PlanAgreed(parts=(part,), minutes=400, preference_followed=None)
    made = record(agreed, agreed.id, agreed.tenant, Decision(facts=(fact,)), CIRCUMSTANCE)
    told = {one.audience: one.fields["agreed_minutes"] for one in notices_of(made.facts[0], made.case, POLICY)}

    view = agency_view(made.case, a_referrer().agency, POLICY)
    assert [view[name] for name in ("authorised_minutes", "agreed_minutes", "credited_minutes")] == [600, 600, 200]
    assert (told["police"], told["participant"]) == (600, 400)
