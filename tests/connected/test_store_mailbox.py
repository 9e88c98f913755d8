"""The mailbox and the book of what left by SMTP, on a real database."""

from dataclasses import replace

import pytest

from tests.builders.kept_cases import START, TENANT
from workflow.ports import Position, StalePositionError
from workflow.store.mailbox import Message, SqlMailbox

pytestmark = pytest.mark.connected

PLACE = Position(cluster="c", topic="notices.participant", partition=0, expected=0, read_to=1)


def a_message(ce_id="n-1"):
    return Message(ce_id=ce_id, tenant=TENANT, recipient="t", address="a", subject="s", body="b", at=START)


async def test_a_notice_is_delivered_once_however_often_it_is_read(worker_pool):
    mailbox = SqlMailbox(worker_pool)

    assert await mailbox.deliver([a_message(), a_message()], PLACE) == 1
    with pytest.raises(StalePositionError):
        await mailbox.deliver([a_message("n-2")], PLACE)
    assert await mailbox.deliver([a_message(), a_message("n-2")], replace(PLACE, expected=1, read_to=3)) == 1
    assert await worker_pool.fetchval("SELECT count(*) FROM mailbox") == 2


async def test_a_message_of_which_nobody_knows_whether_it_went_out_is_listed(worker_pool):
    mailbox = SqlMailbox(worker_pool)

    assert await mailbox.intend([a_message(), a_message("n-2"), a_message("n-3")]) == {"n-1", "n-2", "n-3"}
    assert await mailbox.intend([a_message()]) == frozenset()
    await mailbox.sent(["n-2"])
    await mailbox.forget(["n-2", "n-3"])

    assert [(one.notice, one.tenant) for one in await mailbox.undecided()] == [("n-1", TENANT)]
    assert await mailbox.intend([a_message("n-2"), a_message("n-3")]) == {"n-3"}
