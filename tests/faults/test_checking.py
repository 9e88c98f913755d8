"""The checker finds what it is there to find: each kind of fault is planted once and seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deploy.demo.matching import Evidence
from tests.faults.checking import PROMISES, History, Move, Setting, check
from tests.faults.letters import Letter

DUE = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)
LETTER = Letter(
    topic="referrals",
    source="police",
    number="r-1",
    message_id="m-1",
    key=b"",
    value=b"",
    effect="case.referral.received",
    receipted=True,
)
EVIDENCE = Evidence(
    accepted=(("police", "m-1"),),
    opened=(("police", "m-1"),),
    kept={"case.events e-1": "aa", "case.events e-2": "bb"},
    published=(("case.events e-1", "aa"), ("case.events e-2", "bb")),
    personal=frozenset({"n-1"}),
    delivered=("n-1",),
    numbered=(("case", 1), ("case", 2)),
    told=(("case", 1), ("case", 2), ("case", 1)),
    booked=(("slot", "s-1"),),
    capacity={"slot": 1},
)
TIMER = Setting(name="case:warn:1", due_at=DUE, ended_by=("700",), fired=((DUE, "700"),))
SOUND = History(
    evidence=EVIDENCE,
    letters={("police", "r-1"): LETTER},
    ledger={("police", "r-1"): "received"},
    accounted=(("police", "r-1", "applied"),),
    effects={("police", "m-1"): 1},
    moves=(Move(by="amends_worker", topic="referrals", partition=0, before=0, after=1),),
    ends={("referrals", 0): 1},
    left={"outbox": 0},
    timers=(TIMER,),
)


def _with(**changes):
    return replace(SOUND, evidence=replace(EVIDENCE, **changes))


def _move(before, after, by="amends_worker"):
    return Move(by=by, topic="referrals", partition=0, before=before, after=after)


PLANTED = {
    "a referral lost": ("P1", _with(opened=())),
    "a referral doubled": ("P1", _with(opened=EVIDENCE.opened * 2)),
    "an effect lost": ("P1", replace(SOUND, effects={})),
    "an effect doubled": ("P1", replace(SOUND, effects={("police", "m-1"): 2})),
    "a message lost": ("P1", _with(delivered=())),
    "a message doubled": ("P1", _with(delivered=("n-1", "n-1"))),
    "over capacity": ("P1", _with(booked=(("slot", "s-1"), ("slot", "s-2")))),
    "a gap": ("P2", _with(numbered=(("case", 1), ("case", 3)))),
    "a gap on the topic": ("P2", _with(told=(("case", 2),))),
    "a record lost": ("P3", _with(published=EVIDENCE.published[:1])),
    "a record with two bodies": ("P3", _with(published=(*EVIDENCE.published, ("case.events e-1", "zz")))),
    "out of order": ("P3", _with(told=(("case", 2), ("case", 1)))),
    "a fold that differs": ("P4", replace(SOUND, broken=("fold_mismatch: case",))),
    "a sending unaccounted": ("P5", replace(SOUND, accounted=(), effects={("police", "m-1"): 1})),
    "a sending in no ledger": ("P5", replace(SOUND, accounted=(*SOUND.accounted, ("police", "r-9", "applied")))),
    "a wrong disposition": ("P5", replace(SOUND, accounted=(("police", "r-1", "repeated"),))),
    "records read twice": ("P5", replace(SOUND, moves=(_move(0, 1), _move(0, 1)))),
    "records passed over": ("P5", replace(SOUND, moves=(_move(1, 2),), ends={("referrals", 0): 2})),
    "a partition unread": ("P6", replace(SOUND, ends={("referrals", 0): 2})),
    "an outbox that stays": ("P6", replace(SOUND, left={"outbox": 3})),
    "a timer fired twice": ("P7", replace(SOUND, timers=(replace(TIMER, fired=TIMER.fired * 2),))),
    "a timer fired early": ("P7", replace(SOUND, timers=(replace(TIMER, fired=((DUE - timedelta(1), "700"),)),))),
    "a timer fired and cancelled": ("P7", replace(SOUND, timers=(replace(TIMER, ended_by=("699",)),))),
    "a receipt of nothing": ("P8", replace(SOUND, accounted=())),
}


def test_a_sound_history_keeps_every_promise():
    verdict = check(SOUND)

    assert verdict.sound
    assert list(verdict.promises) == list(PROMISES)
    assert not any(verdict.promises.values())


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_breaks_its_promise(planted):
    promise, history = PLANTED[planted]

    assert check(history).promises[promise]


def test_every_promise_has_a_fault_that_breaks_it():
    assert {promise for promise, _ in PLANTED.values()} == set(PROMISES)


def test_lost_doubled_and_over_capacity_are_counted():
    lost, doubled = check(_with(opened=())), check(_with(opened=EVIDENCE.opened * 2))
    over = check(_with(booked=(("slot", "s-1"), ("slot", "s-2"), ("slot", "s-3"))))

    assert (lost.lost, doubled.doubled, over.over_capacity) == (1, 1, 1)


def test_a_reading_that_begins_again_takes_every_record_once_more():
    again = (_move(0, 1), _move(1, 0, by="postgres"), _move(0, 1))

    assert check(replace(SOUND, moves=again)).sound
