"""How often a page asks the database: under load nearly all of the portal's time goes there."""

import asyncpg
import pytest

from tests.builders.crossing import Who, a_world
from tests.databases import emptied

pytestmark = pytest.mark.connected

CASEWORKER = Who("mend", "caseworker", browser=True)
MOST = {"/cases/{case}": 36, "/tasks": 17, "/cases": 14}


async def test_no_page_asks_the_database_more_often_than_is_stated(embedded_database):
    database = await emptied(embedded_database)
    owner, asked = await asyncpg.connect(database.superuser), []
    async with asyncpg.create_pool(
        database.portal, min_size=1, max_size=1, init=lambda one: _listen(one, asked)
    ) as pool:
        world = await a_world(owner, pool)
        await world.let_in(CASEWORKER)
        async with world.client(CASEWORKER) as client:
            counts = {path: await _count(client, path.format(case=world.cases[0].case), asked) for path in MOST}
    await owner.close()

    assert {path: count for path, count in counts.items() if not 0 < count <= MOST[path]} == {}


async def _listen(connection, asked):
    connection.add_query_logger(asked.append)


async def _count(client, path, asked):
    asked.clear()
    assert (await client.get(path)).status_code == 200
    return len(asked)
