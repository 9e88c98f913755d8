"""Later requests of a batch see what earlier ones of it claimed and gave back."""

from dataclasses import replace

from tests.builders import cases as b
from tests.builders.places import SLOT, a_caseworker, a_slot
from workflow.handlers.desk import Desk
from workflow.machine.decision import ClaimLoad, ClaimPlace, ReleaseLoad, ReleasePlace

OTHER = b.OTHER_CASE_ID
FACTS = replace(
    b.some_facts(),
    slots={SLOT: a_slot(taken={1: b.CASE_ID})},
    caseworkers=(a_caseworker(id="one", open_cases=2), a_caseworker(id="two", open_cases=0)),
)


def as_claimed(*claims):
    desk = Desk(work=None, tenant="derbyshire", book=None, ids=None)
    desk.claimed.note(OTHER, claims)
    return desk.as_claimed(FACTS)


def test_nothing_claimed_leaves_the_facts_as_they_were():
    assert as_claimed() is FACTS


def test_a_place_claimed_earlier_in_the_batch_is_taken_and_one_given_back_is_free():
    claimed = as_claimed(ClaimPlace(slot=SLOT, place=2))
    returned = as_claimed(ReleasePlace(slot=SLOT, place=1))

    assert claimed.slots[SLOT].taken == {1: b.CASE_ID, 2: OTHER}
    assert returned.slots[SLOT].free_place == 1
    assert FACTS.slots[SLOT].taken == {1: b.CASE_ID}


def test_a_load_claimed_earlier_in_the_batch_is_counted():
    facts = as_claimed(ReleaseLoad(caseworker="one"), ClaimLoad(caseworker="two"))

    assert [(worker.id, worker.open_cases) for worker in facts.caseworkers] == [("one", 1), ("two", 1)]


def test_claims_on_what_a_command_does_not_look_at_change_nothing_it_sees():
    facts = as_claimed(ClaimPlace(slot="elsewhere", place=1), ClaimLoad(caseworker="somebody"))

    assert (facts.slots, facts.caseworkers) == (FACTS.slots, FACTS.caseworkers)
