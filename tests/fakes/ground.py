"""FakeGround: what a rehearsal stands on, in memory."""

from uuid import UUID

from deploy.rehearse.ground import DueTimer
from tests.fakes.store import FakeClock, FakeStore
from workflow.ports import FiredTimer
from workflow.store.keys import KeyedIds, MasterKeys

SECRET = bytes(range(32))


class FakeGround:
    """A Ground over the FakeStore."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = FakeStore(self.clock)
        self.ids = KeyedIds(MasterKeys(SECRET))

    async def fill(self, tenant, reference):
        await self.store.put_organisations(reference.organisations, await self.clock.now())
        await self.store.put_sites(tenant, reference.sites)
        await self.store.put_slots(tenant, reference.slots)
        await self.store.put_caseworkers(tenant, reference.caseworkers)

    async def set_clock(self, now):
        self.clock.at = now

    async def due(self, tenant, until):
        waiting = [
            DueTimer(
                fired=FiredTimer(case_id=case_id, name=name, generation=timer.generation),
                due_at=timer.due_at,
                command=timer.command,
            )
            for (of, case_id, name), timer in self.store.kept.timers.items()
            if of == tenant and timer.due_at <= until
        ]
        return sorted(waiting, key=lambda timer: (timer.due_at, str(timer.fired.case_id), timer.fired.name))

    async def outward(self, tenant):
        records: dict[tuple[UUID, int, int], object] = self.store.kept.records
        return [
            (key[0], record) for key, record in sorted(records.items(), key=lambda item: (str(item[0][0]), item[0][1:]))
        ]
