"""What is asked of the handlers, and what they answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from schemas.commands import Command
from schemas.envelope import Recorded
from schemas.referrals import Referral
from schemas.vocabulary import AgencyKind
from workflow.ports import FiredTimer, MessageKey, Quarantined
from workflow.rules.facts import Actor
from workflow.rules.refusals import Refusal


class Disposition(StrEnum):
    """What became of an input; together they account for every one (engine.md P5)."""

    APPLIED = "applied"
    REFUSED = "refused"
    REPEATED = "repeated"
    CONFLICTING = "conflicting"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"
    PARKED = "parked"
    NOT_FOUND = "not_found"
    STALE = "stale"
    NEEDLESS = "needless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An input with its identity; `canonical` is its canonical JSON, kept only as a keyed fingerprint."""

    key: MessageKey
    canonical: bytes
    actor: Actor
    sending: str
    by_topic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRequest(Request):
    """A referral that kept its contract, or the problems of one that did not."""

    kind: AgencyKind
    referral: Referral | None
    problems: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRequest(Request):
    """A command about one case; `expected_version` None takes whatever version there is.

    `waiting` is the record of a command by topic, kept to be replayed when its case turns out to be parked.
    """

    case_id: UUID
    command: Command
    expected_version: int | None = None
    fired: FiredTimer | None = None
    waiting: Quarantined | None = None


Asked = ReferralRequest | CommandRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a request; `reply` is the body that the same request will get again."""

    disposition: Disposition
    reply: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    case_id: UUID | None = None
    version: int = 0
    events: tuple[Recorded, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a transaction does for one scheme: the requests in their order, and the records that are set aside."""

    tenant: str
    requests: Sequence[Asked] = ()
    quarantined: Sequence[Quarantined] = ()


class PoisonError(Exception):
    """Deciding this one request fails every time, for a reason of ours; the rest of its batch is sound."""

    def __init__(self, index: int, reason: str) -> None:
        """Point at the request by its place among all requests of the transaction."""
        super().__init__(reason)
        self.index = index
        self.reason = reason


class TooBusyError(Exception):
    """Others changed the same cases again and again; ask again later."""
