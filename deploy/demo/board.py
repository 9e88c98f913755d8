"""The live board in the terminal; without one, or beside JSON, a line of progress now and then."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self

import asyncpg
from rich.console import Console
from rich.live import Live

from deploy.demo.picture import WHO_IS_REAL, Doors, Shown, picture
from deploy.demo.seen import Seen, Watch
from workflow.rules.calendar import local

REFRESH_S = 0.5
PLAIN_S = 10.0
# A look may cost the demo one part in so many of its time: many cases, fewer looks.
SHARE = 50
NEWS = 4
ROOMY_HEIGHT = 31


class Timed(Protocol):
    """Whoever knows the demo's time."""

    def now(self) -> datetime:
        """Return the present instant."""
        ...


class Board:
    """Shows how the demo goes; reads SQL and nothing of the simulator's."""

    def __init__(self, referrals: int, *, plain: bool, console: Console | None = None) -> None:
        """Expect so many referrals; `plain` writes lines to standard error instead of a live board."""
        self._console = console or Console(stderr=plain)
        plain = plain or not self._console.is_terminal
        self._live = None if plain else Live(console=self._console, auto_refresh=False)
        self._shown = Shown(seen=Seen(), expected=referrals)
        self._watch = Watch()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
            self._draw()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the last picture standing."""
        if self._live:
            self._live.stop()

    def note(self, text: str) -> None:
        """Show a line of news."""
        self._show(news=(*self._shown.news, text)[-NEWS:])
        if self._live is None:
            sys.stderr.write(f"amends demo: {text}\n")

    def open_doors(self, doors: Doors) -> None:
        """Show from now on where the pages are."""
        self._show(doors=doors)
        if self._live is None:
            self.note(f"pages at {doors.url}, sign in for example as {doors.login} with {doors.password}")
            self.note(WHO_IS_REAL)

    @contextlib.asynccontextmanager
    async def watching(self, pool: asyncpg.Pool, stage: Timed) -> AsyncIterator[None]:
        """Look again and again meanwhile, and a last time at the end."""
        looking = asyncio.create_task(self._look_on(pool, stage))
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.wait((looking,))
        await self._look(pool, stage)

    async def _look_on(self, pool: asyncpg.Pool, stage: Timed) -> None:
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            await self._look(pool, stage)
            pause = REFRESH_S if self._live else PLAIN_S
            await asyncio.sleep(max(pause, SHARE * (loop.time() - begun)))

    async def _look(self, pool: asyncpg.Pool, stage: Timed) -> None:
        """A database that is away for a moment is passed over."""
        try:
            self._show(seen=await self._watch.look(pool, stage.now(), asyncio.get_running_loop().time()))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self.note("the database does not answer")
            return
        if self._live is None:
            self.note(progress_line(self._shown.seen))

    def _show(self, **changed: Any) -> None:
        self._shown = replace(self._shown, **changed)
        self._draw()

    def _draw(self) -> None:
        if self._live:
            self._live.update(picture(self._shown, roomy=self._console.height >= ROOMY_HEIGHT), refresh=True)


def progress_line(seen: Seen) -> str:
    """Return how things stand in one line."""
    when = f"{local(seen.at):%a %d %b %Y %H:%M}" if seen.at else "starting"
    rate = f"{seen.events_a_second:.0f}/s"
    return f"{when}: {seen.cases} cases, {seen.ended} ended, {seen.events} events ({rate})"
