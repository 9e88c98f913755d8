"""The peers' process and the figures made of it; the peers themselves are run by hand."""

import json
import re
from types import SimpleNamespace

import asyncpg
import pytest

from tests.bench.meter import Reading
from tests.bench.peers.contenders import done_within
from tests.bench.peers.environments import HERE
from tests.bench.peers.keeping import Cases, Plain
from tests.bench.peers.process import CASEWORKERS, MOVES, STEPS, Refused, decide, event_bytes
from tests.bench.peers.report import report, table
from tests.bench.referrals import police_referrals
from tests.bench.rounds import Round
from tests.rules.tree import text_of

REFERRAL = police_referrals(7, 1, 1)[0].value.decode()
LOCKED = ("naive_faust", "dbos_steps", "temporal_activities")


def a_round(seconds, worker):
    spent = Reading(at=seconds, cpu={"worker": worker, "generator": 9.0}, commits=800, wal=0)
    return Round(referrals=100, batches=1, spent=spent)


def test_the_four_commands_lead_from_a_referral_to_a_proposed_plan():
    state, told = None, []
    for command in STEPS:
        change = decide(state, command, "case-1", REFERRAL)
        state = change.state
        told.append(json.loads(event_bytes(change, len(told) + 1))["type"])

    assert state == "assessing"
    assert told == [MOVES[command][2] for command in STEPS]


def test_a_command_out_of_its_turn_and_a_referral_without_its_fields_are_refused():
    with pytest.raises(Refused):
        decide("received", "ProposePlan", "case-1", "")
    with pytest.raises(Refused):
        decide(None, "SubmitReferral", "case-1", "{}")


def test_ratios_are_of_middle_rounds_and_leave_the_sender_out():
    rounds = {"amends": [a_round(1, 1), a_round(2, 2), a_round(4, 4)], "other": [a_round(8, 4), a_round(8, 4)]}

    made = report(rounds, load=0.1, versions={}, cases=100)

    assert made["commands_per_s"]["amends"] == {"min": 100.0, "median": 200.0, "max": 400.0}
    assert made["cpu_us_a_command"] == {"amends": {"worker": 5000}, "other": {"worker": 10_000}}
    assert (made["times_faster"], made["times_less_cpu"]) == ({"other": 4.0}, {"other": 2.0})
    assert made["commits_a_command"]["other"] == 2.0
    assert "| other | 50, 50, 50 |" in table(made)


@pytest.mark.parametrize("peer", LOCKED)
def test_each_peer_has_a_lock_of_its_own_with_a_hash_for_every_package_and_no_host(peer):
    lock = text_of((HERE / peer / "requirements.lock").relative_to(HERE.parents[2]))

    packages = re.findall(r"^[A-Za-z0-9._-]+==", lock, re.MULTILINE)
    hashed = re.findall(r"^[A-Za-z0-9._-]+==[^\n]*\\\n    --hash=sha256:", lock, re.MULTILINE)

    assert "://" not in lock
    assert len(packages) == len(hashed) > 0


async def test_it_is_asked_whether_a_contender_is_done_until_it_is_or_until_the_time_is_over():
    answers = [True, False, False]

    async def done():
        return answers.pop()

    async def never():
        return False

    assert await done_within(done, 5.0)
    assert answers == []
    assert not await done_within(never, 0.05)


class Told:
    """A producer that keeps what it is told."""

    def __init__(self):
        self.said = []

    async def send_and_wait(self, topic, value, key):
        self.said.append((topic, key, value))


@pytest.mark.connected
async def test_a_step_that_runs_again_keeps_nothing_more_and_tells_the_same(database):
    own = {"dsn": database.superuser, "server_settings": {"search_path": "peers"}, "connection_class": Plain}
    async with asyncpg.create_pool(**own, min_size=1, max_size=2) as pool:
        await pool.execute("CREATE SCHEMA peers")
        await pool.execute((HERE / "schema.sql").read_text(encoding="utf-8"))
        told = Told()
        cases = Cases(SimpleNamespace(outbound="out"), pool, told)
        for command in STEPS:
            for _ in "once", "and again":
                await cases.apply(command, "case-1", REFERRAL if command == "SubmitReferral" else "")
        case = await pool.fetchrow("SELECT state, version, caseworker FROM cases")
        claimed = await pool.fetch("SELECT load FROM caseworkers")
        kept = await pool.fetch("SELECT sequence FROM case_events ORDER BY 1")
        await pool.execute("DROP SCHEMA peers CASCADE")

    assert (case["state"], case["version"]) == ("assessing", len(STEPS))
    assert case["caseworker"]
    assert sorted(row["load"] for row in claimed) == [0] * (CASEWORKERS - 1) + [1]
    assert [row["sequence"] for row in kept] == [1, 2, 3, 4]
    assert told.said[::2] == told.said[1::2]
    assert [json.loads(value)["type"] for _, _, value in told.said[::2]] == [MOVES[command][2] for command in STEPS]
