"""The vault: personal data under a key per person, found again by keyed values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workflow.machine.decision import Seal
from workflow.store.columns import columns
from workflow.store.sealing import Sealer, open_fields, seal_fields
from workflow.store.search_keys import IDENTIFIERS, KEYS, REFERENCE, SEARCHED, asked_keys, asked_reference
from workflow.store.searching import MOST_CANDIDATES, Digests, Searches, stored_meeting

PROVENANCE = ("source_organisation", "controller", "regime", "agreement", "fact_or_opinion")
_KEEP = """
INSERT INTO vault.records (tenant, person, ref, kind, sealed, at, source_organisation, controller, regime, agreement,
                           fact_or_opinion)
SELECT $1, r.person, r.ref, r.kind, r.sealed, $2, r.organisation, r.controller, r.regime, r.agreement, r.opinion
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[]) WITH ORDINALITY
    AS r(person, ref, kind, sealed, organisation, controller, regime, agreement, opinion, place)
ORDER BY r.place
ON CONFLICT (tenant, person, ref) DO UPDATE SET kind = excluded.kind, sealed = excluded.sealed, at = excluded.at,
    number = excluded.number, source_organisation = excluded.source_organisation, controller = excluded.controller,
    regime = excluded.regime, agreement = excluded.agreement, fact_or_opinion = excluded.fact_or_opinion
"""
_LATEST = """
SELECT DISTINCT ON (r.person, r.kind) r.person, r.kind, r.ref, r.sealed, k.wrapped FROM vault.records r
JOIN unnest($2::uuid[], $3::text[]) AS w(person, kind) ON w.person = r.person AND w.kind = r.kind
JOIN keyring.person_keys k ON k.tenant = r.tenant AND k.person = r.person
WHERE r.tenant = $1 ORDER BY r.person, r.kind, r.number DESC
"""
_MAKE_KEYS = """
INSERT INTO keyring.person_keys (tenant, person, wrapped)
SELECT $1, k.* FROM unnest($2::uuid[], $3::bytea[]) AS k(person, wrapped)
ON CONFLICT DO NOTHING RETURNING person
"""
_KEYS = "SELECT person, wrapped FROM keyring.person_keys WHERE tenant = $1 AND person = ANY($2::uuid[])"
# A person's references stay when the details are sealed anew, and the other way round.
_FORGET_INDEX = """
DELETE FROM vault.search_keys s USING unnest($2::uuid[], $3::bool[]) AS f(person, of_reference)
WHERE s.tenant = $1 AND s.person = f.person AND (s.kind = $4) = f.of_reference
"""
_KEEP_INDEX = """
INSERT INTO vault.search_keys (tenant, person, kind, hmac)
SELECT $1, k.* FROM unnest($2::uuid[], $3::text[], $4::bytea[]) AS k(person, kind, hmac)
"""

_FIND = "SELECT person FROM vault.search_keys WHERE tenant = $1 AND hmac = $2 ORDER BY person LIMIT $3"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be sealed, its fields as bytes, where it came from, and the keyed values by which it will be found."""

    seal: Seal
    value: bytes
    told: tuple[str, ...]
    found: tuple[tuple[str, bytes], ...]


class VaultAccess:
    """Seal, open and find, within one transaction; what is sealed waits, so that a batch is a few statements."""

    _connection: asyncpg.Connection
    _sealer: Sealer
    _now: datetime
    _waiting: dict[tuple[str, UUID, UUID], Waiting]
    _searches: Searches
    _known: dict[tuple[str, UUID, str], Mapping[str, object] | None]

    async def seal(self, tenant: str, seals: Sequence[Seal], provenance: Mapping[str, str]) -> None:
        """Keep personal data under the key of its person; a key is made on first use. Same ref: replaced."""
        told = tuple(provenance.get(name, "") for name in PROVENANCE)
        secret = self._sealer.search_secret(tenant)
        for seal in seals:
            found = KEYS[seal.kind](secret, seal.fields) if seal.kind in KEYS else ()
            value = fields_bytes(seal.fields)
            self._waiting.pop((tenant, seal.person, seal.ref), None)  # the last one is the latest of its kind
            self._waiting[tenant, seal.person, seal.ref] = Waiting(seal, value, told, found)
            self._known[tenant, seal.person, seal.kind] = fields = orjson.loads(value)
            if seal.kind == SEARCHED:
                self._searches.note(seal.person, (digest for _, digest in found), fields)

    async def unseal(
        self, tenant: str, wanted: Sequence[tuple[UUID, str]]
    ) -> Mapping[tuple[UUID, str], Mapping[str, object]]:
        """Open (person, kind) for the engine's own rules, the latest of each; what was never sealed is absent."""
        await self._open(tenant, wanted)
        known = {one: self._known[tenant, *one] for one in wanted}
        return {one: fields for one, fields in known.items() if fields is not None}

    async def _open(self, tenant: str, wanted: Sequence[tuple[UUID, str]]) -> None:
        """Open what this transaction has neither opened nor sealed yet, in one read; what is not there is None."""
        new = {one for one in wanted if (tenant, *one) not in self._known}
        if not new:
            return
        rows = await self._connection.fetch(_LATEST, tenant, *columns(new, 2))
        self._known |= {(tenant, *one): None for one in new}
        self._known |= {(tenant, row["person"], row["kind"]): self._opened(tenant, row) for row in rows}

    async def foresee(
        self,
        tenant: str,
        *,
        searches: Sequence[Mapping[str, object]] = (),
        opening: Sequence[tuple[UUID, str]] = (),
    ) -> None:
        """Look up in one read each whom details will meet and what will be opened; a hint, which changes no answer."""
        await self._open(tenant, opening)
        asked = {self._asked(tenant, details) for details in searches}
        new = [digests for digests in asked if digests and digests not in self._searches.stored]
        if not new:
            return
        met = await stored_meeting(self._connection, tenant, new)
        self._searches.stored |= met
        people = {person for meeting in met.values() for person in meeting if person not in self._searches.details}
        if people:
            rows = await self._connection.fetch(_LATEST, tenant, *columns(((one, SEARCHED) for one in people), 2))
            self._searches.details |= {row["person"]: self._opened(tenant, row) for row in rows}

    async def search(self, tenant: str, details: Mapping[str, object]) -> Sequence[tuple[UUID, Mapping[str, object]]]:
        """Return at most 50 people whose keyed search values meet these details', those that meet most first."""
        await self.foresee(tenant, searches=[details])
        return self._searches.found(self._asked(tenant, details))

    async def find(self, tenant: str, reference: str) -> Sequence[UUID]:
        """Return the participants of at most 50 referrals that bear this reference, in order of their tokens."""
        digest = asked_reference(self._sealer.search_secret(tenant), reference)
        if digest is None:
            return ()
        rows = await self._connection.fetch(_FIND, tenant, digest, MOST_CANDIDATES)
        return [row["person"] for row in rows]

    def _asked(self, tenant: str, details: Mapping[str, object]) -> Digests:
        return frozenset(digest for _, digest in asked_keys(self._sealer.search_secret(tenant), details))

    async def write_seals(self) -> None:
        """Write what was sealed so far, a statement a table; called by `keep`."""
        waiting, self._waiting = self._waiting, {}
        for tenant in sorted({tenant for tenant, _, _ in waiting}):
            await self._seal_all(tenant, [told for (owner, _, _), told in waiting.items() if owner == tenant])

    async def _seal_all(self, tenant: str, waiting: Sequence[Waiting]) -> None:
        keys, new = await self._keys(tenant, sorted({one.seal.person for one in waiting}))
        rows = [(*_row(one, keys, tenant), *one.told) for one in waiting]
        await self._connection.execute(_KEEP, tenant, self._now, *columns(rows, 4 + len(PROVENANCE)))
        found = {(one.seal.person, one.seal.kind == IDENTIFIERS): one.found for one in waiting if one.seal.kind in KEYS}
        if known := [one for one in found if one[0] not in new]:
            await self._connection.execute(_FORGET_INDEX, tenant, *columns(known, 2), REFERENCE)
        if given := [(person, *key) for (person, _), keys_of in found.items() for key in keys_of]:
            await self._connection.execute(_KEEP_INDEX, tenant, *columns(given, 3))

    async def _keys(self, tenant: str, people: Sequence[UUID]) -> tuple[Mapping[UUID, AESGCM], frozenset[UUID]]:
        """Return the key of each person, and who had none before: most people of a batch are new."""
        made = {person: self._sealer.new_key(tenant, person) for person in people}
        given = columns(((person, key.wrapped) for person, key in made.items()), 2)
        rows = await self._connection.fetch(_MAKE_KEYS, tenant, *given)
        new = frozenset(row["person"] for row in rows)
        keys = {person: made[person].key for person in new}
        if known := [person for person in people if person not in new]:
            rows = await self._connection.fetch(_KEYS, tenant, known)
            keys |= {row["person"]: self._sealer.opened_key(tenant, row["person"], row["wrapped"]) for row in rows}
        return keys, new

    def _opened(self, tenant: str, row: asyncpg.Record) -> Mapping[str, object]:
        key = self._sealer.opened_key(tenant, row["person"], row["wrapped"])
        place = (tenant, str(row["person"]), row["kind"], str(row["ref"]))
        fields: Mapping[str, object] = orjson.loads(open_fields(key, row["sealed"], *place))
        return fields


def fields_bytes(fields: Mapping[str, object]) -> bytes:
    """Return fields as the JSON that is sealed; dates, ids and enums become text, sets become lists."""
    return orjson.dumps(dict(fields), default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> Any:
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _row(waiting: Waiting, keys: Mapping[UUID, AESGCM], tenant: str) -> tuple[UUID, UUID, str, bytes]:
    seal = waiting.seal
    place = (tenant, str(seal.person), seal.kind, str(seal.ref))
    return (seal.person, seal.ref, seal.kind, seal_fields(keys[seal.person], waiting.value, *place))
