"""The long run's parts that decide nothing by chance, and a short piece of it."""

from itertools import islice
from random import Random

from tests.faults.killing import KINDS, schedule
from tests.faults.longrun import killed, read_state, write_state
from tests.faults.longrun_report import told_of
from tests.faults.piece import Piece

SEED = 11
PLAYED = Piece(
    seed=4, seconds=540, kills={"worker": 3, "portal": 2}, sent=700, copies=10, times={"worker": [2.5, 3.5, 9.0]}
)


def test_every_kind_is_killed_once_before_any_is_killed_twice():
    kinds = [kind for kind, hasty in islice(schedule(Random(SEED)), len(KINDS)) if not hasty]

    assert sorted(kinds) == sorted(KINDS)


def test_one_seed_gives_one_schedule():
    first, second = (list(islice(schedule(Random(SEED)), 100)) for _ in range(2))

    assert first == second
    assert first != list(islice(schedule(Random(SEED + 1)), 100))


def test_a_run_goes_on_after_the_pieces_that_ended(tmp_path):
    path = tmp_path / "out" / "state.json"

    write_state(path, [PLAYED, PLAYED])

    assert read_state(path) == [PLAYED, PLAYED]
    assert killed(read_state(path)) == 10
    assert read_state(tmp_path / "none.json") == []


def test_the_report_sums_the_pieces_and_says_what_was_found():
    broken = Piece(seed=5, kills={"broker": 1}, lost=2, wrong=["P1: r-7 lost"])

    text = told_of([PLAYED, broken], 1000)

    assert "6 of 1000 kills in 2 pieces" in text
    assert "**lost 2**" in text
    assert "10, 1.7 a kill" in text
    assert "| worker | 3 | 3 | 3.5 | 9.0 |" in text
    assert "Piece 2: P1: r-7 lost" in text
