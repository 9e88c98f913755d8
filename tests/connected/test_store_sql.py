"""What only a real database can show: parallel transactions, row security, lost connections, and what lies on disk."""

import asyncio
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.builders.kept_cases import START, TENANT, a_new_case, a_notice, an_accepted_case, an_id
from tests.databases import KEYS, pooled
from workflow.machine.decision import ClaimPlace, Seal
from workflow.ports import AmbiguousCommitError, Batch, ClaimLostError, Quarantined, StaleCaseError, StoreDownError
from workflow.rules.facts import Slot
from workflow.store.reference import Reference
from workflow.store.sql_store import SqlStore

pytestmark = pytest.mark.connected

SLOT = Slot(
    id="slot-1",
    site="park",
    provider="mend-derbyshire",
    activity="litter_picking",
    starts_at=START,
    ends_at=START,
    capacity=1,
    supervisor="s-1",
)


async def keep(store, *cases, **changes):
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=cases, **changes))


async def outcome(coroutine):
    try:
        await coroutine
    except (ClaimLostError, StaleCaseError) as error:
        return type(error).__name__
    return "kept"


async def test_of_fifty_cases_that_claim_the_last_place_one_gets_it(store, worker_pool):
    await Reference(worker_pool).put_slots(TENANT, [SLOT])
    cases = [a_new_case(f"case-{n}", claims=(ClaimPlace(slot="slot-1", place=1),)) for n in range(50)]

    outcomes = await asyncio.gather(*(outcome(keep(store, case)) for case in cases))

    assert sorted(outcomes) == ["ClaimLostError"] * 49 + ["kept"]
    assert await worker_pool.fetchval("SELECT count(*) FROM cases") == 1
    assert await worker_pool.fetchval("SELECT count(*) FROM case_events") == 1


async def test_of_ten_that_move_one_case_on_one_does(store, worker_pool):
    await keep(store, a_new_case())

    outcomes = await asyncio.gather(*(outcome(keep(store, an_accepted_case())) for _ in range(10)))

    assert sorted(outcomes) == ["StaleCaseError"] * 9 + ["kept"]
    assert await worker_pool.fetchval("SELECT count(*) FROM case_events") == 2


async def test_a_plain_insert_cannot_take_a_place_beyond_the_capacity(worker_pool, store):
    await Reference(worker_pool).put_slots(TENANT, [SLOT])

    with pytest.raises(asyncpg.CheckViolationError):
        await worker_pool.execute("INSERT INTO slot_places VALUES ($1, 'slot-1', 2, $2)", TENANT, an_id("graffiti"))


async def test_without_a_tenant_the_portal_sees_no_row_even_after_anothers_request(store, portal_pool):
    await keep(store, a_new_case(outward=(a_notice(),)))
    async with SqlStore(portal_pool, KEYS).work(TENANT) as work:
        assert await work.cases(TENANT, [an_id("graffiti")])

    for table in ("cases", "case_events", "outward_records", "outbox", "case_referrers", "messages"):
        assert await portal_pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_the_portal_reads_no_other_tenant_whatever_its_query_asks_for(store, portal_pool):
    await keep(store, a_new_case())

    async with SqlStore(portal_pool, KEYS).work("durham") as work:
        assert await work.cases(TENANT, [an_id("graffiti")]) == {}


@pytest.mark.parametrize(
    ("organisation", "seen"), [("mend-derbyshire", 1), ("north-force", 1), ("south-force", 0), ("", 0), ("*", 1)]
)
async def test_within_a_scheme_an_organisation_reads_the_cases_it_has_a_part_in(store, portal_pool, organisation, seen):
    await keep(store, a_new_case())

    async with portal_pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT set_config('app.tenant', $1, true)", TENANT)
        await connection.execute("SELECT set_config('app.organisation', $1, true)", organisation)

        assert await connection.fetchval("SELECT count(*) FROM cases") == seen
        assert await connection.fetchval("SELECT count(*) FROM case_events") == seen


async def test_the_portal_keeps_a_case_by_the_same_path_as_the_worker(portal_pool, worker_pool):
    await keep(SqlStore(portal_pool, KEYS), a_new_case(outward=(a_notice(),)))

    assert await worker_pool.fetchval("SELECT count(*) FROM outbox") == 2


async def test_a_lost_connection_before_the_commit_keeps_nothing_and_says_so(store, empty_database, worker_pool):
    superuser = await asyncpg.connect(empty_database.superuser)

    async with store.work(TENANT) as work:
        await superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'amends_worker'"
        )
        with pytest.raises(StoreDownError):
            await work.keep(Batch(tenant=TENANT, cases=(a_new_case(),)))
    await superuser.close()

    assert await worker_pool.fetchval("SELECT count(*) FROM cases") == 0


async def cut_after_commit(reader, writer, target):
    """A connection that passes everything on until COMMIT has gone through, and then is lost before the reply."""
    there, back = await asyncio.open_connection(*target)
    replies = asyncio.create_task(pass_on(there, writer))
    while data := await reader.read(65536):
        if b"COMMIT" not in data:
            back.write(data)
            continue
        replies.cancel()
        await asyncio.gather(replies, return_exceptions=True)
        back.write(data)
        await there.read(1)  # the reply has come: it is committed
        break
    replies.cancel()
    await asyncio.gather(replies, return_exceptions=True)
    for end in (back, writer):
        end.close()
        await asyncio.gather(end.wait_closed(), return_exceptions=True)


async def pass_on(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)


async def test_a_connection_lost_after_commit_was_sent_is_ambiguous_and_the_state_tells(store, empty_database):
    address = urlsplit(empty_database.worker)
    target = (address.hostname, address.port)
    proxy = await asyncio.start_server(lambda r, w: cut_after_commit(r, w, target), "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    dsn = empty_database.worker.replace(f":{address.port}/", f":{port}/")

    async with pooled(dsn, 1) as pool:
        with pytest.raises(AmbiguousCommitError):
            await keep(SqlStore(pool, KEYS), a_new_case())
    proxy.close()
    await proxy.wait_closed()

    async with store.work(TENANT) as work:
        assert set(await work.cases(TENANT, [an_id("graffiti")])) == {an_id("graffiti")}


async def test_the_demo_clock_is_the_time_of_every_transaction(store, worker_pool):
    await worker_pool.execute("INSERT INTO demo_clock VALUES (true, $1)", START)

    async with store.work(TENANT) as work:
        assert await work.now() == START


SECRETS = {"given_name": "Zebedee", "family_name": "Quillfeather", "phone": "07700900461"}


def disguises(value):
    """The value as it might lie somewhere: plain, folded, encoded, or as a bare hash."""
    plain = value.encode()
    return (
        plain,
        plain.lower(),
        b64encode(plain).rstrip(b"="),
        plain.hex().encode(),
        sha256(plain).hexdigest().encode(),
    )


async def everything_outside_the_vault(pool):
    names = await pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = b""
    for row in names:
        rows = await pool.fetch(f"SELECT t::text AS text FROM {row['tablename']} t")
        found += b"\n".join(part["text"].encode() for part in rows)
    return found


@pytest.mark.parametrize("people", [1, 40])
async def test_the_vault_is_written_in_as_many_statements_however_many_people_a_batch_brings(empty_database, people):
    asked = []

    async def listen(connection):
        connection.add_query_logger(lambda record: asked.append(record.query))

    async with asyncpg.create_pool(empty_database.worker, min_size=1, max_size=1, init=listen) as pool:
        async with SqlStore(pool, KEYS).work(TENANT) as work:
            for number in range(people):
                seal = Seal(person=an_id(f"p{number}"), ref=an_id("ref"), kind="participant", fields=SECRETS)
                await work.seal(TENANT, [seal], {})
            await work.keep(Batch(tenant=TENANT))
        assert await pool.fetchval("SELECT count(DISTINCT person) FROM vault.search_keys") == people

    assert len([one for one in asked if "vault." in one or "keyring." in one]) == 4


@pytest.mark.parametrize("searches", [1, 40])
async def test_a_batch_is_searched_for_in_as_many_reads_however_many_referrals_it_holds(empty_database, searches):
    asked, known = [], {"family_name": "Testperson", "birth_date": "1990-04-03"}

    async def listen(connection):
        connection.add_query_logger(lambda record: asked.append(record.query))

    async with asyncpg.create_pool(empty_database.worker, min_size=1, max_size=1, init=listen) as pool:
        store = SqlStore(pool, KEYS)
        async with store.work(TENANT) as work:
            await work.seal(TENANT, [Seal(person=an_id("p"), ref=an_id("r"), kind="participant", fields=known)], {})
            await work.keep(Batch(tenant=TENANT))
        asked.clear()
        everybody = [{**known, "phone": f"07700 {number:06}"} for number in range(searches)]
        async with store.work(TENANT) as work:
            await work.foresee(TENANT, searches=everybody)
            found = [await work.search(TENANT, details) for details in everybody]

    assert [[person for person, _ in one] for one in found] == [[an_id("p")]] * searches
    assert len([one for one in asked if "vault." in one]) == 2


@pytest.mark.parametrize("people", [1, 40])
async def test_what_a_batch_opens_is_opened_in_one_read_and_places_are_read_once(empty_database, people):
    asked = []

    async def listen(connection):
        connection.add_query_logger(lambda record: asked.append(record.query))

    wanted = [(an_id(f"p{number}"), "participant") for number in range(people)]
    async with (
        asyncpg.create_pool(empty_database.worker, min_size=1, max_size=1, init=listen) as pool,
        SqlStore(pool, KEYS).work(TENANT) as work,
    ):
        asked.clear()
        await work.parked(TENANT, [person for person, _ in wanted])
        await work.foresee(TENANT, opening=wanted)
        for person, kind in wanted:
            await work.unseal(TENANT, [(person, kind)])
            await work.parked(TENANT, [person])
            await work.sites(TENANT, "provider")
            await work.open_slots(TENANT, "provider", START, START)
            await work.caseworkers(TENANT, "provider")

    reads = ("FROM parked_cases", "FROM vault.records", "FROM sites", "FROM slots", "FROM caseworkers")
    assert [sum(read in one for one in asked) for read in reads] == [1] * len(reads)


async def test_no_sealed_value_lies_in_any_table_outside_the_vault(store, worker_pool, empty_database):
    seal = Seal(person=an_id("person"), ref=an_id("ref"), kind="participant", fields=SECRETS)
    poison = Quarantined(
        tenant=TENANT,
        topic="referrals.police.north-force",
        partition=0,
        offset=1,
        fingerprint="f",
        reason="unreadable",
        headers=(("ce_id", b"1"),),
        value=f'{{"name": "{SECRETS["family_name"]}"'.encode(),
    )
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [seal], {"source_organisation": "north-force"})
        await work.keep(Batch(tenant=TENANT, cases=(a_new_case(),), quarantined=(poison,)))
    superuser = await asyncpg.connect(empty_database.superuser)

    outside = await everything_outside_the_vault(superuser)
    await superuser.execute("INSERT INTO parked_cases VALUES ('t', $1, $2, now())", an_id("x"), SECRETS["phone"])
    planted = await everything_outside_the_vault(superuser)
    vault = await superuser.fetch("SELECT sealed FROM vault.records")
    await superuser.close()

    assert len(vault) == 1
    for value in SECRETS.values():
        assert not [form for form in disguises(value) if form in outside.lower() or form in outside]
        assert value.encode() not in vault[0]["sealed"]
    assert SECRETS["phone"].encode() in planted
