"""SqlReading: what GETs and pages read; each read is a transaction that row security holds to one organisation."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import asyncpg

from schemas import topics
from schemas.envelope import Recorded
from schemas.vocabulary import ENDED_STATES, GOES_ON_ELSEWHERE, Audience, CaseState, OrganisationKind
from workflow.case.case import Case
from workflow.portal_ports import Caller, CaseFilter, Mail, OutcomePage, SlotFilter
from workflow.rules.facts import Caseworker, Organisation, Site, Slot
from workflow.store.failures import kept_nothing
from workflow.store.reading import _SLOTS as SLOTS
from workflow.store.reading import caseworker_of, organisation_of, site_of, slot_of
from workflow.store.rows import EventRow, case_of, recorded_of

ENGINE = "*"
# A provider has a part in its own cases and in one that is offered to it.
_CASE = """
SELECT c.body FROM cases c WHERE c.tenant = $1 AND c.id = $2 AND ($3::text IS NULL OR c.provider = $3 OR EXISTS (
    SELECT FROM case_referrers r WHERE r.tenant = c.tenant AND r.case_id = c.id AND r.agency = $3))
"""
_CASES = """
SELECT c.body FROM cases c WHERE c.tenant = $1
  AND ($2::text IS NULL OR c.provider = $2) AND ($3::text IS NULL OR c.state = $3)
  AND ($4::text IS NULL OR c.caseworker = $4) AND ($5::timestamptz IS NULL OR c.updated_at > $5)
  AND ($6::uuid IS NULL OR c.id > $6) AND c.state <> ALL($7::text[])
ORDER BY c.id LIMIT $8
"""
KNOWN_CASE = """
SELECT r.case_id FROM case_referrers r JOIN cases c ON c.tenant = r.tenant AND c.id = r.case_id
WHERE r.tenant = $1 AND r.agency = $2 AND r.token = $3 ORDER BY c.state = ANY($4::text[]) LIMIT 1
"""
_SLOT_PAGE = f"""{SLOTS} WHERE s.tenant = $1 AND s.provider = $2
  AND ($3::timestamptz IS NULL OR s.starts_at >= $3) AND ($4::timestamptz IS NULL OR s.starts_at < $4)
  AND ($5::bool IS NULL OR (cardinality(coalesce(t.places, '{{}}')) < s.capacity) = $5)
  AND ($6::timestamptz IS NULL OR (s.starts_at, s.id) > ($6, $7))
ORDER BY s.starts_at, s.id LIMIT $8"""
_CASEWORKERS = "SELECT c.*, '{}'::uuid[] AS knows FROM caseworkers c WHERE tenant = $1 AND provider = $2 ORDER BY id"
# What was released stands in outward_records, byte for byte; the row behind it may know more already.
_OUTCOMES = """
SELECT token, value FROM (
    SELECT DISTINCT ON (o.key) o.key, convert_from(o.key, 'UTF8')::uuid AS token, o.value
    FROM outward_records o CROSS JOIN LATERAL (
        SELECT (h ->> 1)::timestamptz AS period FROM jsonb_array_elements(convert_from(o.headers, 'UTF8')::jsonb) h
        WHERE h ->> 0 = 'ce_time'
    ) released
    WHERE o.tenant = $1 AND o.topic = $2 ORDER BY o.key, released.period DESC
) latest WHERE ($3::uuid IS NULL OR token > $3) ORDER BY token LIMIT $4
"""

AUDIENCES = {topics.NOTICES_AFFECTED_PERSON: Audience.AFFECTED_PERSON, topics.NOTICES_PARTICIPANT: Audience.PARTICIPANT}
# Topics as they stand in the index on notices to people, which a parameter would not use.
_MAIL = """
SELECT m.*, o.case_id, o.topic FROM mailbox m JOIN outward_records o ON o.tenant = m.tenant AND o.ce_id = m.ce_id
    AND o.topic IN ('notices.affected-person', 'notices.participant')
WHERE m.tenant = $1 ORDER BY m.at DESC, m.ce_id LIMIT $2
"""


class SqlReading:  # noqa: PLR0904 - a read a page, as the port says
    """The Reading of production, without readiness."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def together(self, caller: Caller) -> AsyncIterator["SqlReading"]:
        """Open one transaction for several reads of one caller: each alone would take four more round trips."""
        async with self._as(caller) as connection:
            yield _Together(self._pool, connection)

    async def case(self, caller: Caller, case_id: UUID) -> Case | None:
        """Return a case that the caller's organisation has a part in, or None."""
        async with self._as(caller) as connection:
            body = await connection.fetchval(
                _CASE,
                *(caller.tenant, case_id, _provider(caller)),
            )
        return case_of(body) if body else None

    async def case_of_message(self, caller: Caller, message_id: UUID) -> UUID | None:
        """Return the case that a referral of the caller's organisation opened, by its message id, or None."""
        row = await self._message(caller, message_id)
        return row["case_id"] if row else None

    async def receipt(self, caller: Caller, message_id: UUID) -> bytes | None:
        """Return the receipt that the caller's organisation got for a message, or None."""
        row = await self._message(caller, message_id)
        return row["reply"] if row else None

    async def case_of_token(self, caller: Caller, token: UUID) -> UUID | None:
        """Return the case that an agency knows by a token, or None; of several the one that goes on in no other."""
        async with self._as(caller) as connection:
            found: UUID | None = await connection.fetchval(
                KNOWN_CASE, caller.tenant, caller.organisation, token, sorted(GOES_ON_ELSEWHERE)
            )
        return found

    async def cases(self, caller: Caller, wanted: CaseFilter) -> Sequence[Case]:
        """Return a page of cases in id order; an agency's without those that go on in another, which it knows."""
        async with self._as(caller) as connection:
            rows = await connection.fetch(
                _CASES,
                *(caller.tenant, _provider(caller), wanted.state, wanted.caseworker, wanted.changed_after),
                *(wanted.after, sorted(_left_out(caller, wanted)), wanted.limit),
            )
        return [case_of(row["body"]) for row in rows]

    async def history(self, caller: Caller, case_id: UUID) -> Sequence[Recorded]:
        """Return a case's facts, first first; nothing of a case that is not the caller's."""
        async with self._as(caller) as connection:
            rows = await connection.fetch(
                "SELECT * FROM case_events WHERE tenant = $1 AND case_id = $2 ORDER BY sequence",
                *(caller.tenant, case_id),
            )
        return tuple(recorded_of(EventRow.of(row)) for row in rows)

    async def due(self, caller: Caller, case_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, datetime]]:
        """Return when each case's timers are due, by timer name."""
        async with self._as(caller) as connection:
            rows = await connection.fetch(
                "SELECT case_id, name, due_at FROM timers WHERE tenant = $1 AND case_id = ANY($2::uuid[])",
                *(caller.tenant, list(case_ids)),
            )
        found: dict[UUID, dict[str, datetime]] = {}
        for row in rows:
            found.setdefault(row["case_id"], {})[row["name"]] = row["due_at"]
        return found

    async def organisations(self, caller: Caller) -> Sequence[Organisation]:
        """Return the scheme's register in slug order."""
        async with self._as(caller) as connection:
            rows = await connection.fetch("SELECT * FROM organisations WHERE tenant = $1 ORDER BY slug", caller.tenant)
        return [organisation_of(row) for row in rows]

    async def sites(self, caller: Caller) -> Sequence[Site]:
        """Return the caller's provider's sites in id order."""
        async with self._as(caller) as connection:
            rows = await connection.fetch(
                "SELECT * FROM sites WHERE tenant = $1 AND provider = $2 ORDER BY id",
                *(caller.tenant, caller.organisation),
            )
        return [site_of(row) for row in rows]

    async def slots(self, caller: Caller, wanted: SlotFilter) -> Sequence[Slot]:
        """Return a page of the provider's slots, soonest first."""
        after = wanted.after or (None, None)
        async with self._as(caller) as connection:
            rows = await connection.fetch(
                _SLOT_PAGE,
                *(caller.tenant, caller.organisation, wanted.starting, wanted.until, wanted.free),
                *(*after, wanted.limit),
            )
        return [slot_of(row) for row in rows]

    async def caseworkers(self, caller: Caller) -> Sequence[Caseworker]:
        """Return the provider's caseworkers in id order; whom they know is left out."""
        async with self._as(caller) as connection:
            rows = await connection.fetch(_CASEWORKERS, caller.tenant, caller.organisation)
        return [caseworker_of(row) for row in rows]

    async def mail(self, caller: Caller, *, limit: int) -> Sequence[Mail]:
        """Return delivered messages, newest first."""
        async with self._as(caller) as connection:
            rows = await connection.fetch(_MAIL, caller.tenant, limit)
        return [_mail(row) for row in rows]

    async def outcomes(self, caller: Caller, study: str, after: UUID | None, *, limit: int) -> OutcomePage:
        """Return released rows of one study, as they were last released."""
        async with self._as(caller, ENGINE) as connection:
            rows = await connection.fetch(_OUTCOMES, caller.tenant, f"outcomes.{study}", after, limit)
        return OutcomePage(rows=tuple(row["value"] for row in rows), last=rows[-1]["token"] if rows else None)

    async def _message(self, caller: Caller, message_id: UUID) -> asyncpg.Record | None:
        """Replies belong to the engine; the source in the question keeps them to the one who sent the message."""
        async with self._as(caller, ENGINE) as connection:
            return await connection.fetchrow(
                "SELECT case_id, reply FROM messages WHERE tenant = $1 AND source = $2 AND message_id = $3",
                *(caller.tenant, caller.organisation, str(message_id)),
            )

    @asynccontextmanager
    async def _as(self, caller: Caller, organisation: str | None = None) -> AsyncIterator[asyncpg.Connection]:
        async with kept_nothing(), self._pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.execute(
                "SELECT set_config('app.tenant', $1, true), set_config('app.organisation', $2, true)",
                *(caller.tenant, organisation or caller.organisation),
            )
            yield connection


class _Together(SqlReading):
    """The same reads in a transaction that is open already."""

    def __init__(self, pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
        super().__init__(pool)
        self._connection = connection

    @asynccontextmanager
    async def _as(self, caller: Caller, organisation: str | None = None) -> AsyncIterator[asyncpg.Connection]:
        if organisation is None:
            yield self._connection
            return
        async with super()._as(caller, organisation) as other:
            yield other


def _provider(caller: Caller) -> str | None:
    """A provider's people read the cases that it works; an agency those that row security leaves it."""
    return caller.organisation if caller.kind is OrganisationKind.PROVIDER else None


def _left_out(caller: Caller, wanted: CaseFilter) -> frozenset[CaseState]:
    """An agency knows a case and the one in which it goes on by one token: it reads the latter."""
    elsewhere = GOES_ON_ELSEWHERE if caller.kind is not OrganisationKind.PROVIDER else frozenset()
    return elsewhere | (ENDED_STATES if wanted.open_only else frozenset())


def _mail(row: asyncpg.Record) -> Mail:
    return Mail(
        id=row["ce_id"],
        case_id=row["case_id"],
        audience=AUDIENCES[row["topic"]],
        recipient=row["recipient"],
        address=row["address"],
        subject=row["subject"],
        body=row["body"],
        at=row["at"],
    )
