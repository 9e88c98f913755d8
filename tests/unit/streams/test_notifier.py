from contextlib import asynccontextmanager
from types import SimpleNamespace
from uuid import UUID

import pytest

from schemas import topics
from schemas.vocabulary import OrganisationKind
from streams.mailing import Outcome
from streams.notifier import MailDownError, Notifier
from streams.taking import Directory, Held
from tests.builders.streams import StandingClock, a_record

PERSON = UUID(int=7, version=4)
DETAILS = {"given_name": "Ottoline", "family_name": "Marchbank", "email": "ottoline@example.org"}


class World:
    """A vault of one person, a mailbox, a log of reveals."""

    def __init__(self, details=DETAILS):
        self.details, self.messages, self.joins, self.positions = details, [], [], []
        self.meant, self.transactions = {}, 0

    @asynccontextmanager
    async def work(self, tenant):
        self.transactions += 1
        yield self

    async def unseal(self, tenant, wanted):
        return {key: self.details for key in wanted if self.details is not None}

    async def organisations(self, tenant):
        kinds = {"mend": OrganisationKind.PROVIDER, "police": OrganisationKind.POLICE}
        return {slug: SimpleNamespace(kind=kind) for slug, kind in kinds.items()}

    async def sites(self, tenant, provider):
        return {"site-0017": SimpleNamespace(name="Elm Park, main gate")} if provider == "mend" else {}

    async def deliver(self, messages, position=None):
        known = {message.ce_id for message in self.messages}
        self.messages += [message for message in messages if message.ce_id not in known]
        self.positions.append(position)
        return len(messages)

    async def intend(self, messages):
        new = {message.ce_id for message in messages} - self.meant.keys()
        self.meant |= dict.fromkeys(new, "intent")
        return frozenset(new)

    async def sent(self, ce_ids):
        self.meant |= dict.fromkeys(ce_ids, "sent")

    async def forget(self, ce_ids):
        for ce_id in ce_ids:
            del self.meant[ce_id]

    async def joined(self, tenant, people, fields, at):
        self.joins += people


def a_notice(kind="plan_agreed", offset=0, **fields):
    body = {"recipient": str(PERSON), "kind": kind, "fields": {"activities": ["litter_picking"], **fields}}
    headers = {"ce_id": f"notice-{offset}", "ce_source": "/amends/derbyshire"}
    return a_record(body, topic=topics.NOTICES_AFFECTED_PERSON, offset=offset, headers=headers)


class FakePostbox:
    """Puts letters on a pile where the real one speaks SMTP; answers in turn as it was told to."""

    def __init__(self, *answers):
        self.answers, self.posted = list(answers), []

    async def post(self, message, where):
        self.posted.append((message.ce_id, where))
        return self.answers.pop(0) if self.answers else Outcome.GONE


async def taken(world, *records, **parts):
    book = SimpleNamespace(schemes={"derbyshire": SimpleNamespace(versions=[SimpleNamespace(consequences={})])})
    notifier = Notifier(store=world, mailbox=world, consultations=world, book=book, clock=StandingClock(), **parts)
    held = Held("c", topics.NOTICES_AFFECTED_PERSON, 0, records[0].place.offset)
    await notifier.take(held, records, Directory.of({}))
    return held


async def test_a_notice_of_tokens_becomes_a_message_with_a_name_and_the_reveal_is_logged():
    world = World()

    held = await taken(world, a_notice())

    (message,) = world.messages
    assert message.body.startswith("Dear Ottoline Marchbank,")
    assert "litter picking" in message.body
    assert world.joins == [("notice-0", PERSON)]
    assert held.position == world.positions[0].read_to == 1


async def test_the_details_for_a_batch_of_notices_are_opened_at_once():
    world = World()

    await taken(world, a_notice(), a_notice(offset=1), a_notice(offset=2))

    assert [message.ce_id for message in world.messages] == ["notice-0", "notice-1", "notice-2"]
    assert (world.transactions, len(world.joins)) == (1, 3)


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


async def test_a_notice_that_a_batch_holds_twice_is_posted_once():
    postbox = FakePostbox()

    await taken(World(), a_notice(), a_notice(), postbox=postbox)

    assert postbox.posted == [("notice-0", "ottoline@example.org")]


async def test_a_notifier_that_dies_after_posting_leaves_a_possible_repeat_that_is_listed_and_not_posted_again():
    world, postbox = World(), FakePostbox()

    def die(name):
        raise RuntimeError(name)

    with pytest.raises(RuntimeError, match="after_mail_before_sent"):
        await taken(world, a_notice(), postbox=postbox, fail_at=die)
    await taken(world, a_notice(), postbox=postbox)

    assert len(postbox.posted) == 1
    assert world.meant == {"notice-0": "intent"}


async def test_while_no_mail_leaves_the_notices_wait_and_none_is_lost_or_posted_twice():
    world, postbox = World(), FakePostbox(Outcome.GONE, Outcome.NOT_NOW)
    notices = [a_notice(offset=number) for number in range(3)]

    with pytest.raises(MailDownError):
        await taken(world, *notices, postbox=postbox)
    assert (world.positions, world.meant) == ([], {"notice-0": "sent"})
    await taken(world, *notices, postbox=postbox)

    assert [notice for notice, _ in postbox.posted] == ["notice-0", "notice-1", "notice-1", "notice-2"]
    assert set(world.meant.values()) == {"sent"}
    assert world.positions[-1].read_to == 3


async def test_an_address_that_takes_no_mail_becomes_a_task_for_a_person():
    world = World()

    await taken(world, a_notice(), a_notice(offset=1), postbox=FakePostbox(Outcome.NEVER))

    (message,) = world.messages
    assert message.address == "call task: the e-mail did not arrive at ottoline@example.org"
    assert world.meant == {"notice-1": "sent"}


async def test_a_letter_names_the_place_and_what_is_done_there_as_people_do():
    world = World()
    said = {"site": "site-0017", "starts_at": "2026-06-09T09:00:00+00:00", "ends_at": "2026-06-09T11:00:00+00:00"}
    body = {"recipient": str(PERSON), "kind": "session_booked", "fields": {**said, "activity": "asb_workshop"}}
    headers = {"ce_id": "notice-1", "ce_source": "/amends/derbyshire"}

    await taken(world, a_record(body, topic=topics.NOTICES_PARTICIPANT, headers=headers))

    (message,) = world.messages
    assert "Please come to Elm Park, main gate on Tuesday 9 June 2026" in message.body
    assert "You will do: a workshop about anti-social behaviour." in message.body
