import asyncio
import shutil
from dataclasses import replace

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.waiting import holds_within
from tests.builders.kept_cases import TENANT, a_new_case, an_id
from tests.databases import KEYS, pooled
from workflow.case.case import changed
from workflow.ports import Batch
from workflow.store.migrate import FOLDER, NewerSchemaError, migrate, newest_version, schema_version
from workflow.store.sql_store import SqlStore
from workflow.store.tables import METADATA

pytestmark = pytest.mark.connected


async def test_migrating_again_changes_nothing(database):
    await migrate(database.owner)

    assert await schema_version(database.auditor) == newest_version() == "0002"


async def test_the_migrations_arrive_at_the_tables_of_the_code(database):
    engine = create_async_engine(database.owner.replace("postgresql:", "postgresql+asyncpg:"))

    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()

    assert differences == []


async def test_who_knows_a_stored_case_by_what_is_worked_out_from_the_case(empty_database):
    async with pooled(empty_database.worker) as pool:
        await _kept_with_parties(SqlStore(pool, KEYS))
    owner = await asyncpg.connect(empty_database.superuser)
    parties = "SELECT agency, token FROM case_referrers ORDER BY agency"
    before = await owner.fetch(parties)
    await owner.execute(
        "ALTER TABLE case_referrers DROP COLUMN token, ADD CONSTRAINT case_referrers_pkey "
        "PRIMARY KEY (tenant, case_id, agency);"
        "CREATE INDEX case_referrers_by_agency ON case_referrers (tenant, agency, case_id);"
        "UPDATE alembic_version SET version_num = '0001'"
    )

    await migrate(empty_database.owner)

    assert [row["agency"] for row in before] == ["north-force", "second-provider", "youth"]
    assert await owner.fetch(parties) == before
    await owner.close()


async def test_a_migration_that_a_worker_and_it_would_wait_for_each_other_in_begins_again(
    empty_database, tmp_path, monkeypatch
):
    monkeypatch.setattr("workflow.store.migrate.FOLDER", with_one_more(tmp_path))
    reader = await asyncpg.connect(empty_database.superuser)
    holding = reader.transaction()
    await holding.start()
    await reader.execute("LOCK TABLE sites IN ACCESS SHARE MODE")

    migrating = asyncio.create_task(migrate(empty_database.owner))
    assert await holds_within(lambda: waits_for_a_lock(empty_database), 10)
    await reader.execute("SELECT count(*) FROM slots")  # until one of the two is chosen to give way: who waits longer
    await holding.commit()
    await migrating

    assert await schema_version(empty_database.owner) == "more"
    await reader.execute("ALTER TABLE slots DROP COLUMN more; ALTER TABLE sites DROP COLUMN more")
    await reader.execute("UPDATE alembic_version SET version_num = '0002'")
    await reader.close()


MORE = """from alembic import op

revision, down_revision, branch_labels, depends_on = "more", "0002", None, None


def upgrade():
    op.get_bind().exec_driver_sql("ALTER TABLE slots ADD COLUMN more int")
    op.get_bind().exec_driver_sql("ALTER TABLE sites ADD COLUMN more int")
"""


def with_one_more(folder):
    """The migrations, and one after them that changes two tables."""
    shutil.copytree(FOLDER, folder / "migrations")
    (folder / "migrations" / "versions" / "more.py").write_text(MORE, encoding="utf-8")
    return folder / "migrations"


async def waits_for_a_lock(database):
    connection = await asyncpg.connect(database.superuser)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE sites%'"
    found = await connection.fetchval(waiting)
    await connection.close()
    return found


async def _kept_with_parties(store):
    kept = a_new_case()
    case = changed(kept.case, clearance_agency="youth", clearance_token=an_id("token"), transfer_to="second-provider")
    async with store.work(TENANT) as work:
        await work.keep(Batch(tenant=TENANT, cases=(replace(kept, case=case),)))


def _differences(connection):
    options = {"include_schemas": True, "compare_type": True, "include_object": _is_ours}
    return compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)


def _is_ours(thing, name, kind, reflected, other):
    return name != "alembic_version"


async def test_a_newer_schema_than_the_code_is_refused(database):
    owner = await asyncpg.connect(database.owner)
    await owner.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerSchemaError, match="9999"):
        await migrate(database.owner)

    await owner.execute("UPDATE alembic_version SET version_num = $1", newest_version())
    await owner.close()


async def test_every_table_with_a_tenant_forces_row_security_even_on_its_owner(database):
    owner = await asyncpg.connect(database.owner)

    unguarded = await owner.fetch(
        "SELECT t.oid::regclass FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'tenant' "
        "JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname IN ('public', 'vault', 'keyring') "
        "WHERE t.relkind = 'r' AND NOT (t.relrowsecurity AND t.relforcerowsecurity)"
    )
    await owner.close()

    assert unguarded == []


async def test_what_is_written_once_can_be_changed_by_no_role_that_works(database):
    owner = await asyncpg.connect(database.owner)

    allowed = await owner.fetch(
        "SELECT r, t, p FROM unnest(ARRAY['amends_worker', 'amends_portal', 'amends_auditor']) r, "
        "unnest(ARRAY['case_events', 'outward_records', 'checkpoints', 'consultations']) t, "
        "unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) p WHERE has_table_privilege(r, t, p)"
    )
    await owner.close()

    assert allowed == []
