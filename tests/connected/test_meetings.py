"""Two who must not meet are never booked at one place and time, whichever slots they are booked in at once."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

import pytest

from schemas import commands as c
from schemas.events.work import SessionBooked
from tests.builders import cases as b
from tests.builders.kept_cases import TENANT, an_id, received
from tests.builders.offices import BOOK, a_command
from tests.builders.places import PROVIDER, SESSION_AT, a_site, a_slot
from tests.databases import KEYS
from workflow.case.evolve import fold
from workflow.handlers.office import Office
from workflow.machine.decide import Circumstance, record
from workflow.machine.decision import ClaimPlace, Decision
from workflow.ports import Batch, KeptCase
from workflow.rules.facts import Organisation
from workflow.store.keys import KeyedIds
from workflow.store.reference import Reference
from workflow.store.report import FaultKind
from workflow.store.verify import verify

pytestmark = pytest.mark.connected
HALF_AN_HOUR = timedelta(minutes=30)
SLOTS = (a_slot(id="early"), a_slot(id="late", starts_at=SESSION_AT + HALF_AN_HOUR))
THIRD = a_slot(id="third")
PEOPLE = ("one", "other")


class Racing:
    """A store in which everybody has read before anybody keeps; whoever decides again does so undisturbed."""

    def __init__(self, store):
        self._store, self._all_have_read, self._kept = store, asyncio.Barrier(len(PEOPLE)), 0

    @asynccontextmanager
    async def work(self, tenant):
        async with self._store.work(tenant) as work:
            keep = work.keep

            async def after_all_have_read(batch):
                self._kept += 1
                if self._kept <= len(PEOPLE):
                    await self._all_have_read.wait()
                await keep(batch)

            work.keep = after_all_have_read
            yield work


@pytest.fixture
async def apart(store, worker_pool):
    """Two cases with a plan at one provider, whose participants must not meet."""
    reference = Reference(worker_pool)
    await worker_pool.execute("INSERT INTO demo_clock (one, at) VALUES (true, $1)", b.RECEIVED_AT)
    await reference.put_organisations(
        [Organisation(slug=PROVIDER, tenant=TENANT, kind="provider", name="Invented")], b.RECEIVED_AT
    )
    await reference.put_sites(TENANT, [a_site()])
    await reference.put_slots(TENANT, SLOTS)
    await reference.keep_apart(TENANT, an_id("one", "participant"), an_id("other", "participant"))
    for name in PEOPLE:
        await keep(store, replace(a_kept(name), case=planned(name)))
    return store


def a_kept(name, **changes):
    """The first fact of a case, as it is kept."""
    first = received(name)
    kept = KeptCase(expected=0, case=fold([first]), events=(first,), outward=(), timers=(), claims=(), outcomes=())
    return replace(kept, **changes)


def planned(name):
    """The same case with a plan: only what a booking looks at."""
    return replace(b.a_case_with_plan(), id=an_id(name), participant=an_id(name, "participant"), version=1)


async def keep(store, *cases):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=cases))


def booking(name, slot):
    command = a_command(an_id(name), c.BookSession(slot=slot), name=f"{name} {slot}")
    return replace(command, actor=replace(command.actor, organisation=PROVIDER))


def codes(*answers):
    return sorted(answer.refusal.code if answer.refusal else answer.disposition for answer in answers)


async def test_of_two_bookings_at_once_in_two_slots_one_is_refused(apart, worker_pool):
    office = Office(store=Racing(apart), book=BOOK, ids=KeyedIds(KEYS))
    asked = (booking(name, slot.id) for name, slot in zip(PEOPLE, SLOTS, strict=True))

    answers = await asyncio.gather(*(office.handle(TENANT, [one]) for one in asked))

    assert codes(*(answer for (answer,) in answers)) == ["applied", "must_not_meet"]
    assert await worker_pool.fetchval("SELECT count(*) FROM slot_places") == 1


async def test_of_two_bookings_in_one_batch_the_later_one_is_refused(apart):
    office = Office(store=apart, book=BOOK, ids=KeyedIds(KEYS))

    answers = await office.handle(TENANT, [booking("one", "early"), booking("other", "late")])

    assert codes(*answers) == ["applied", "must_not_meet"]


def booked(name, slot, **changes):
    """A case that folds from its facts and has a session in a slot."""
    kept = a_kept(name)
    session = uuid5(an_id(name), slot.id)
    times = {"starts_at": slot.starts_at, "ends_at": slot.ends_at}
    fact = SessionBooked(
        session=session, slot=slot.id, place=1, site=slot.site, activity=slot.activity, counts=True, **(times | changes)
    )
    asked = Circumstance(now=b.RECEIVED_AT, occurred_at=b.RECEIVED_AT, actor="a", correlation=an_id("c"))
    scheduled = replace(kept.case, state="scheduled")
    made = record(scheduled, an_id(name), TENANT, Decision(facts=(fact,)), asked)
    case = fold([*kept.events, *made.facts])
    return replace(kept, case=case, events=(*kept.events, *made.facts), claims=(ClaimPlace(slot=slot.id, place=1),))


@pytest.mark.parametrize(
    ("slot", "found"),
    [
        (SLOTS[1], 1),
        (replace(SLOTS[1], site="elsewhere"), 0),
        (replace(SLOTS[1], starts_at=SLOTS[0].ends_at, ends_at=SLOTS[0].ends_at + HALF_AN_HOUR), 0),
    ],
)
async def test_verify_names_the_bookings_of_two_who_must_not_meet(store, worker_pool, auditor, slot, found):
    reference = Reference(worker_pool)
    await reference.put_slots(TENANT, [SLOTS[0], slot, THIRD])
    await reference.keep_apart(TENANT, an_id("one", "participant"), an_id("other", "participant"))
    await keep(store, booked("one", SLOTS[0]), booked("other", slot), booked("stranger", THIRD))

    report = await verify(auditor)

    told = [fault for fault in report.faults if fault.kind is FaultKind.MEETING]
    assert len(told) == found
    for fault in told:
        assert {str(an_id(name)) in fault.subject for name in PEOPLE} == {True}
        assert str(an_id("one", "participant")) not in str(fault)
