"""The notifier: a notice of tokens becomes a message with a name, once, by a way that is safe for its reader."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from schemas import topics
from schemas.vocabulary import Audience
from streams.addressing import CALL_TASK, name_of, safe_address
from streams.mailing import Outcome, Posts
from streams.records import Incoming
from streams.taking import Directory, Held
from streams.wording import NoWordsError, worded
from workflow.handlers.gathering import Rulebook
from workflow.ports import Clock, Position, Store
from workflow.store.mailbox import Message

log = logging.getLogger(__name__)

AUDIENCES = MappingProxyType(
    {
        topics.NOTICES_AFFECTED_PERSON: (Audience.AFFECTED_PERSON, "affected"),
        topics.NOTICES_PARTICIPANT: (Audience.PARTICIPANT, "participant"),
    }
)
UNDELIVERABLE = "the e-mail did not arrive at"
FIELDS = ("given_name", "family_name", "phone", "email", "address", "safe_contact")


class MailDownError(OSError):
    """No mail leaves for now: the notices are read again later, and nothing is lost. Carries the id of one of them."""


class Mailbox(Protocol):
    """Where messages lie, and the book of those sent elsewhere; each notice once, by its id."""

    async def deliver(self, messages: Sequence[Message], position: Position | None = None) -> int:
        """Keep what was never delivered and move the position, in one transaction; return how many were new."""
        ...

    async def intend(self, messages: Sequence[Message]) -> frozenset[str]:
        """Note messages that are about to be sent; return the ids of those that never were."""
        ...

    async def sent(self, ce_ids: Sequence[str]) -> None:
        """Note messages as sent."""
        ...

    async def forget(self, ce_ids: Sequence[str]) -> None:
        """Take back what was noted of messages that surely did not leave."""
        ...


class Consultations(Protocol):
    """The log of reveals that the engine itself makes."""

    async def joined(self, tenant: str, people: Sequence[tuple[str, UUID, tuple[str, ...]]], at: datetime) -> None:
        """Note (notice, person, fields); the same notice again is the same row."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message with its way of leaving."""

    by: str
    where: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    """Takes batches of notices, as the taker of the batch source does of requests."""

    store: Store
    mailbox: Mailbox
    consultations: Consultations
    book: Rulebook
    clock: Clock
    postbox: Posts | None = None
    fail_at: Callable[[str], None] = lambda _: None

    async def take(self, held: Held, records: Sequence[Incoming], directory: Directory) -> None:  # noqa: ARG002 - one tenant a record
        """Deliver the notices and move the position with them."""
        position = held.read_behind(records[-1].place.offset)
        now = await self.clock.now()
        found = [letter for record in records if (letter := await self._letter(record, now)) is not None]
        kept = [letter.message for letter in found if self.postbox is None or letter.by != "email"]
        for letter in found:
            if self.postbox is not None and letter.by == "email":
                await self._post(self.postbox, letter)
        await self.mailbox.deliver(kept, position)
        held.position = position.read_to

    async def _letter(self, record: Incoming, now: datetime) -> Letter | None:
        """Return the message of a notice; None when its person was erased or nobody has words for it."""
        audience, kind = AUDIENCES[record.place.topic]
        notice = json.loads(record.value or b"{}")
        tenant = record.texts["ce_source"].rsplit("/", 1)[-1]
        recipient = UUID(notice["recipient"])
        details = await self._joined(tenant, recipient, kind, notice_id=record.texts["ce_id"], now=now)
        if details is None:
            return None
        try:
            words = worded(audience, notice["kind"], notice["fields"], self._consequences(tenant))
        except NoWordsError as mute:
            log.error("a notice without words: %s", mute)  # noqa: TRY400 - its trace tells nothing
            return None
        address = safe_address(details)
        message = Message(
            ce_id=record.texts["ce_id"],
            tenant=tenant,
            recipient=str(recipient),
            address=address.line,
            subject=words.subject,
            body=f"Dear {name_of(details)},\n\n{words.body}\n",
            at=now,
        )
        return Letter(by=address.by, where=address.where, message=message)

    async def _joined(
        self, tenant: str, person: UUID, kind: str, *, notice_id: str, now: datetime
    ) -> Mapping[str, Any] | None:
        """Open the details of a person, and note that they were looked at; None when they are erased."""
        async with self.store.work(tenant) as work:
            details = (await work.unseal(tenant, [(person, kind)])).get((person, kind))
        if details is not None:
            await self.consultations.joined(tenant, [(notice_id, person, FIELDS)], now)
        return details

    def _consequences(self, tenant: str) -> Mapping[str, str]:
        return self.book.schemes[tenant].versions[-1].consequences

    async def _post(self, postbox: Posts, letter: Letter) -> None:
        """Send what was never meant to be sent before; what was meant and not sent is listed as a possible repeat."""
        message = letter.message
        if not await self.mailbox.intend([message]):
            return
        outcome = await postbox.post(message, letter.where)
        self.fail_at("after_mail_before_sent")
        if outcome is Outcome.GONE:
            await self.mailbox.sent([message.ce_id])
        elif outcome is Outcome.NEVER:
            await self.mailbox.forget([message.ce_id])
            await self.mailbox.deliver([replace(message, address=f"{CALL_TASK}: {UNDELIVERABLE} {letter.where}")])
        elif outcome is Outcome.NOT_NOW:
            await self.mailbox.forget([message.ce_id])
            raise MailDownError(message.ce_id)
