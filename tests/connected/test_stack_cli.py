"""The command line on a real database and broker: refused in a line, verified, seen to."""

import json
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr

from deploy.local.home import Home
from deploy.local.ports import HOST, free_port
from deploy.local.tansu import start_tansu
from deploy.settings import KafkaSettings, Settings
from deploy.stack.people import Engaged, People
from schemas.vocabulary import OrganisationKind, Role
from streams.settings import Broker
from tests.builders.cli import run_cli
from tests.builders.kept_cases import a_new_case
from tests.builders.streams import an_organisation
from tests.databases import KEYS
from workflow.machine.decision import Seal
from workflow.ports import Batch, Quarantined
from workflow.store.checkpoints import build_checkpoint
from workflow.store.keys import KeyedIds
from workflow.store.migrate import newest_version
from workflow.store.reference import Reference
from workflow.store.sql_store import SqlStore

# The command line asks nothing of a database that depends on its version; one will do.
ONE_DATABASE = pytest.mark.parametrize("database", ["embedded"], indirect=True)
pytestmark = [pytest.mark.connected, pytest.mark.slow, ONE_DATABASE]

A_REHEARSAL = """
scheme: derbyshire
steps:
  - at: 2026-06-09T16:10+01:00
    refer: {agency: police, as: graffiti}
  - expect:
      - {case: graffiti, state: received}
"""
PROVIDER = an_organisation("a-provider", OrganisationKind.PROVIDER)


@pytest.fixture
async def broker(tmp_path):
    home = Home(tmp_path)
    running = await start_tansu(log_path=home.log("broker"), pid_path=home.run / "broker.pid")
    yield running
    await running.stop()


@pytest.fixture
async def registered(empty_database, worker_pool):
    await Reference(worker_pool).put_organisations([PROVIDER], await worker_pool.fetchval("SELECT now()"))
    return worker_pool


@pytest.fixture
def settings(empty_database, tmp_path):
    """Settings that name the test's database, and a broker that does not answer."""
    given = empty_database
    dsns = {"owner": given.owner, "worker": given.worker, "portal": given.portal, "auditor": given.auditor}
    return Settings(
        home=tmp_path,
        database={f"amends_{role}": dsn for role, dsn in dsns.items()},
        master_key=KEYS.master.hex(),
        kafka=KafkaSettings(bootstrap=f"{HOST}:{free_port()}", broker=Broker.TANSU),
        worker="a-worker",
    )


def a_quarantined(fingerprint, offset):
    return Quarantined(
        tenant=PROVIDER.tenant,
        topic="case.commands",
        partition=0,
        offset=offset,
        fingerprint=fingerprint,
        reason="not_json",
        headers=(),
        value=b"{",
    )


def with_broker(settings, broker):
    kafka = settings.kafka.model_copy(update={"bootstrap": broker.bootstrap})
    return settings.model_copy(update={"kafka": kafka})


async def test_a_broker_that_does_not_answer_is_said_in_one_line(settings):
    done = await run_cli(settings, "worker")

    assert (done.status, len(done.errors)) == (2, 1)
    assert settings.kafka.bootstrap in done.errors[0]


async def test_a_worker_name_in_use_is_refused_in_one_line(settings, registered, broker):
    await registered.execute(
        "INSERT INTO leases (name, holder, epoch, expires_at) VALUES ('worker:a-worker', 'b', 1, now() + '1 hour')"
    )
    engine = settings.engine.model_copy(update={"lease_s": 1.0})
    busy = with_broker(settings, broker).model_copy(update={"engine": engine})

    done = await run_cli(busy, "worker")

    assert (done.status, len(done.errors)) == (2, 1)
    assert "a-worker" in done.errors[0]


async def test_a_newer_schema_is_refused_in_one_line_by_every_part(settings, empty_database):
    connection = await asyncpg.connect(empty_database.superuser)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    try:
        done = [await run_cli(settings, part) for part in ("worker", "portal", "migrate", "verify")]
    finally:
        await connection.execute("UPDATE alembic_version SET version_num = $1", newest_version())
        await connection.close()

    assert [(one.status, len(one.errors)) for one in done] == [(2, 1)] * 4
    assert all("newer" in one.errors[0] for one in done)


async def test_a_user_is_hired_listed_locked_and_given_another_password(settings, registered):
    arguments = ("J.Reed", "--organisation", PROVIDER.slug, "--role", Role.TRIAGE)
    added = json.loads((await run_cli(settings, "users", "add", *arguments, "--json")).said)
    again = await run_cli(settings, "users", "add", *arguments)
    locked = await run_cli(settings, "users", "lock", "j.reed")
    (row,) = json.loads((await run_cli(settings, "users", "list", "--json")).said)
    reset = json.loads((await run_cli(settings, "users", "reset-password", "j.reed", "--json")).said)

    assert (again.status, len(again.errors)) == (2, 1)
    assert locked.status == 0
    assert (row["login"], row["role"], row["locked"]) == ("j.reed", "triage", True)
    assert len({added["password"], reset["password"]}) == 2
    assert added["password"] not in await registered.fetchval("SELECT password_hash FROM users")


async def test_somebody_of_no_organisation_is_not_hired_at_all(registered):
    people = People(registered, KeyedIds(KEYS))

    with pytest.raises(Exception, match="no organisation nowhere"):
        await people.hire("j.reed", Engaged(organisation="nowhere", role=Role.TRIAGE))

    assert await people.listed() == []


async def test_an_agency_gets_its_pair_of_topics_and_a_secret_that_is_kept_as_a_hash(settings, registered, broker):
    settings = with_broker(settings, broker)
    words = ("high-peak-homes", "--kind", "housing", "--name", "High Peak Homes", "--tenant", PROVIDER.tenant)

    made = await run_cli(settings, "organisations", "register", *words)
    issued = json.loads((await run_cli(settings, "organisations", "credential", "issue", words[0], "--json")).said)
    row = await registered.fetchrow("SELECT * FROM credentials")
    revoked = await run_cli(settings, "organisations", "credential", "revoke", str(row["id"]))

    assert "New topic referrals.housing.high-peak-homes" in made.said
    assert "New topic notices.housing.high-peak-homes" in made.said
    assert issued["bearer"].partition(".")[2].encode() not in row["secret_hash"]
    assert revoked.status == 0
    assert await registered.fetchval("SELECT revoked_at IS NOT NULL FROM credentials")


async def test_a_key_that_opens_nothing_is_refused_at_the_start_and_named_by_verify(settings, registered):
    sealed = Seal(person=UUID(int=1), ref=UUID(int=2), kind="free_text", fields={"text": "invented"})
    async with SqlStore(registered, KEYS).work(PROVIDER.tenant) as work:
        await work.seal(PROVIDER.tenant, [sealed], {})
        await work.keep(Batch(tenant=PROVIDER.tenant, cases=()))
    wrong = settings.model_copy(update={"master_key": SecretStr("11" * 32)})

    refused = [await run_cli(wrong, *command) for command in (("worker",), ("portal",), ("users", "list"))]
    verified = await run_cli(wrong, "verify")
    right = await run_cli(settings, "verify")

    assert [(one.status, len(one.errors)) for one in refused] == [(2, 1)] * 3, refused
    assert all("does not open" in one.errors[0] for one in refused)
    assert (verified.status, verified.said.splitlines()[0].split(":")[0]) == (1, "key")
    assert right.status == 0


async def test_a_checkpoint_is_not_judged_without_the_key_that_signed_it(settings, registered, tmp_path):
    outside = tmp_path / "outside.jsonl"
    async with SqlStore(registered, KEYS).work(PROVIDER.tenant) as work:
        await work.keep(Batch(tenant=PROVIDER.tenant, cases=(a_new_case(tenant=PROVIDER.tenant),)))
    async with registered.acquire() as connection:
        made = await build_checkpoint(connection, KEYS, PROVIDER.tenant, await connection.fetchval("SELECT now()"))
    outside.write_bytes(made.to_bytes())
    keyless = settings.model_copy(update={"master_key": None})

    alone = await run_cli(keyless, "verify")
    against = await run_cli(keyless, "verify", "--against", str(outside))

    assert alone.status == 0
    assert (against.status, len(against.errors)) == (2, 1)
    assert "AMENDS_MASTER_KEY" in against.errors[0]


async def test_an_empty_database_verifies_and_a_quarantine_without_records_says_so(settings, registered):
    verified = await run_cli(settings, "verify", "--json")
    listed = await run_cli(settings, "dead-letters", "list")
    unknown = await run_cli(settings, "dead-letters", "discard", "0000")

    assert (verified.status, json.loads(verified.said)["ok"]) == (0, True)
    assert "Nothing lies in quarantine" in listed.said
    assert (unknown.status, len(unknown.errors)) == (2, 1)


async def test_a_record_in_quarantine_is_known_by_the_beginning_of_its_fingerprint(settings, registered):
    store, prints = SqlStore(registered, KEYS), ("aaaabbbb", "aaaacccc")
    for offset, fingerprint in enumerate(prints):
        async with store.work(PROVIDER.tenant) as work:
            await work.keep(Batch(tenant=PROVIDER.tenant, cases=(), quarantined=(a_quarantined(fingerprint, offset),)))

    shown = await run_cli(settings, "dead-letters", "show", "aaaab")
    unclear = await run_cli(settings, "dead-letters", "discard", "aaaa")
    short = await run_cli(settings, "dead-letters", "discard", "")
    gone = await run_cli(settings, "dead-letters", "discard", "aaaab")

    assert ("aaaabbbb" in shown.said, "aaaacccc" in shown.said) == (True, False)
    assert [(one.status, len(one.errors)) for one in (unclear, short)] == [(2, 1)] * 2
    assert gone.status == 0
    assert await registered.fetch("SELECT fingerprint FROM quarantine") == [("aaaacccc",)]


async def test_a_rehearsal_holds_on_the_real_store_and_one_that_does_not_says_where(settings, tmp_path):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(A_REHEARSAL.replace("received", "accepted"), encoding="utf-8")
    right = tmp_path / "right.yaml"
    right.write_text(A_REHEARSAL, encoding="utf-8")

    held = await run_cli(settings, "rehearse", str(right))
    failed = await run_cli(settings, "rehearse", str(right), str(wrong), "--json")
    unknown = await run_cli(settings, "rehearse", str(tmp_path / "nowhere.yaml"))

    assert (held.status, held.errors) == (0, []), held
    assert [one["ok"] for one in json.loads(failed.said)] == [True, False]
    assert failed.status == 1
    assert (unknown.status, len(unknown.errors)) == (2, 1)
