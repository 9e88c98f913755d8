"""A caseworker is given a case: the best by the rules, or whom a person names with a reason (domain.md 10 row 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas import commands as c
from schemas.vocabulary import Role
from tests.builders import cases as b
from workflow.machine.decide import decide
from workflow.machine.decision import ClaimLoad, ReleaseLoad
from workflow.machine.decisions import triage
from workflow.rules.refusals import Refusal

NOW = b.RECEIVED_AT + timedelta(hours=1)
TRIAGE = b.some_facts(actor=b.an_actor(Role.TRIAGE))
MANAGER = b.some_facts()


def refusal_of(case, command, facts=TRIAGE):
    with pytest.raises(Refusal) as refused:
        decide(case, command, facts, NOW)
    assert refused.value.code in triage.REASONS
    return refused.value.code


def test_the_best_caseworker_by_the_rules_is_taken_when_nobody_is_named():
    workers = (b.a_caseworker(id="busy", open_cases=9), b.a_caseworker(id="free", open_cases=0))

    decision = decide(b.an_accepted_case(), c.AllocateCaseworker(), replace(TRIAGE, caseworkers=workers), NOW)

    (allocated,) = decision.facts
    assert (allocated.caseworker, allocated.overruled) == ("free", False)
    assert "has 0 of at most 10 cases" in allocated.why
    assert decision.claims == (ClaimLoad(caseworker="free"),)


def test_a_person_may_name_somebody_else_with_a_reason_that_is_sealed():
    workers = (b.a_caseworker(id="busy", open_cases=9), b.a_caseworker(id="free", open_cases=0))
    facts = replace(TRIAGE, caseworkers=workers)

    decision = decide(b.an_accepted_case(), c.AllocateCaseworker(caseworker="busy", reason="Knows Ripley."), facts, NOW)

    (allocated,) = decision.facts
    assert allocated.overruled
    assert [(seal.ref, seal.fields) for seal in decision.seals] == [(allocated.note, {"reason": "Knows Ripley."})]
    assert "Ripley" not in allocated.model_dump_json()


def test_another_allocation_gives_the_first_load_back():
    workers = (b.a_caseworker(), b.a_caseworker(id="worker-b"))

    decision = decide(b.an_active_case(), c.AllocateCaseworker(), replace(TRIAGE, caseworkers=workers), NOW)

    assert decision.claims == (ClaimLoad(caseworker="worker-b"), ReleaseLoad(caseworker=b.CASEWORKER))


@pytest.mark.parametrize(
    ("named", "workers", "code"),
    [
        (None, (), "no_caseworker_free"),
        ("nobody", (b.a_caseworker(),), "caseworker_unknown"),
        ("away", (b.a_caseworker(id="away", provider=b.OTHER_PROVIDER),), "caseworker_unknown"),
        ("full", (b.a_caseworker(id="full", open_cases=10),), "caseworker_full"),
        ("friend", (b.a_caseworker(id="friend", knows=frozenset({b.AFFECTED})),), "conflict_of_interest"),
        ("busy", (b.a_caseworker(), b.a_caseworker(id="busy", open_cases=9)), "overruling_needs_a_reason"),
    ],
)
def test_a_caseworker_is_refused_by_the_rule_that_bars(named, workers, code):
    facts = replace(TRIAGE, caseworkers=workers)

    assert refusal_of(b.an_accepted_case(), c.AllocateCaseworker(caseworker=named), facts) == code


def test_the_caseworker_of_a_case_is_not_given_it_again():
    assert refusal_of(b.an_active_case(), c.AllocateCaseworker(caseworker=b.CASEWORKER)) == "caseworker_has_the_case"


def test_a_manager_gives_a_case_to_somebody_full_with_a_reason():
    workers = (b.a_caseworker(id="full", open_cases=10), b.a_caseworker(id="free", open_cases=0))
    facts = replace(MANAGER, caseworkers=workers)
    command = c.AllocateCaseworker(caseworker="full", reason="Their case before.")

    decision = decide(b.an_accepted_case(), command, facts, NOW)

    (allocated,) = decision.facts
    assert (allocated.caseworker, allocated.overruled) == ("full", True)
    assert "has 10 of at most 10 cases" in allocated.why
    assert decision.claims == (ClaimLoad(caseworker="full", overruled=True),)


def test_a_manager_overrules_load_where_nobody_has_room_at_all():
    facts = replace(MANAGER, caseworkers=(b.a_caseworker(id="full", open_cases=10),))

    assert decide(
        b.an_accepted_case(), c.AllocateCaseworker(caseworker="full", reason="Nobody else."), facts, NOW
    ).facts
    assert refusal_of(b.an_accepted_case(), c.AllocateCaseworker(), facts) == "no_caseworker_free"


def test_a_reason_overrules_load_for_a_manager_alone_and_never_vetting_or_a_conflict():
    full = b.a_caseworker(id="one", open_cases=10)
    friend = replace(full, knows=frozenset({b.AFFECTED}))
    named = c.AllocateCaseworker(caseworker="one", reason="Nobody else.")
    adult, child = b.an_accepted_case(), b.an_accepted_case(child=True)

    assert refusal_of(adult, named, replace(TRIAGE, caseworkers=(full,))) == "caseworker_full"
    assert refusal_of(adult, named, replace(MANAGER, caseworkers=(friend,))) == "conflict_of_interest"
    unvetted = replace(full, works_with_children=False)
    assert refusal_of(child, named, replace(MANAGER, caseworkers=(unvetted,))) == "caseworker_not_vetted"
