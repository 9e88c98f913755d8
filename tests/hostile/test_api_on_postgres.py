"""The same requests at the portal on PostgreSQL, which refuses what a dictionary would take."""

import pytest

from tests.builders.crossing import CSRF, Who
from tests.hostile.addresses import ADDRESSES, AGENCY, EVALUATOR, PROVIDER, send
from tests.hostile.drawing import OPERATIONS, faults, requests
from tests.hostile.forms import CHARSETS, TEXTS, in_parts, paths, plain

pytestmark = pytest.mark.connected

MOST = 30
AN_AGENCY, A_MANAGER, A_CASEWORKER, AN_EVALUATOR = CALLERS = (
    Who("north-police"),
    Who("mend", "manager"),
    Who("mend", "caseworker"),
    Who("west-university", "evaluator"),
)
KINDS = {AGENCY: AN_AGENCY, PROVIDER: A_MANAGER, EVALUATOR: AN_EVALUATOR}


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_every_request_gets_an_answer_on_postgresql_too(world, name):
    known = [world.cases[0].case, world.cases[0].token]

    found = await faults(name, requests(name, known, MOST), lambda number: world.client(CALLERS[number % len(CALLERS)]))

    assert found == []


async def test_each_hostile_address_gets_its_answer_on_postgresql_too(world):
    answers = []

    for address in ADDRESSES:
        async with world.client(KINDS[address.who]) as client:
            answers.append((await send(client, address, world.cases[0].case)).status_code)

    assert answers == [address.status for address in ADDRESSES]


async def test_a_hostile_text_in_every_field_of_every_form_is_answered_on_postgresql_too(world):
    told = [plain(CSRF, text) for text in TEXTS.values()] + [in_parts(CSRF, charset) for charset in CHARSETS]

    async with world.client(Who("mend", "manager", browser=True)) as client:
        answers = [(path, await client.post(path, **one)) for one in told for path in paths(world.cases[0].case)]

    assert [(path, one.status_code) for path, one in answers if one.status_code >= 500] == []
