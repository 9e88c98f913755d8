"""What each audience is told: tokens and typed fields; names are joined at sending and never before."""

from typing import Any
from uuid import UUID

from schemas.base import Tolerant
from schemas.vocabulary import AgencyKind, Audience


class Notice(Tolerant):
    """One thing that one recipient is told. `recipient` is a token that means nothing to anybody else."""

    id: UUID
    tenant: str
    audience: Audience
    recipient: UUID
    kind: str
    fields: dict[str, Any]


class AgencyNotice(Notice):
    """A notice on one agency's own topic."""

    organisation: str
    organisation_kind: AgencyKind


class Receipt(Tolerant):
    """What became of a message: `received`, `applied` or `refused` (amendments), `rejected`, `conflicting`.

    What is rejected may be sent again, mended, under its id. Problems name a field or the rule that refuses, no value.
    """

    message_id: str
    status: str
    referral: UUID | None = None
    problems: tuple[dict[str, str], ...] = ()
