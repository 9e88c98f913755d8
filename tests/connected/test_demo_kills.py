"""One seed tells one story, also when worker and broker are killed in the middle of it."""

import asyncpg
import pytest

from deploy.demo.run import Options, run_demo
from deploy.local.waiting import holds_within
from deploy.settings import Settings

pytestmark = [pytest.mark.connected, pytest.mark.slow, pytest.mark.faults]
REFERRALS = 16
# Which part dies once so many facts are kept.
DEATHS = (("worker", 60), ("broker", 140), ("worker", 220), ("worker", 300))
PATIENCE_S = 240.0


async def _facts(stack):
    try:
        connection = await asyncpg.connect(stack.dsn("amends_worker"))
    except (OSError, asyncpg.PostgresError):
        return 0
    try:
        return await connection.fetchval("SELECT count(*) FROM case_events")
    finally:
        await connection.close()


async def _kill_in_turn(stack):
    for part, facts in DEATHS:

        async def far_enough(facts=facts):
            return await _facts(stack) >= facts

        assert await holds_within(far_enough, PATIENCE_S), (part, facts)
        await stack.kill(part)


async def _summary_of(home, *, beside=None):
    found = {}

    async def look(_demo, _stack, result):
        found.update(result)

    options = Options(referrals=REFERRALS, once=True, as_json=True, home=home)
    status = await run_demo(options, Settings(), look=look, beside=beside)
    assert status == 0
    del found["seconds"]
    return found


async def test_one_seed_gives_one_summary_whatever_dies_in_the_middle(tmp_path):
    tmp_path.chmod(0o755)
    undisturbed = await _summary_of(tmp_path / "undisturbed")

    disturbed = await _summary_of(tmp_path / "disturbed", beside=_kill_in_turn)

    assert disturbed == undisturbed
    assert disturbed["verify"]["lost"] == disturbed["verify"]["doubled"] == 0
