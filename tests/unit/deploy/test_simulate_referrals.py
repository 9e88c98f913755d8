from collections import Counter
from datetime import timedelta

import pytest

from deploy.simulate.casting import plan_referrals
from deploy.simulate.draw import Draw
from deploy.simulate.incidents import read_incidents
from deploy.simulate.population import read_population
from deploy.simulate.referrals import body_of, participant_of
from schemas.referrals.parse import canonical
from schemas.referrals.reading import read_referral
from schemas.vocabulary import AgencyKind, Basis, Door
from tests.unit.deploy.simulation import SAMPLE, plans_for
from workflow.rules.matching import PROPOSE_AT, score

DERBYSHIRE_BASES = {
    *("community_resolution", "outcome_22", "outcome_23", "adult_conditional_caution", "youth_conditional_caution"),
    *("abc", "cpw", "tenancy_warning", "second_asb_letter", "housing_referral"),
}


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_every_planned_referral_keeps_its_contract(seed):
    plans = plans_for(seed=seed, count=200)

    read = [read_referral(AgencyKind(p.agency.kind), body_of(p), p.when.sent_at + timedelta(seconds=5)) for p in plans]

    assert [str(r.message_id) for r in read] == [body_of(p)["message_id"] for p in plans]
    assert len({r.message_id for r in read}) == len(plans) == 200


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones():
    first, again, other = (plans_for(seed=seed, count=40) for seed in (7, 7, 8))

    assert [canonical(body_of(p)) for p in first] == [canonical(body_of(p)) for p in again]
    assert [canonical(body_of(p)) for p in first] != [canonical(body_of(p)) for p in other]


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_two_hundred_referrals_hold_every_basis_agency_and_named_part(seed):
    plans, population = plans_for(seed=seed, count=200), read_population()

    at_home = {p.basis.value for p in plans if p.scheme == "derbyshire" and p.fate != "declined"}
    kinds = Counter((p.scheme, p.agency.kind) for p in plans)

    assert at_home >= DERBYSHIRE_BASES
    assert {kind for scheme, kind in kinds if scheme == "derbyshire"} == {"police", "youth_justice", "housing"}
    assert {p.part for p in plans if p.part} == {part.name for part in population.parts}
    assert {p.door for p in plans} == set(Door)
    assert sum(p.who.child for p in plans) > 30


@pytest.mark.parametrize("count", [1, 5, 12, 60])
def test_fewer_referrals_play_the_first_parts_of_the_file(count):
    plans, population = plans_for(seed=7, count=count), read_population()

    names = {part.name for part in population.parts[:count]}

    assert len(plans) == count
    assert {p.part for p in plans if p.part} == names


def test_two_agencies_that_speak_of_one_person_are_matched_and_two_people_alike_too():
    by_part = {p.part: body_of(p)["participant"] for p in plans_for(seed=7, count=200)}

    same, _ = score(by_part["first_of_two_agencies"], by_part["second_of_two_agencies"])
    alike, agreeing = score(by_part["first_of_two_alike"], by_part["second_of_two_alike"])

    assert same == 100
    assert alike >= PROPOSE_AT
    assert set(agreeing) >= {"birth_date", "family_name"}
    assert by_part["first_of_two_alike"]["address"] != by_part["second_of_two_alike"]["address"]


def test_burglary_robbery_and_sexual_offences_are_never_planned_to_be_taken_on():
    plans = plans_for(seed=7, count=200)

    taken = {p.incident.kind.value for p in plans if p.fate != "declined"}

    assert taken.isdisjoint({"burglary", "robbery", "sexual_offence", "weapon"})
    assert {"burglary", "robbery", "sexual_offence"} <= {p.incident.kind.value for p in plans}


def test_nothing_of_the_crime_door_is_sent_through_the_other_one():
    bodies = [body_of(p) for p in plans_for(seed=7, count=200) if p.door is Door.NO_CRIME]

    assert all(not {"offence_code", "pnc_id", "urn", "disposal_at"} & set(body) for body in bodies)
    assert len(bodies) > 20


def test_participants_keep_their_age_through_the_demo_and_their_phones_are_kept_for_drama():
    plans = plans_for(seed=7, count=200)

    people = [(p, participant_of(p)) for p in plans]

    assert all(person.phone.startswith("07700 900") for _, person in people)
    for plan, person in people:
        years = [(plan.opens_on + timedelta(days=d) - person.birth_date).days / 365.25 for d in (-14, 90)]
        assert plan.who.age <= years[0] < years[1] < plan.who.age + 1


def test_a_file_of_another_county_alone_refers_into_durham_as_a_stand_in():
    rows = [row for row in read_incidents(SAMPLE, seed=7, sexual_share=0.1).incidents if row.scheme == "durham"]

    plans = plan_referrals(rows, read_population(), seed=7, count=60)

    assert {p.scheme for p in plans} == {"durham"}
    assert Basis.DEFERRED_PROSECUTION in {p.basis for p in plans}


def test_every_rate_and_mix_names_its_source_or_says_that_it_is_invented():
    population = read_population()

    assert set(population.sources) == {*population.rates, *population.mixes}
    assert all(population.sources.values())
    assert all(0 <= rate <= 1 for rate in population.rates.values())
    assert "invented" in population.statement


def test_a_draw_depends_on_its_question_alone():
    draw = Draw(7)

    assert draw.unit("a", 1) == Draw(7).unit("a", 1)
    assert len({draw.unit("a", n) for n in range(100)}) == 100
    assert Counter(draw.weighted({"x": 3, "y": 1}, n) for n in range(4000))["x"] == pytest.approx(3000, abs=150)
