"""Who may be the same person: found by keyed values, in what is stored and in what this transaction has sealed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import asyncpg

from workflow.store.columns import columns

MOST_CANDIDATES = 50
# One read for the searches of a whole batch: each gives its number and its keyed values.
_MEETING = """
SELECT number, person, agreeing FROM (
    SELECT a.number, k.person, count(*) AS agreeing,
           row_number() OVER (PARTITION BY a.number ORDER BY count(*) DESC, k.person) AS place
    FROM unnest($2::int[], $3::bytea[]) AS a(number, hmac)
    JOIN vault.search_keys k ON k.tenant = $1 AND k.hmac = a.hmac
    GROUP BY a.number, k.person
) ranked WHERE place <= $4
"""
Digests = frozenset[bytes]
Meeting = Mapping[UUID, int]


async def stored_meeting(
    connection: asyncpg.Connection, tenant: str, searches: Sequence[Digests]
) -> Mapping[Digests, Meeting]:
    """Return, for each search, the stored people who meet it and in how many values."""
    asked = [(number, digest) for number, digests in enumerate(searches) for digest in digests]
    found: dict[Digests, dict[UUID, int]] = {digests: {} for digests in searches}
    for row in await connection.fetch(_MEETING, tenant, *columns(asked, 2), MOST_CANDIDATES):
        found[searches[row["number"]]][row["person"]] = row["agreeing"]
    return found


class Searches:
    """Who can be found within one transaction: stored people who were looked up, and people sealed meanwhile.

    People sealed here are found from memory, so that nothing need be written in order to be found. A keyed value
    holds its tenant already: the same value of two schemes is two values.
    """

    def __init__(self) -> None:
        self.stored: dict[Digests, Meeting] = {}
        self.details: dict[UUID, Mapping[str, object]] = {}
        self._digests: dict[UUID, Digests] = {}
        self._people: dict[bytes, set[UUID]] = {}

    def note(self, person: UUID, digests: Iterable[bytes], details: Mapping[str, object]) -> None:
        """Remember what was sealed of a person, and by which values he or she is found from now on."""
        for digest in self._digests.get(person, ()):
            self._people[digest].discard(person)
        self._digests[person], self.details[person] = frozenset(digests), details
        for digest in self._digests[person]:
            self._people.setdefault(digest, set()).add(person)

    def found(self, asked: Digests) -> Sequence[tuple[UUID, Mapping[str, object]]]:
        """Return who meets these values with their details, those that meet most first."""
        met = Counter(person for digest in asked for person in self._people.get(digest, ()))
        stored = self.stored.get(asked, {})
        met.update({person: agreeing for person, agreeing in stored.items() if person not in self._digests})
        ranked = sorted(met, key=lambda person: (-met[person], person))[:MOST_CANDIDATES]
        return [(person, self.details[person]) for person in ranked if person in self.details]
