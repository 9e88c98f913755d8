"""Named points at which a process can be told to die, for those who test what a crash does."""

import os
import signal
from collections.abc import Callable
from typing import Final

NAMES: Final = frozenset(
    {
        "before_sql",
        "after_sql",
        "after_commit",
        "after_publish_before_ack",
        "before_outbox_delete",
        "in_assignment",
        "in_timer",
        "after_mail_before_sent",
    }
)


class UnknownFailpointError(ValueError):
    """A failpoint that no code passes would make a crash test that cannot fail."""


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Failpoints:
    """Kills the process at the n-th pass of one named point; passes every other point."""

    def __init__(self, wanted: str | None, *, allowed: bool, die: Callable[[], None] = _die) -> None:
        """Take `name:n`, or `name` for the first pass; nothing is ever killed unless `allowed`."""
        name, _, count = (wanted or "").partition(":")
        if name and allowed and name not in NAMES:
            raise UnknownFailpointError(name)
        self._name = name if allowed else ""
        self._left = int(count or 1)
        self._die = die

    def __call__(self, name: str) -> None:
        """Pass a point."""
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            self._die()
