from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import commands as c
from schemas.events import work
from schemas.vocabulary import ActivityKind, Basis, ContactState, Purpose
from tests.builders.plans import (
    ADULT_BORN,
    ANOTHER,
    CHILD_BORN,
    DERBYSHIRE,
    NO_WORKSHOP,
    NOW,
    PERSON,
    SOMEBODY,
    a_case,
    a_childs_case,
    a_part,
    a_site,
    a_slot,
    an_affected,
    planned,
    some_facts,
)
from workflow.case.parts import Condition
from workflow.machine.decisions.plan import REASONS, RULES
from workflow.rules.agreement import preference_followed
from workflow.rules.facts import Distance
from workflow.rules.planning import options
from workflow.rules.refusals import Refusal

LITTER, GRAFFITI, WORKSHOP = ActivityKind.LITTER_PICKING, ActivityKind.GRAFFITI_CLEANING, ActivityKind.ASB_WORKSHOP
GIVEN = ContactState.VIEWS_GIVEN


def decided(command, case=None, *slots, **facts):
    return RULES[type(command)](case or a_case(), command, some_facts(*(slots or (a_slot(),)), **facts), NOW)


def refusal(*args, **kwargs):
    with pytest.raises(Refusal) as caught:
        decided(*args, **kwargs)
    assert caught.value.code in REASONS
    return caught.value


def as_others_see(error):
    return REASONS[error.code].cover or error.code, error.facts


def test_the_best_option_is_proposed_with_each_reason():
    near = {"park": Distance.UNDER_3_KM}

    (fact,) = decided(c.ProposePlan(), a_case(), a_slot(), a_slot("s2", hours=50), distances=near).facts

    assert (fact.first_slot, fact.why) == ("s1", ("under 3 km away", "starts in 26 h"))
    assert fact.parts == (work.PlanPart(activity=LITTER, site="park", minutes=300),)


def test_the_first_slot_of_a_proposal_is_the_workshops_where_that_comes_first():
    workshop = a_slot("w1", hours=23, activity=WORKSHOP)

    (fact,) = decided(c.ProposePlan(), a_case(), a_slot(), workshop, policy=DERBYSHIRE).facts

    assert (fact.first_slot, fact.parts[0].activity) == ("w1", WORKSHOP)


def test_a_place_barred_for_somebodys_sake_looks_like_one_with_no_free_session():
    case = a_case(affected=(an_affected(),))
    near = {"park": a_site(near_affected=frozenset({PERSON}))}

    proposal = refusal(c.ProposePlan(), case, sites=near)
    full = refusal(c.ProposePlan(), case, a_slot(taken={1: SOMEBODY}))
    named = refusal(planned(a_part()), case, sites=near)
    named_full = refusal(planned(a_part()), case, a_slot(taken={1: SOMEBODY}))

    assert as_others_see(proposal) == as_others_see(full)
    assert as_others_see(named) == as_others_see(named_full)
    assert (named.code, named_full.code) == ("place_near_affected_person", "no_free_session")


def test_somebody_to_be_kept_apart_looks_like_no_free_session():
    slot, apart = a_slot(capacity=2, taken={1: SOMEBODY}), frozenset({SOMEBODY})

    hidden = refusal(planned(a_part()), None, slot, must_not_meet=apart)

    assert hidden.code == "co_attendance"
    assert as_others_see(hidden) == as_others_see(refusal(planned(a_part()), None, a_slot(taken={1: SOMEBODY})))


SLOTS = st.builds(
    lambda number, hours, length, activity, site: a_slot(
        f"s{number}", hours=hours, length=length, activity=activity, site=site
    ),
    st.integers(0, 50),
    st.integers(0, 24 * 20),
    st.integers(1, 7),
    st.sampled_from([LITTER, GRAFFITI, WORKSHOP]),
    st.sampled_from(["park", "yard"]),
)
CASES = st.builds(
    lambda child, basis, minutes, unsuitable, preference: (a_childs_case if child else a_case)(
        basis=basis,
        conditions=tuple(Condition(purpose=purpose, minutes=size) for purpose, size in minutes.items()),
        unsuitable=unsuitable,
        affected=(an_affected(GIVEN, preference=preference), an_affected(token=ANOTHER)),
    ),
    st.booleans(),
    st.sampled_from([Basis.COMMUNITY_RESOLUTION, Basis.OUTCOME_22, Basis.ADULT_CONDITIONAL_CAUTION]),
    st.dictionaries(st.sampled_from(Purpose), st.integers(30, 1500), min_size=1),
    st.sets(st.sampled_from([LITTER, GRAFFITI]), max_size=1).map(tuple),
    st.sampled_from([None, LITTER, GRAFFITI]),
)


@given(
    CASES, st.lists(SLOTS, max_size=12), st.sampled_from([DERBYSHIRE, NO_WORKSHOP]), st.sampled_from([PERSON, ANOTHER])
)
def test_a_proposed_plan_always_passes_the_checks_of_agreement(case, slots, policy, token):
    sites = {"park": a_site(), "yard": a_site("yard", suits_children=False, near_affected=frozenset({token}))}
    born = CHILD_BORN if case.is_child else ADULT_BORN
    after_school = (a_slot("w", hours=6, activity=WORKSHOP), a_slot("l", hours=30))
    facts = some_facts(*slots, *after_school, policy=policy, sites=sites, birth_date=born)

    found = options(case, facts, NOW)

    assert found or not case.authorised_minutes or LITTER in case.unsuitable
    for option in found:
        proposed = replace(case, proposal=option.parts)
        reason = None if preference_followed(case, policy, frozenset({option.slot.activity})) is not False else "x"
        (agreed,) = RULES[c.AgreePlan](proposed, c.AgreePlan(reason=reason), facts, NOW).facts

        assert 0 < agreed.minutes <= case.authorised_minutes
        assert agreed.overruled is False


def test_what_is_proposed_is_the_first_option():
    case, facts = a_case(), some_facts(a_slot(), a_slot("s0", hours=60))

    (fact,) = RULES[c.ProposePlan](case, c.ProposePlan(), facts, NOW).facts

    assert fact.first_slot == next(options(case, facts, NOW)).first_slot.id == "s1"
