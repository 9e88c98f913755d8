"""One message by SMTP, and what became of it: gone, not now, never, or nobody knows."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol

import aiosmtplib

from streams.settings import Mail
from workflow.store.mailbox import Message

log = logging.getLogger(__name__)

MOST_TRIES = 20
PERMANENT = 500


class Outcome(StrEnum):
    """What became of a message. Only of the last kind is it unknown whether its reader has it."""

    GONE = "gone"
    NOT_NOW = "not_now"
    NEVER = "never"
    UNKNOWN = "unknown"


class Posts(Protocol):
    """Whoever sends messages."""

    async def post(self, message: Message, where: str) -> Outcome:
        """Send a message to an address, once."""
        ...


@dataclass(frozen=True, slots=True)
class Postbox:
    """Sends by SMTP. A mailbox that says "not now" is asked so often, and then counts as one that says never."""

    mail: Mail
    tries: Counter[str] = field(default_factory=Counter)

    async def post(self, message: Message, where: str) -> Outcome:
        """Send a message; what is wrong with the server, its name or our password is "not now", however long."""
        try:
            email = _written(self.mail.sender, message, where)
        except ValueError:
            return Outcome.NEVER
        try:
            client = await self._connected()
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("no mail leaves: %s", type(error).__name__)
            return Outcome.NOT_NOW
        try:
            await client.send_message(email)
        except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPDataError) as error:
            return self._refused(message, error)
        except aiosmtplib.SMTPResponseException as error:
            log.warning("no mail leaves: %s %s", type(error).__name__, error.code)
            return Outcome.NOT_NOW
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("nobody knows whether a message left: %s", type(error).__name__)
            return Outcome.UNKNOWN
        finally:
            client.close()
        return Outcome.GONE

    async def _connected(self) -> aiosmtplib.SMTP:
        mail = self.mail
        client = aiosmtplib.SMTP(
            hostname=mail.host, port=mail.port, username=mail.user, password=mail.password, start_tls=mail.start_tls
        )
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client

    def _refused(self, message: Message, error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError) -> Outcome:
        refused = error.recipients if isinstance(error, aiosmtplib.SMTPRecipientsRefused) else [error]
        self.tries[message.ce_id] += 1
        if all(one.code >= PERMANENT for one in refused) or self.tries[message.ce_id] >= MOST_TRIES:
            return Outcome.NEVER
        return Outcome.NOT_NOW


def _written(sender: str, message: Message, where: str) -> EmailMessage:
    """Return the message as it is sent; ValueError for an address that is none."""
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = sender, where, message.subject
    email["Message-ID"] = f"<{message.ce_id}@amends>"
    email.set_content(message.body)
    return email
