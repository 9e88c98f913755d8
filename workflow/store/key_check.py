"""Does a master key open what this database keeps sealed? Asked before anything is sealed under another one."""

from collections.abc import Iterable

import asyncpg
from cryptography.exceptions import InvalidTag

from workflow.store.keys import MasterKeys
from workflow.store.sealing import Sealer

_ONE = "SELECT person, wrapped FROM keyring.person_keys WHERE tenant = $1 LIMIT 1"
# The portal's role sees one scheme at a time, and keys as the engine alone.
_AS_ENGINE = "SELECT set_config('app.tenant', $1, true), set_config('app.organisation', '*', true)"


async def key_fits(connection: asyncpg.Connection, keys: MasterKeys, tenants: Iterable[str]) -> bool:
    """Return whether the key opens one person's key of each scheme; an empty vault fits every key."""
    sealer = Sealer(keys)
    for tenant in tenants:
        async with connection.transaction(readonly=True):
            await connection.execute(_AS_ENGINE, tenant)
            row = await connection.fetchrow(_ONE, tenant)
        if row is not None and not _opens(sealer, tenant, row):
            return False
    return True


def _opens(sealer: Sealer, tenant: str, row: asyncpg.Record) -> bool:
    try:
        sealer.opened_key(tenant, row["person"], row["wrapped"])
    except InvalidTag:
        return False
    return True
