import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from workflow.store.migrate import NewerSchemaError, migrate, newest_version, schema_version
from workflow.store.tables import METADATA

pytestmark = pytest.mark.connected


async def test_migrating_again_changes_nothing(database):
    await migrate(database.owner)

    assert await schema_version(database.auditor) == newest_version() == "0001"


async def test_the_migrations_arrive_at_the_tables_of_the_code(database):
    engine = create_async_engine(database.owner.replace("postgresql:", "postgresql+asyncpg:"))

    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()

    assert differences == []


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

    await owner.execute("UPDATE alembic_version SET version_num = '0001'")
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
