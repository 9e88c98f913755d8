"""The England test itself, small: referrals are drawn by number, the desk asks for the right thing, pieces add up."""

from collections import Counter

import pytest

from tests.bench import england
from tests.bench.desk import Told, asked
from tests.bench.drawn import SENT_AT, Country
from tests.bench.england import SAMPLE, scaled, summary


@pytest.fixture(scope="module")
def country():
    return Country(SAMPLE, 7)


def an_event(type_, **fact):
    return Told(id="e", type=type_, tenant="derbyshire", case="c", fact=fact)


def a_referral_received(kind="shop_theft", *, limitation_known=True):
    return an_event("case.referral.received", behaviour=kind, limitation_known=limitation_known)


def test_a_referral_follows_from_seed_and_number_alone(country):
    assert Country(SAMPLE, 7).referral(41) == country.referral(41)
    assert Country(SAMPLE, 8).referral(41) != country.referral(41)


def test_every_referral_is_sent_just_before_the_clock_of_the_test(country):
    assert all(SENT_AT.isoformat().encode() in country.referral(number).value for number in range(50))


def test_a_referral_of_an_excluded_kind_is_declined_and_any_other_accepted():
    assert asked(a_referral_received("robbery"), set()) == ("DeclineReferral", {"reason": "excluded_behaviour"})
    assert asked(a_referral_received(), set()) == ("AcceptReferral", {})


def test_nobody_is_accepted_while_a_match_or_an_answer_is_awaited():
    assert asked(a_referral_received(), {"c"}) is None
    assert asked(a_referral_received(limitation_known=False), set()) is None
    assert asked(an_event("case.match.rejected"), {"c"}) == ("AcceptReferral", {})


def test_a_caseworker_follows_acceptance_and_a_plan_follows_the_caseworker():
    assert asked(an_event("case.referral.accepted"), set()) == ("AllocateCaseworker", {})
    assert asked(an_event("case.caseworker.allocated"), set()) == ("ProposePlan", {})
    assert asked(an_event("case.plan.proposed"), set()) is None


def test_caseloads_and_places_grow_with_the_country(country):
    few, many = scaled(country, 200), scaled(country, 2_000)

    assert [one.max_cases * 10 for one in few.caseworkers["durham"]] == [
        one.max_cases for one in many.caseworkers["durham"]
    ]
    assert len(few.slots["durham"]) == len(many.slots["durham"])
    assert sum(one.capacity for one in few.slots["durham"]) * 10 == sum(one.capacity for one in many.slots["durham"])


def test_the_summary_adds_up_all_pieces_and_leaves_the_recycled_log_out_of_the_disk_of_a_country():
    pieces = [
        {"referrals": 50, "seconds": 2.0, "cpu": {"worker": 0.5}},
        {"referrals": 50, "seconds": 3.0, "cpu": {"worker": 0.5}},
    ]
    found = {
        "became": {"AllocateCaseworker refused": 3},
        "facts": {},
        "disk": {"database": 1000, "write-ahead log": 10**9},
    }

    made = summary({"sent": 100, "doors": {}, "pieces": pieces, "found": found})

    assert (made["referrals_per_s"], made["cpu_us_a_referral"], made["unplaceable"]) == (20.0, {"worker": 10_000}, 3)
    assert made["disk_gb_for_a_country"] == round(10 * england.COUNTRY / 1e9, 1)


def test_a_piece_is_told_with_what_it_says_of_a_country_and_with_its_profile():
    found = {"became": {}, "facts": {"case.referral.received": 100}, "disk": {"database": 1000}}
    pieces = [{"referrals": 100, "seconds": 2.0, "cpu": {"worker": 0.5}}]
    made = summary({"sent": 100, "doors": {}, "pieces": pieces, "found": found})

    said = england.table(made | {"profile": [[12.5, "asking the database"]]})

    assert "| 100 | 2.0 | 50.0 | 11.4 |" in said
    assert "| worker | 5000 |" in said
    assert "not verified" in said
    assert "| 12.5 % | asking the database |" in said


@pytest.mark.connected
@pytest.mark.kafka
@pytest.mark.slow
async def test_a_piece_goes_on_where_the_last_one_ended_and_all_that_was_sent_is_verified(tmp_path, country):
    home = tmp_path / "england"
    home.mkdir()
    options = england._parser().parse_args(["--referrals", "24", "--seconds", "0.01", "--home", str(home)])

    assert england.AT_ONCE > 24
    first = await england.piece(options)
    again = await england.piece(options)

    assert first["sent"] == again["sent"] == 24
    assert [one["referrals"] for one in again["pieces"]] == [24, 0]
    assert first["found"]["facts"] == again["found"]["facts"]
    became = Counter(again["found"]["became"])
    assert became["r applied"] == 24
    assert became["AcceptReferral applied"] == became["AllocateCaseworker applied"] == became["ProposePlan applied"] > 0
    assert again["verify"]["ok"]
    assert again["verify"]["cases"] == 24
