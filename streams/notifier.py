"""The notifier: a notice of tokens becomes a message with a name, once, by a way that is safe for its reader."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

import aiosmtplib

from schemas import topics
from schemas.vocabulary import Audience
from streams.addressing import name_of, safe_address
from streams.records import Incoming
from streams.settings import Mail
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
FIELDS = ("given_name", "family_name", "phone", "email", "address", "safe_contact")


class Mailbox(Protocol):
    """Where messages lie, and the book of those sent elsewhere; each notice once, by its id."""

    async def deliver(self, messages: Sequence[Message], position: Position | None = None) -> int:
        """Keep what was never delivered and move the position, in one transaction; return how many were new."""
        ...

    async def intend(self, messages: Sequence[Message]) -> frozenset[str]:
        """Note messages that are about to be sent; return the ids of those that never were."""
        ...

    async def sent(self, ce_ids: Sequence[str], position: Position | None = None) -> None:
        """Note messages as sent and move the position, in one transaction."""
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
    mail: Mail | None = None
    fail_at: Callable[[str], None] = lambda _: None

    async def take(self, held: Held, records: Sequence[Incoming], directory: Directory) -> None:  # noqa: ARG002 - one tenant a record
        """Deliver the notices and move the position with them."""
        position = Position(
            cluster=held.cluster,
            topic=held.topic,
            partition=held.partition,
            expected=held.position,
            read_to=records[-1].place.offset + 1,
        )
        now = await self.clock.now()
        found = [letter for record in records if (letter := await self._letter(record, now)) is not None]
        by_mail = [letter for letter in found if self.mail is not None and letter.by == "email"]
        kept = [letter.message for letter in found if letter not in by_mail]
        if by_mail:
            await self.mailbox.deliver(kept)
            sent = await self._send(by_mail)
            self.fail_at("after_mail_before_sent")
            await self.mailbox.sent(sent, position)
        else:
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

    async def _send(self, letters: Sequence[Letter]) -> Sequence[str]:
        """Send what was never meant to be sent before; what was meant and not sent is listed as a possible repeat."""
        new = await self.mailbox.intend([letter.message for letter in letters])
        # By id: a relay that was killed publishes twice, and a batch may hold the same notice twice.
        meant = {letter.message.ce_id: letter for letter in letters if letter.message.ce_id in new}
        return [ce_id for ce_id, letter in meant.items() if await self._sent(letter)]

    async def _sent(self, letter: Letter) -> bool:
        mail = self.mail
        if mail is None:
            return False
        email = EmailMessage()
        email["From"], email["To"], email["Subject"] = mail.sender, letter.where, letter.message.subject
        email["Message-ID"] = f"<{letter.message.ce_id}@amends>"
        email.set_content(letter.message.body)
        try:
            await aiosmtplib.send(
                email,
                hostname=mail.host,
                port=mail.port,
                username=mail.user,
                password=mail.password,
                start_tls=mail.start_tls,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("a message did not leave: %s", type(error).__name__)
            return False
        return True
