from collections import Counter
from datetime import UTC, datetime, timedelta

from deploy.simulate.incidents import read_incidents
from deploy.simulate.ledger import Ledger, Sending
from deploy.simulate.plans import OPENS_ON
from deploy.simulate.reference import reference_data
from tests.unit.deploy.simulation import SAMPLE

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_sending(number="1"):
    return Sending(source="high-peak-homes", number=number, message_id="m-1", at=AT)


def test_a_sending_counts_once_however_often_it_is_noted(tmp_path):
    with Ledger(tmp_path / "ledger") as ledger:
        for _ in range(3):
            ledger.sending(a_sending())
        ledger.sending(a_sending("2"))

        assert ledger.sent == 2


def test_a_ledger_opened_again_knows_what_was_sent_and_what_was_receipted(tmp_path):
    with Ledger(tmp_path / "ledger") as ledger:
        ledger.sending(a_sending("1"))
        ledger.sending(a_sending("2"))
        ledger.receipted("high-peak-homes", "1", "received")

    with Ledger(tmp_path / "ledger") as again:
        assert again.sent == 2
        assert again.waiting == (("high-peak-homes", "2"),)
        assert again.status("high-peak-homes", "1") == "received"


def test_a_line_cut_short_by_a_kill_is_dropped_and_written_anew(tmp_path):
    path = tmp_path / "ledger"
    with Ledger(path) as first:
        first.sending(a_sending("1"))
    path.write_bytes(path.read_bytes() + b'{"source": "high-pe')

    with Ledger(path) as again:
        again.sending(a_sending("2"))

    with Ledger(path) as last:
        assert last.sent == 2


def test_reference_data_comes_from_seed_and_incidents_alone():
    incidents = read_incidents(SAMPLE, seed=7, sexual_share=0.1).incidents

    first, again, other = (reference_data(incidents, seed, OPENS_ON) for seed in (7, 7, 8))

    assert first.as_json() == again.as_json() != other.as_json()


def test_sessions_have_one_to_four_places_and_last_two_to_seven_hours_at_their_providers_own_sites():
    incidents = read_incidents(SAMPLE, seed=7, sexual_share=0.1).incidents
    data = reference_data(incidents, 7, OPENS_ON)
    sites = {site.id: site for site in data.sites}

    assert {slot.capacity for slot in data.slots} == {1, 2, 3, 4}
    assert all(timedelta(hours=2) <= slot.ends_at - slot.starts_at <= timedelta(hours=7) for slot in data.slots)
    assert all(sites[slot.site].provider == slot.provider for slot in data.slots)
    assert all(slot.activity in sites[slot.site].activities for slot in data.slots)
    assert len({slot.id for slot in data.slots}) == len(data.slots)
    assert {slot.starts_at.weekday() for slot in data.slots} == set(range(7))


def test_more_referrals_get_more_places_and_caseworkers():
    incidents = read_incidents(SAMPLE, seed=7, sexual_share=0.1).incidents

    few, many = (reference_data(incidents, 7, OPENS_ON, referrals=count) for count in (200, 900))

    assert len(many.slots) > 3 * len(few.slots)
    assert len(many.caseworkers) > 3 * len(few.caseworkers)
    assert Counter(bool(worker.knows) for worker in few.caseworkers)[True] == 8
