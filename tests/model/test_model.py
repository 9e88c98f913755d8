import pytest

from tests.model import page
from tests.model.scenes import MUTANTS, SCENES, searched
from tests.model.searching import Search
from tests.model.world import Off

FEWEST_STATES = 100_000


def test_every_promise_is_kept_in_each_state_and_each_action_stands_on_the_page():
    every = {name: searched(scene) for name, scene in SCENES.items()}

    print(*(f"{name}: {one.states} states, depth {one.depth}, {one.seconds:.1f} s" for name, one in every.items()))
    assert {name: one.told() for name, one in every.items() if one.wrong} == {}
    assert sum(one.states for one in every.values()) >= FEWEST_STATES
    assert set().union(*(one.actions for one in every.values())) == page.actions()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.off.name.lower())
def test_a_mechanism_that_is_taken_away_is_missed(mutant):
    found = mutant.searched()

    print(f"{mutant.off}: {found.states} states, depth {found.depth}, {found.seconds:.1f} s\n{found.told()}")
    assert (found.wrong or "").startswith(mutant.breaks)


def test_one_shard_for_two_cases_is_sound_with_the_cursor_off():
    scene = next(mutant for mutant in MUTANTS if mutant.off is Off.WHAT_IS_LEFT).smaller()

    assert searched(scene).wrong is None


def test_each_function_that_the_page_names_is_there():
    assert page.missing(page.rows()) == set()
    assert page.missing([{"file": "streams/relay.py", "names": "Relay.forget"}]) == {"streams/relay.py:Relay.forget"}


def test_every_mechanism_has_its_mutant():
    assert {mutant.off for mutant in MUTANTS} == set(Off)


class Stairs:
    """Steps up to five, a wrong one among them, or a pit from which no way leads on."""

    def __init__(self, wrong_at=None, pit=None):
        self.wrong_at, self.pit = wrong_at, pit

    def steps(self, state):
        if state < 5 and state != self.pit:
            yield "one", False, state + 1
            yield "two", False, state + 2
        yield "fall", True, 0

    def wrong(self, state):
        return "wrong" if state == self.wrong_at else None

    def at_rest(self, state):
        return state == 5


def test_the_search_finds_the_shortest_way_to_what_is_wrong():
    found = Search(Stairs(wrong_at=3)).run(0)

    assert (found.wrong, len(found.path), found.depth) == ("wrong", 2, 2)


def test_the_search_finds_a_state_from_which_nothing_but_a_fault_leads_to_rest():
    found = Search(Stairs(pit=4)).run(0)

    assert found.wrong.startswith("P6")
    assert found.path == ("two", "two")
