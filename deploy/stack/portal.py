"""The portal, joined: store, rules, accounts and readiness handed to it, and served until it is told to stop."""

import asyncpg

from deploy.bootstrap import build_office, master_keys
from deploy.settings import Settings
from workflow.portal.app import serve
from workflow.portal.parts import PortalParts
from workflow.portal.parts import PortalSettings as Limits
from workflow.portal.signing_in import LocalSignIn
from workflow.store.accounts import SqlAccounts
from workflow.store.keys import KeyedIds
from workflow.store.pools import PATIENCE
from workflow.store.portal_logbook import SqlLogbook, SqlReadiness
from workflow.store.portal_reading import SqlReading
from workflow.store.sql_store import SqlClock

PORTAL_ROLE = "amends_portal"
COMMAND_TIMEOUT_S = 30


def portal_parts(settings: Settings, pool: asyncpg.Pool) -> PortalParts:
    """Return what the portal is given, on a pool of `amends_portal`."""
    office, accounts = build_office(settings, pool), SqlAccounts(pool)
    ids = KeyedIds(master_keys(settings))
    return PortalParts(
        office=office,
        store=office.store,
        book=office.book,
        ids=ids,
        clock=SqlClock(pool),
        reading=SqlReading(pool),
        readiness=SqlReadiness(pool),
        accounts=accounts,
        logbook=SqlLogbook(pool, ids),
        sign_in=LocalSignIn(accounts),
        settings=Limits(secure_cookies=settings.portal.secure_cookies),
    )


async def run_portal(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    portal = settings.portal
    dsn = settings.dsn(PORTAL_ROLE)
    async with asyncpg.create_pool(
        dsn,
        min_size=2,
        max_size=portal.pool,
        command_timeout=COMMAND_TIMEOUT_S,
        server_settings=PATIENCE,
    ) as pool:
        await serve(portal_parts(settings, pool), portal.host, portal.port)
