"""The portal's parts on a real database."""

import asyncpg

from tests.fakes.portal import BOOK
from tests.fakes.portal_ports import HASH
from workflow.handlers.office import Office
from workflow.portal.parts import PortalParts
from workflow.portal.signing_in import LocalSignIn
from workflow.store.accounts import SqlAccounts
from workflow.store.keys import KeyedIds, MasterKeys
from workflow.store.portal_logbook import SqlLogbook, SqlReadiness
from workflow.store.portal_reading import SqlReading
from workflow.store.sql_store import SqlClock, SqlStore

KEYS = MasterKeys(bytes(32))


def sql_parts(pool: asyncpg.Pool) -> PortalParts:
    """Return parts that read and write through one pool, on the database's clock."""
    ids, store, accounts = KeyedIds(KEYS), SqlStore(pool, KEYS), SqlAccounts(pool)
    return PortalParts(
        office=Office(store=store, book=BOOK, ids=ids),
        store=store,
        book=BOOK,
        ids=ids,
        clock=SqlClock(pool),
        reading=SqlReading(pool),
        readiness=SqlReadiness(pool),
        accounts=accounts,
        logbook=SqlLogbook(pool, ids),
        sign_in=LocalSignIn(accounts, HASH),
    )
