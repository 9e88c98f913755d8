"""One stack a home: the lock that a second `amends up` meets, and the note by which other commands find the first."""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from deploy.local.errors import LocalStackError
from deploy.local.home import Home, write_private
from deploy.settings import Settings

NOTE = "stack.json"


class HomeLock:
    """Held while a stack runs in a home. The kernel lets go of it when the process dies, however it dies."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock, or raise LocalStackError when another stack holds it."""
        self._home.ensure()
        descriptor = os.open(self._home.run / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise LocalStackError(
                f"Amends already runs in {self._home.path}. Stop it there, or choose another home with --home."
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go. May be called again."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def taken(self) -> bool:
        """Whether this very lock is held."""
        return self._descriptor is not None

    @staticmethod
    def held(home: Home) -> bool:
        """Whether a stack runs in the home now."""
        if not (home.run / "up.lock").exists():
            return False
        probe = HomeLock(home)
        try:
            probe.take()
        except LocalStackError:
            return True
        probe.release()
        return False


@dataclass(frozen=True, slots=True)
class Note:
    """The settings of the running stack, in the home, for its owner's eyes alone."""

    path: Path

    @classmethod
    def of(cls, home: Home) -> "Note":
        """Return the note of a home."""
        return cls(home.run / NOTE)

    def write(self, settings: Settings) -> None:
        """Replace the note in one step."""
        draft = self.path.with_name(f".{NOTE}")
        draft.unlink(missing_ok=True)
        write_private(draft, orjson.dumps(settings.model_dump(), default=_plain).decode())
        draft.replace(self.path)

    def read(self) -> Settings | None:
        """Return the settings of the running stack, or None where there is no note."""
        try:
            return Settings(**orjson.loads(self.path.read_bytes()))
        except (OSError, ValueError):
            return None

    def remove(self) -> None:
        """Remove it; that it is gone is no error."""
        self.path.unlink(missing_ok=True)


def _plain(value: Any) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
