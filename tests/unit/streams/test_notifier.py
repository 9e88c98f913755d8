from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import UUID

from schemas import topics
from streams.notifier import Notifier
from streams.taking import Directory, Held
from tests.builders.streams import StandingClock, a_record

PERSON = UUID(int=7, version=4)
DETAILS = {"given_name": "Ottoline", "family_name": "Marchbank", "email": "ottoline@example.org"}


class World:
    """A vault of one person, a mailbox, a log of reveals."""

    def __init__(self, details=DETAILS):
        self.details, self.messages, self.joins, self.positions = details, [], [], []

    @asynccontextmanager
    async def work(self, tenant):
        yield self

    async def unseal(self, tenant, wanted):
        return {key: self.details for key in wanted if self.details is not None}

    async def deliver(self, messages, position=None):
        known = {message.ce_id for message in self.messages}
        self.messages += [message for message in messages if message.ce_id not in known]
        self.positions.append(position)
        return len(messages)

    async def joined(self, tenant, people, at):
        self.joins += people


def a_notice(kind="plan_agreed", offset=0, **fields):
    body = {"recipient": str(PERSON), "kind": kind, "fields": {"activities": ["litter_picking"], **fields}}
    headers = {"ce_id": f"notice-{offset}", "ce_source": "/amends/derbyshire"}
    return a_record(body, topic=topics.NOTICES_AFFECTED_PERSON, offset=offset, headers=headers)


async def taken(world, *records):
    book = SimpleNamespace(schemes={"derbyshire": SimpleNamespace(versions=[SimpleNamespace(consequences={})])})
    notifier = Notifier(store=world, mailbox=world, consultations=world, book=book, clock=StandingClock())
    held = Held("c", topics.NOTICES_AFFECTED_PERSON, 0, records[0].place.offset)
    await notifier.take(held, records, Directory.of({}))
    return held


async def test_a_notice_of_tokens_becomes_a_message_with_a_name_and_the_reveal_is_logged():
    world = World()

    held = await taken(world, a_notice())

    (message,) = world.messages
    assert message.body.startswith("Dear Ottoline Marchbank,")
    assert "litter picking" in message.body
    assert [(notice, person) for notice, person, _ in world.joins] == [("notice-0", PERSON)]
    assert held.position == world.positions[0].read_to == 1


async def test_the_same_notice_again_is_the_same_message():
    world = World()

    await taken(world, a_notice())
    await taken(world, a_notice())

    assert len(world.messages) == 1


async def test_nobody_writes_to_somebody_who_was_erased_and_the_position_moves_on():
    world = World(details=None)

    held = await taken(world, a_notice(), a_notice(offset=1))

    assert world.messages == []
    assert world.joins == []
    assert held.position == 2


async def test_whoever_must_not_be_written_to_becomes_a_task_to_call():
    world = World(DETAILS | {"phone": "07700 900789", "safe_contact": {"do_not_write": True}})

    await taken(world, a_notice())

    assert world.messages[0].address == "call task: 07700 900789"
