"""What becomes of a message, asked of a server that speaks SMTP."""

from datetime import UTC, datetime

import pytest

from deploy.local.ports import free_port
from streams.mailing import MOST_TRIES, Outcome, Postbox
from streams.settings import Mail
from tests.faults.post import opened_post
from workflow.store.mailbox import Message

MESSAGE = Message(
    ce_id="n-1",
    tenant="derbyshire",
    recipient="r",
    address="email: ottoline@example.org",
    subject="The work has started",
    body="Dear Ottoline",
    at=datetime(2026, 3, 2, tzinfo=UTC),
)
WHERE = "ottoline@example.org"


async def posted(where=WHERE, times=1, **says):
    async with opened_post(**says) as (post, port):
        postbox = Postbox(Mail(host="127.0.0.1", port=port))
        outcomes = [await postbox.post(MESSAGE, where) for _ in range(times)]
    return outcomes[-1], post.ids


async def test_a_message_that_is_taken_is_gone():
    assert await posted() == (Outcome.GONE, ["n-1"])


async def test_a_server_that_is_not_there_is_asked_again():
    postbox = Postbox(Mail(host="127.0.0.1", port=free_port()))

    assert await postbox.post(MESSAGE, WHERE) is Outcome.NOT_NOW


@pytest.mark.parametrize(
    ("says", "outcome"),
    [
        ({"RCPT": b"550 nobody of that name\r\n"}, Outcome.NEVER),
        ({"RCPT": b"451 come again\r\n"}, Outcome.NOT_NOW),
        ({"MAIL": b"550 not for you\r\n"}, Outcome.NOT_NOW),
        ({"DATA": b"554 not such words\r\n"}, Outcome.NEVER),
        ({"BREAK": b""}, Outcome.UNKNOWN),
    ],
    ids=["no such mailbox", "greylisted", "we may not send", "refused words", "silence after the message"],
)
async def test_what_a_server_says_decides_whether_it_is_tried_again(says, outcome):
    found, _ = await posted(**says)

    assert found is outcome


async def test_a_mailbox_that_says_not_now_for_ever_holds_up_nobody_for_ever():
    outcome, _ = await posted(times=MOST_TRIES, RCPT=b"452 full\r\n")

    assert outcome is Outcome.NEVER


@pytest.mark.parametrize("where", ["jo@example.org\njo2@example.org", "jo@example.org\r\nBcc: all@example.org"])
async def test_an_address_that_is_none_is_never_sent_to(where):
    assert await posted(where) == (Outcome.NEVER, [])
