from datetime import timedelta, timezone

import pytest

from tests.builders.kept_cases import accepted, an_id, received
from workflow.store.chain import GENESIS, link_hash
from workflow.store.rows import event_rows, recorded_of


def test_each_fact_is_chained_to_the_one_before_it():
    first, second = event_rows([received(), accepted()])

    assert first.prev_hash == GENESIS
    assert second.prev_hash == first.hash
    assert event_rows([accepted()], head=first.hash) == (second,)


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "durham"},
        {"case_id": an_id("other")},
        {"sequence": 3},
        {"event_id": an_id("other")},
        {"type": "case.referral.declined"},
        {"version": 1},
        {"correlation": an_id("other")},
        {"causation": an_id("other")},
        {"payload": b"{}"},
        {"prev_hash": bytes([1]) * 32},
    ],
)
def test_no_field_of_a_fact_can_change_without_its_hash(change):
    row = event_rows([accepted()])[0]

    assert link_hash(row) == row.hash
    assert link_hash(row._replace(**change)) != row.hash


@pytest.mark.parametrize("name", ["occurred_at", "recorded_at"])
def test_no_instant_can_change_without_the_hash(name):
    row = event_rows([accepted()])[0]
    later = getattr(row, name) + timedelta(microseconds=1)

    assert link_hash(row._replace(**{name: later})) != row.hash


def test_the_same_instant_in_another_zone_has_the_same_hash():
    row = event_rows([accepted()])[0]
    elsewhere = row.occurred_at.astimezone(timezone(timedelta(hours=5)))

    assert link_hash(row._replace(occurred_at=elsewhere)) == row.hash


def test_bytes_cannot_move_from_one_field_to_its_neighbour():
    row = event_rows([accepted()])[0]

    moved = row._replace(payload=row.payload[:-1], prev_hash=row.payload[-1:] + row.prev_hash)

    assert link_hash(moved) != row.hash


def test_a_row_gives_back_the_fact_it_was_made_of():
    assert [recorded_of(row) for row in event_rows([received(), accepted()])] == [received(), accepted()]
