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
from schemas.vocabulary import Audience, OrganisationKind
from streams.addressing import CALL_TASK, name_of, safe_address
from streams.mailing import Outcome, Posts
from streams.records import Incoming
from streams.taking import Directory, Held
from streams.wording import NoWordsError, worded
from workflow.handlers.gathering import Rulebook, slugs
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

    async def joined(
        self, tenant: str, people: Sequence[tuple[str, UUID]], fields: Sequence[str], at: datetime
    ) -> None:
        """Note (notice, person) and the fields that were looked at; the same notice again is the same row."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a notice says: whom it is for, and what of; `about` is where the vault holds the person's details."""

    id: str
    tenant: str
    audience: Audience
    recipient: UUID
    about: tuple[UUID, str]
    kind: str
    fields: Mapping[str, Any]

    @classmethod
    def of(cls, record: Incoming) -> "Notice":
        """Read a record of a notices topic."""
        audience, sealed_as = AUDIENCES[record.place.topic]
        told = json.loads(record.value or b"{}")
        recipient = UUID(told["recipient"])
        return cls(
            id=record.texts["ce_id"],
            tenant=record.texts["ce_source"].rsplit("/", 1)[-1],
            audience=audience,
            recipient=recipient,
            about=(recipient, sealed_as),
            kind=told["kind"],
            fields=told["fields"],
        )


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
        found = await self._letters([Notice.of(record) for record in records], now)
        kept = [letter.message for letter in found if self.postbox is None or letter.by != "email"]
        for letter in found:
            if self.postbox is not None and letter.by == "email":
                await self._post(self.postbox, letter)
        await self.mailbox.deliver(kept, position)
        held.position = position.read_to

    async def _letters(self, notices: Sequence[Notice], now: datetime) -> Sequence[Letter]:
        """Return the messages of notices in their order; none for a person who was erased, or without words."""
        details: dict[str, Mapping[str, Any]] = {}
        sites: dict[str, Mapping[str, str]] = {}
        for tenant in sorted({notice.tenant for notice in notices}):
            own = [notice for notice in notices if notice.tenant == tenant]
            details |= await self._joined(tenant, own, now)
            sites[tenant] = await self._sites(tenant) if any("site" in notice.fields for notice in own) else {}
        there = (notice for notice in notices if notice.id in details)
        made = (self._letter(notice, details[notice.id], sites[notice.tenant], now) for notice in there)
        return [letter for letter in made if letter is not None]

    def _letter(
        self, notice: Notice, details: Mapping[str, Any], sites: Mapping[str, str], now: datetime
    ) -> Letter | None:
        try:
            words = worded(notice.audience, notice.kind, notice.fields, self._consequences(notice.tenant), sites)
        except NoWordsError as mute:
            log.error("a notice without words: %s", mute)  # noqa: TRY400 - its trace tells nothing
            return None
        address = safe_address(details)
        message = Message(
            ce_id=notice.id,
            tenant=notice.tenant,
            recipient=str(notice.recipient),
            address=address.line,
            subject=words.subject,
            body=f"Dear {name_of(details)},\n\n{words.body}\n",
            at=now,
        )
        return Letter(by=address.by, where=address.where, message=message)

    async def _joined(self, tenant: str, notices: Sequence[Notice], now: datetime) -> dict[str, Mapping[str, Any]]:
        """Open the details of people by notice, and note that they were looked at; who was erased is absent."""
        async with self.store.work(tenant) as work:
            opened = await work.unseal(tenant, [notice.about for notice in notices])
        found = {notice.id: opened[notice.about] for notice in notices if notice.about in opened}
        if people := [(notice.id, notice.recipient) for notice in notices if notice.id in found]:
            await self.consultations.joined(tenant, people, FIELDS, now)
        return found

    async def _sites(self, tenant: str) -> Mapping[str, str]:
        """Return the names of the scheme's sites, as letters call them; ids stay inside."""
        async with self.store.work(tenant) as work:
            providers = slugs(await work.organisations(tenant), OrganisationKind.PROVIDER)
            found = [await work.sites(tenant, provider) for provider in sorted(providers)]
        return {name: site.name for sites in found for name, site in sites.items()}

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
