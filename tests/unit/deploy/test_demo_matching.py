"""Losses and doubles are found by matching ids one by one; each kind is planted once and seen."""

from dataclasses import replace

from deploy.demo.matching import Evidence, judge

SOUND = Evidence(
    accepted=(("police", "m-1"), ("police", "m-2")),
    opened=(("police", "m-1"), ("police", "m-2")),
    kept={"case.events e-1": "aa", "notices.participant n-1": "bb"},
    published=(("case.events e-1", "aa"), ("case.events e-1", "aa"), ("notices.participant n-1", "bb")),
    personal=frozenset({"n-1"}),
    delivered=("n-1",),
)


def test_a_sound_run_lost_and_doubled_nothing_though_a_record_was_published_twice():
    verdict = judge(SOUND)

    assert verdict.every == []


def test_a_receipted_referral_without_a_case_is_lost():
    verdict = judge(replace(SOUND, opened=(("police", "m-1"),)))

    assert verdict.lost == ["referral police m-2"]


def test_two_cases_of_one_message_are_a_double():
    verdict = judge(replace(SOUND, opened=(*SOUND.opened, ("police", "m-1"))))

    assert verdict.doubled == ["referral police m-1"]


def test_a_kept_record_that_no_topic_has_is_lost():
    verdict = judge(replace(SOUND, published=SOUND.published[:2]))

    assert verdict.lost == ["record notices.participant n-1"]


def test_other_bytes_under_one_id_are_a_double():
    verdict = judge(replace(SOUND, published=(*SOUND.published, ("case.events e-1", "zz"))))

    assert verdict.doubled == ["record case.events e-1"]


def test_a_notice_that_reached_nobody_is_lost():
    verdict = judge(replace(SOUND, delivered=()))

    assert verdict.lost == ["message n-1"]


def test_a_message_delivered_twice_is_a_double():
    verdict = judge(replace(SOUND, delivered=("n-1", "n-1")))

    assert verdict.doubled == ["message n-1"]


def test_a_number_that_is_missing_is_a_gap_where_it_is_kept_and_where_it_is_told():
    kept = (("case-1", 1), ("case-1", 2), ("case-1", 3))

    verdict = judge(replace(SOUND, numbered=kept[1:], told=(kept[0], kept[2])))

    assert verdict.gaps == ["kept facts of case-1: [2, 3]", "told facts of case-1: [1, 3]"]


def test_two_facts_of_one_number_are_no_whole_numbering():
    verdict = judge(replace(SOUND, numbered=(("case-1", 1), ("case-1", 1))))

    assert verdict.gaps == ["kept facts of case-1: [1, 1]"]


def test_a_fact_told_after_a_later_one_is_out_of_order_and_a_second_copy_is_not():
    in_order = (("case-1", 1), ("case-1", 2), ("case-1", 1), ("case-2", 1))

    assert judge(replace(SOUND, told=in_order)).out_of_order == []
    assert judge(replace(SOUND, told=(("case-1", 2), ("case-1", 1)))).out_of_order == ["fact case-1/1 after 2"]


def test_more_sessions_than_places_are_over_capacity():
    verdict = judge(replace(SOUND, booked=(("slot", "s-1"), ("slot", "s-2")), capacity={"slot": 1}))

    assert verdict.over_capacity == ["slot slot: 2 booked of 1"]
