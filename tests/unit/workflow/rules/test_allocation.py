"""Who may have a case, and who had better."""

from dataclasses import replace

import pytest

from tests.builders import cases as b
from workflow.rules.allocation import barred, ranked, scored


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"provider": b.OTHER_PROVIDER}, "caseworker_unknown"),
        ({"works_with_children": False}, "caseworker_not_vetted"),
        ({"knows": frozenset({b.PARTICIPANT})}, "conflict_of_interest"),
        ({"knows": frozenset({b.AFFECTED})}, "conflict_of_interest"),
        ({"open_cases": 10}, "caseworker_full"),
        ({"open_cases": 9}, None),
    ],
)
def test_a_hard_constraint_bars_a_caseworker_from_a_childs_case(changes, code):
    assert barred(b.a_caseworker(**changes), b.an_accepted_case(child=True)) == code


def test_an_adults_case_needs_no_clearance_for_children():
    assert barred(b.a_caseworker(works_with_children=False), b.an_accepted_case()) is None


def test_whoever_was_a_child_at_the_behaviour_keeps_the_protection():
    case = b.an_accepted_case(child=True, age_at_disposal="adult")

    assert barred(b.a_caseworker(works_with_children=False), case) == "caseworker_not_vetted"


def test_more_room_comes_first_and_the_barred_do_not_come_at_all():
    workers = (
        b.a_caseworker(id="busy", open_cases=9),
        b.a_caseworker(id="free", open_cases=0),
        b.a_caseworker(id="full", open_cases=10),
    )

    assert [one.caseworker for one in ranked(workers, b.an_accepted_case())] == ["free", "busy"]


def test_equals_come_in_the_order_of_their_ids():
    workers = (b.a_caseworker(id="worker-b"), b.a_caseworker(id="worker-a"))

    assert [one.caseworker for one in ranked(workers, b.an_accepted_case())] == ["worker-a", "worker-b"]


def test_those_cleared_for_children_are_kept_for_children_where_room_is_equal():
    workers = (b.a_caseworker(id="a", works_with_children=True), b.a_caseworker(id="b", works_with_children=False))

    adult, child = ranked(workers, b.an_accepted_case()), ranked(workers, b.an_accepted_case(child=True))

    assert [one.caseworker for one in adult] == ["b", "a"]
    assert adult[0].why == ("has 2 of at most 10 cases", "works with adults alone", "knows nobody in it")
    assert adult[1].why[1] == "could also take a child's case"
    assert child[0].why[1] == "is cleared to work with children"


def test_whoever_takes_no_cases_at_all_can_be_scored():
    assert scored(replace(b.a_caseworker(), max_cases=0, open_cases=0), b.a_received_case()).score >= 0
