"""What every Store promises (workflow/ports.py)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.commands import RemindOfSession
from schemas.vocabulary import ActivityKind
from tests.builders.kept_cases import START, TENANT, a_new_case, a_notice, an_accepted_case, an_id, received
from workflow.case.evolve import fold
from workflow.machine.decision import (
    CancelTimer,
    ClaimLoad,
    ClaimPlace,
    ReleaseLoad,
    ReleasePlace,
    SetTimer,
)
from workflow.ports import (
    Answered,
    Batch,
    ClaimLostError,
    FiredTimer,
    MessageKey,
    Position,
    Seen,
    Sending,
    StaleCaseError,
    StalePositionError,
)
from workflow.rules.facts import Caseworker, Slot

SLOT = Slot(
    id="slot-1",
    site="park",
    provider="mend-derbyshire",
    activity=ActivityKind.LITTER_PICKING,
    starts_at=START,
    ends_at=START + timedelta(hours=3),
    capacity=1,
    supervisor="s-1",
)
WORKER = Caseworker(id="cw-1", provider="mend-derbyshire", works_with_children=True, max_cases=1, open_cases=0)


def a_batch(*cases, **changes):
    return Batch(tenant=TENANT, cases=cases, **changes)


def a_position(expected, read_to):
    return Position(cluster="c", topic="referrals.police.north-force", partition=0, expected=expected, read_to=read_to)


def an_answer(disposition="applied", body=b"print"):
    key = MessageKey(tenant=TENANT, source="north-force", message_id="m-1")
    return Answered(key=key, seen=Seen(fingerprint=body, disposition=disposition, case_id=None, reply=b"{}"))


async def keep(store, *cases, **changes):
    async with store.work(TENANT) as work:
        await work.keep(a_batch(*cases, **changes))


async def cases_in(store, *names):
    async with store.work(TENANT) as work:
        return await work.cases(TENANT, [an_id(name) for name in names])


async def test_a_kept_case_is_the_fold_of_its_history(store):
    await keep(store, a_new_case())
    await keep(store, an_accepted_case())

    async with store.work(TENANT) as work:
        history = await work.history(TENANT, an_id("graffiti"))
        stored = (await work.cases(TENANT, [an_id("graffiti")]))[an_id("graffiti")]

    assert [recorded.envelope.sequence for recorded in history] == [1, 2]
    assert history[0] == received()
    assert fold(history) == stored == an_accepted_case().case


async def test_another_tenants_case_does_not_exist(store):
    await keep(store, a_new_case())

    async with store.work("durham") as work:
        assert await work.cases("durham", [an_id("graffiti")]) == {}
        assert await work.history("durham", an_id("graffiti")) == ()


async def test_a_case_of_another_tenant_is_no_part_of_a_batch(store):
    with pytest.raises(ValueError, match="tenant"):
        await keep(store, a_new_case(tenant="durham"))


async def test_nothing_is_kept_once_a_case_moved_on_by_which_it_was_decided(store):
    await keep(store, a_new_case())
    await keep(store, a_new_case("bench"), unmoved={an_id("graffiti"): 1})
    await keep(store, an_accepted_case())

    with pytest.raises(StaleCaseError):
        await keep(store, a_new_case("wall"), unmoved={an_id("graffiti"): 1})

    assert set(await cases_in(store, "bench", "wall")) == {an_id("bench")}


async def test_a_stale_guard_keeps_nothing_of_the_batch(store):
    await keep(store, a_new_case())
    await keep(store, an_accepted_case())

    with pytest.raises(StaleCaseError):
        await keep(
            store,
            a_new_case("bench"),
            an_accepted_case(outward=(a_notice(sequence=2),)),
            position=a_position(0, 5),
            answered=(an_answer(),),
        )

    assert set(await cases_in(store, "graffiti", "bench")) == {an_id("graffiti")}
    await keep(store, a_new_case("bench"), position=a_position(0, 5), answered=(an_answer(),))


async def test_a_new_case_that_exists_already_is_stale(store):
    await keep(store, a_new_case())

    with pytest.raises(StaleCaseError):
        await keep(store, a_new_case(), a_new_case("bench"))

    assert set(await cases_in(store, "bench")) == set()


async def test_a_stale_position_keeps_nothing(store):
    await keep(store, position=a_position(0, 10))

    with pytest.raises(StalePositionError):
        await keep(store, a_new_case(), position=a_position(0, 20))

    assert await cases_in(store, "graffiti") == {}
    await keep(store, position=a_position(10, 20))


async def test_the_batches_of_two_tenants_are_kept_together_or_not_at_all(store):
    ours, theirs = a_batch(a_new_case()), Batch(tenant="durham", cases=(a_new_case("bench", tenant="durham"),))
    async with store.work(TENANT) as work:
        await work.keep(replace(ours, position=a_position(0, 10)), theirs)

    with pytest.raises(StaleCaseError):
        async with store.work(TENANT) as work:
            await work.keep(replace(a_batch(a_new_case("wall")), position=a_position(10, 20)), theirs)

    assert set(await cases_in(store, "graffiti", "wall")) == {an_id("graffiti")}
    async with store.work("durham") as work:
        assert set(await work.cases("durham", [an_id("bench")])) == {an_id("bench")}
    await keep(store, position=a_position(10, 20))


async def test_a_message_id_is_answered_once(store):
    await keep(store, answered=(an_answer(),))

    with pytest.raises(StaleCaseError):
        await keep(store, a_new_case(), answered=(an_answer(body=b"other"),))

    async with store.work(TENANT) as work:
        seen = await work.seen([an_answer().key, replace(an_answer().key, message_id="m-2")])
    assert seen == {an_answer().key: an_answer().seen}
    assert await cases_in(store, "graffiti") == {}


async def test_a_rejection_does_not_use_up_its_id(store):
    await keep(store, answered=(an_answer("rejected"),))

    await keep(store, answered=(an_answer(body=b"mended"),))

    async with store.work(TENANT) as work:
        assert (await work.seen([an_answer().key]))[an_answer().key].fingerprint == b"mended"


async def test_the_same_sending_is_kept_without_complaint(store):
    sending = Sending(source="north-force", number="7", disposition="received")

    await keep(store, sendings=(sending,))
    await keep(store, sendings=(replace(sending, disposition="repeated"),))


async def test_a_parked_case_is_known_as_such(store):
    await keep(store, a_new_case(), parked=((an_id("graffiti"), "always_fails"),))
    await keep(store, parked=((an_id("graffiti"), "again"),))

    async with store.work(TENANT) as work:
        assert await work.parked(TENANT, [an_id("graffiti"), an_id("bench")]) == {an_id("graffiti")}


async def test_a_slot_is_seen_with_its_places_and_full_slots_are_not_open(store, reference):
    await reference.put_slots(TENANT, [SLOT, replace(SLOT, id="slot-2")])
    await keep(store, a_new_case(claims=(ClaimPlace(slot="slot-1", place=1),)))

    async with store.work(TENANT) as work:
        slots = await work.slots(TENANT, ["slot-2", "slot-1", "nowhere"])
        open_slots = await work.open_slots(TENANT, "mend-derbyshire", START, START + timedelta(hours=1))

    assert list(slots) == ["slot-1", "slot-2"]
    assert slots["slot-1"].taken == {1: an_id("graffiti")}
    assert list(open_slots) == ["slot-2"]


async def test_a_taken_place_is_lost_by_the_second_case_and_nothing_of_it_is_kept(store, reference):
    await reference.put_slots(TENANT, [SLOT])
    claim = (ClaimPlace(slot="slot-1", place=1),)
    await keep(store, a_new_case(claims=claim))

    with pytest.raises(ClaimLostError) as lost:
        await keep(store, a_new_case("bench", claims=claim), a_new_case("wall"))

    assert lost.value.case_id == an_id("bench")
    assert await cases_in(store, "bench", "wall") == {}


@pytest.mark.parametrize("place", [0, 2])
async def test_no_place_lies_beyond_the_capacity(store, reference, place):
    await reference.put_slots(TENANT, [SLOT])

    with pytest.raises(ClaimLostError):
        await keep(store, a_new_case(claims=(ClaimPlace(slot="slot-1", place=place),)))


async def test_a_place_given_back_can_be_taken_in_the_same_batch(store, reference):
    await reference.put_slots(TENANT, [SLOT])
    place = {"slot": "slot-1", "place": 1}
    await keep(store, a_new_case(claims=(ClaimPlace(**place),)))

    await keep(
        store,
        a_new_case("bench", claims=(ClaimPlace(**place),)),
        an_accepted_case(claims=(ReleasePlace(**place), ClaimPlace(**place), ReleasePlace(**place))),
    )

    async with store.work(TENANT) as work:
        assert (await work.slots(TENANT, ["slot-1"]))["slot-1"].taken == {1: an_id("bench")}


async def test_a_caseworkers_load_stops_at_the_limit_unless_overruled(store, reference):
    await reference.put_caseworkers(TENANT, [WORKER])
    await keep(store, a_new_case(claims=(ClaimLoad(caseworker="cw-1"),)))

    with pytest.raises(ClaimLostError):
        await keep(store, a_new_case("bench", claims=(ClaimLoad(caseworker="cw-1"),)))
    await keep(store, a_new_case("bench", claims=(ClaimLoad(caseworker="cw-1", overruled=True),)))
    await keep(store, an_accepted_case(claims=(ReleaseLoad(caseworker="cw-1"),)))

    async with store.work(TENANT) as work:
        assert await work.caseworkers(TENANT, "mend-derbyshire") == (replace(WORKER, open_cases=1),)


def a_timer(hours=48):
    due = START + timedelta(hours=hours)
    return SetTimer(name="remind:1", due_at=due, command=RemindOfSession(session=an_id("session")))


async def test_a_timer_that_was_set_again_cannot_be_fired_by_its_old_generation(store):
    await keep(store, a_new_case(timers=(a_timer(), a_timer(hours=24))))

    with pytest.raises(StaleCaseError):
        await keep(store, fired=(FiredTimer(case_id=an_id("graffiti"), name="remind:1", generation=-1),))


async def test_a_timer_is_not_taken_before_it_is_due_by_the_clock_of_the_transaction(store, firing_of):
    """Who asked what was due may have asked before the clock was put back."""
    async with store.work(TENANT) as work:
        now = await work.now()
    early = SetTimer(name="early", due_at=now + timedelta(hours=1), command=RemindOfSession(session=an_id("session")))
    due = replace(early, name="due", due_at=now)
    await keep(store, a_new_case(timers=(early, due)))

    with pytest.raises(StaleCaseError):
        await keep(store, fired=(await firing_of(an_id("graffiti"), "early"),))

    await keep(store, fired=(await firing_of(an_id("graffiti"), "due"),))


async def test_cancelling_an_unknown_timer_is_no_error(store):
    await keep(store, a_new_case(timers=(CancelTimer(name="nothing"),)))


async def test_the_cases_of_a_person_are_found(store, reference):
    await keep(store, a_new_case(), a_new_case("bench"), a_new_case("window"))
    await reference.keep_apart(TENANT, an_id("graffiti", "participant"), an_id("bench", "participant"))

    async with store.work(TENANT) as work:
        found = await work.cases_of(TENANT, [an_id("graffiti", "participant"), an_id("nobody")])
        apart = await work.kept_apart(TENANT, [an_id("graffiti"), an_id("window")])

    assert found == {an_id("graffiti", "participant"): (an_id("graffiti"),)}
    assert apart == {an_id("graffiti"): {an_id("bench")}, an_id("window"): set()}
