"""Signing in: a port where another provider of identities fits, and the local accounts behind it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from workflow.portal_ports import Accounts

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MOST_PASSWORD_LENGTH = 1024
"""Longer ones are refused unread: hashing must not cost more because somebody sends a book."""


class SignIn(Protocol):
    """Finds out who somebody is. OIDC fits here: what it proves is a user id, and engagements do the rest."""

    async def sign_in(self, login: str, password: str) -> UUID | None:
        """Return the user, or None; why not is never told, and a wrong login costs as long as a wrong password."""
        ...


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, salted, with its parameters."""
    return PasswordHasher().hash(password)


@dataclass(frozen=True, slots=True)
class LocalSignIn:
    """Accounts of our own: argon2id, and a lock of 15 minutes after 5 failures."""

    accounts: Accounts
    # Of no account: verified when the login is unknown, so that both take the same time.
    nobody: str = field(default_factory=lambda: hash_password("nobody has this password"))
    # One at a time: each hash takes 64 MiB and all cores, and forty at nine in the morning left none for the pages.
    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def sign_in(self, login: str, password: str) -> UUID | None:
        """Return the user, or None."""
        account = await self.accounts.account(login.strip().casefold())
        stored = account.password_hash if account else self.nobody
        async with self.turn:
            right = await asyncio.to_thread(_verify, stored, password)
        if account is None or account.locked:
            return None
        if not right:
            await self.accounts.sign_in_failed(account.id, most=MOST_FAILURES, lock_for=LOCKED_FOR)
            return None
        await self.accounts.sign_in_succeeded(account.id)
        return account.id


def _verify(stored: str, password: str) -> bool:
    if len(password) > MOST_PASSWORD_LENGTH:
        return False
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
