"""The live board in the terminal; without one, or beside JSON, a line of progress now and then."""

import asyncio
import sys
from types import TracebackType
from typing import Protocol, Self

import asyncpg
from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table

from workflow.rules.calendar import local

REFRESH_S = 0.5
PLAIN_S = 10.0
NOTES = 4
STATES = "SELECT state, count(*) AS n FROM cases GROUP BY state ORDER BY state"
COUNTS = """
SELECT (SELECT count(*) FROM case_events) AS facts, (SELECT count(*) FROM outward_records) AS records,
       (SELECT count(*) FROM mailbox) AS mail, (SELECT count(*) FROM outbox) AS waiting,
       (SELECT count(*) FROM cases WHERE state = ANY($1::text[])) AS ended
"""
ENDED = ["closed_completed", "declined", "linked", "returned", "withdrawn", "transferred", "closed_no_fault"]


class Timed(Protocol):
    """Whoever knows the demo's time."""

    def now(self) -> object:
        """Return the present instant."""
        ...


class Board:
    """Shows how the demo goes; reads SQL and nothing of the simulator's."""

    def __init__(self, referrals: int, *, plain: bool) -> None:
        """Expect so many referrals; `plain` writes lines to standard error instead of a live table."""
        self._referrals = referrals
        self._console = Console(stderr=plain)
        self._live = None if plain or not self._console.is_terminal else Live(console=self._console)
        self._notes: list[str] = []
        self._facts = 0

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the last picture standing."""
        if self._live:
            self._live.stop()

    def note(self, text: str) -> None:
        """Show a line of news."""
        self._notes = [*self._notes, text][-NOTES:]
        if self._live is None:
            sys.stderr.write(f"amends demo: {text}\n")

    async def watch(self, pool: asyncpg.Pool, stage: Timed) -> None:
        """Refresh until cancelled; a database that is away for a moment is passed over."""
        while True:
            try:
                await self._refresh(pool, stage)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                self.note("the database does not answer")
            await asyncio.sleep(REFRESH_S if self._live else PLAIN_S)

    async def _refresh(self, pool: asyncpg.Pool, stage: Timed) -> None:
        states = await pool.fetch(STATES)
        counts = await pool.fetchrow(COUNTS, ENDED)
        shown = f"{local(stage.now()):%a %d %b %Y %H:%M}"  # type: ignore[arg-type]
        cases = sum(row["n"] for row in states)
        rate = (counts["facts"] - self._facts) / (REFRESH_S if self._live else PLAIN_S)
        self._facts = counts["facts"]
        if self._live is None:
            self.note(f"{shown}: {cases} cases, {counts['ended']} ended, {counts['facts']} events ({rate:.0f}/s)")
            return
        self._live.update(self._picture(shown, states, counts, rate))

    def _picture(self, shown: str, states: list[asyncpg.Record], counts: asyncpg.Record, rate: float) -> Panel:
        table = Table.grid(padding=(0, 3))
        table.add_row("demo time", shown)
        table.add_row("ended", ProgressBar(total=self._referrals, completed=counts["ended"], width=40))
        for row in states:
            table.add_row(row["state"].replace("_", " "), str(row["n"]))
        table.add_row("events", f"{counts['facts']} ({rate:.0f} a second)")
        table.add_row("notices", f"{counts['records']} kept, {counts['mail']} delivered to people")
        table.add_row("waiting to be published", str(counts["waiting"]))
        for note in self._notes:
            table.add_row("news", note)
        return Panel(table, title="Amends: the main job on real incidents, with invented people")
