"""Many held cases from a few real ones: each row of a case is written again under other ids, so that sizes are true.

The copies' ids and hashes do not fit one another's payloads, so such a database is for measuring and nothing else.
"""

CASE_TABLES = (
    "public.cases",
    "public.case_events",
    "public.case_referrers",
    "public.messages",
    "public.sendings",
    "public.outward_records",
    "public.timers",
    "public.deliveries",
    "public.mailbox",
    "keyring.person_keys",
    "vault.records",
    "vault.search_keys",
)
IDENTIFYING = {"message_id", "number", "ce_id", "event_id"}
_COLUMNS = """
SELECT column_name AS name, udt_name AS type FROM information_schema.columns
WHERE table_schema || '.' || table_name = $1 AND is_identity = 'NO' ORDER BY ordinal_position
"""
# Superusers may; REINDEX makes them ready again.
_STAND_STILL = "UPDATE pg_index SET indisready = false WHERE indrelid = $1::regclass"
_INDEXES = "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = $1::regclass"
LOOSE = 70
"""Per cent: what a page of an index holds on average when its keys come in no order."""


async def keep_templates(connection):
    """Set the rows that are there apart, as what every later copy is made from."""
    await connection.execute("CREATE SCHEMA IF NOT EXISTS template")
    for table in CASE_TABLES:
        await connection.execute(f"CREATE TABLE {_template(table)} AS SELECT * FROM {table}")
        for (index,) in await connection.fetch(_INDEXES, table):
            await connection.execute(f"ALTER INDEX {index} SET (fillfactor = {LOOSE})")


async def multiply(connection, first, last):
    """Write the templates' rows again, under the copy numbers from first to last.

    Indexes stand still meanwhile and are made anew afterwards, as loosely filled as random keys leave them: a million
    cases in minutes, and pages as full as they would be.
    """
    for table in CASE_TABLES:
        columns = await connection.fetch(_COLUMNS, table)
        names = ", ".join(f'"{row["name"]}"' for row in columns)
        values = ", ".join(_other(row["name"], row["type"]) for row in columns)
        await connection.execute(_STAND_STILL, table)
        await connection.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {_template(table)}, generate_series({first}, {last}) n"
        )
        await connection.execute(f"REINDEX TABLE {table}")
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")


def _template(table):
    return f"template.{table.rpartition('.')[2]}"


def _other(name, type_):
    """The expression by which copy n has a value of its own, where the value identifies something."""
    if type_ == "uuid":
        return f'md5("{name}"::text || n)::uuid'
    if name == "hmac":
        return f'substr(sha256("{name}" || n::text::bytea), 1, length("{name}"))'
    if name in IDENTIFYING and type_ in {"text", "varchar"}:
        return f"\"{name}\" || ':' || n"
    return f'"{name}"'
