"""What an operator does with records that were set aside, and with the cases that wait because of them."""

from collections.abc import Sequence

import asyncpg

from deploy.local.errors import LocalStackError
from streams.dead_letters import replay
from streams.settings import StreamSettings
from streams.taking import PARKED
from workflow.store.keys import MasterKeys
from workflow.store.parking import SqlParking
from workflow.store.quarantine import QuarantinedPlace, SqlQuarantine

SHORTEST = 4  # letters of a fingerprint: less would be a slip of the hand


class DeadLetters:
    """The quarantine by fingerprint. Nothing here shows what a record says."""

    def __init__(self, pool: asyncpg.Pool, keys: MasterKeys) -> None:
        self._quarantine = SqlQuarantine(pool, keys)
        self._parking = SqlParking(pool)

    async def listed(self) -> Sequence[QuarantinedPlace]:
        """Return what lies in quarantine, oldest first."""
        return await self._quarantine.listed()

    async def places(self, fingerprint: str) -> Sequence[QuarantinedPlace]:
        """Return the places of one fingerprint, of which the beginning will do; LocalStackError unless it is one."""
        every = await self.listed() if len(fingerprint) >= SHORTEST else ()
        found = [place for place in every if place.fingerprint.startswith(fingerprint)]
        if len({place.fingerprint for place in found}) > 1:
            raise LocalStackError(f"Several fingerprints begin with {fingerprint}. Give more of the one that is meant.")
        if not found:
            raise LocalStackError(
                f"Nothing in quarantine has the fingerprint {fingerprint}. See `amends dead-letters list`."
            )
        return found

    async def replay(self, fingerprint: str, settings: StreamSettings) -> int:
        """Let its cases go on, put the records back on their topics, then what waited for them; return how many."""
        places = await self.places(fingerprint)
        await self._release(places)
        return await replay(self._quarantine, settings, places[0].fingerprint) + await self._replay_waiting(
            places, settings
        )

    async def discard(self, fingerprint: str, settings: StreamSettings | None) -> int:
        """Forget the records and let their cases go on; what waited behind them is put back. Return how many of those.

        Without a broker (`settings` is None) nothing can be put back, so a case that others wait for is refused.
        """
        places = await self.places(fingerprint)
        waiting = await self._waiting(places)
        if waiting and settings is None:
            raise LocalStackError("Commands wait behind this record, and no broker is named to put them back on.")
        await self._quarantine.discard(place.id for place in places)
        await self._release(places)
        return await self._replay_waiting(places, settings) if settings else 0

    async def _release(self, places: Sequence[QuarantinedPlace]) -> None:
        for place in places:
            # One that only waited does not hold its case: what it waits for does.
            if place.tenant and place.case_id and place.reason != PARKED:
                await self._parking.unpark(place.tenant, place.case_id)

    async def _waiting(self, places: Sequence[QuarantinedPlace]) -> Sequence[str]:
        """Return the fingerprints of commands that waited for these cases, in the order in which they came."""
        cases = {place.case_id for place in places if place.case_id and place.reason != PARKED}
        found = (place for place in await self.listed() if place.case_id in cases and place.reason == PARKED)
        return list(dict.fromkeys(place.fingerprint for place in found))

    async def _replay_waiting(self, places: Sequence[QuarantinedPlace], settings: StreamSettings) -> int:
        return sum([await replay(self._quarantine, settings, one) for one in await self._waiting(places)])
