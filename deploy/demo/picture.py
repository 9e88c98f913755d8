"""The board as a picture of what was seen: text and colours, no database, no terminal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import ROUNDED
from rich.console import Group, JustifyMethod, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.demo.seen import Seen
from schemas.vocabulary import ENDED_STATES, CaseState, ClockOrigin
from workflow.rules.calendar import local

TITLE = "Amends: the main job on real incidents, with invented people"
WHO_IS_REAL = "The people are invented; rows of other areas stand in for Durham's."
S = CaseState
OPEN = (
    *(S.RECEIVED, S.AWAITING_INFORMATION, S.ACCEPTED, S.ASSESSING, S.PLAN_AGREED),
    *(S.SCHEDULED, S.ACTIVE, S.HOURS_MET, S.PAUSED),
)
ENDED = tuple(state for state in CaseState if state in ENDED_STATES and state is not S.ERASED)
ORIGINS: Mapping[ClockOrigin, str] = {
    ClockOrigin.BEHAVIOUR_FROM: "behaviour",
    ClockOrigin.REFERRAL_SENT: "referral",
    ClockOrigin.POLICE_DECIDED: "police",
    ClockOrigin.DISPOSAL: "disposal",
}
STATUSES = {
    "met": ("met", "green"),
    "missed": ("missed", "red"),
    "running": ("running", "cyan"),
    "ended_unstarted": ("no start", "yellow"),
    "not_applicable": ("n/a", "dim"),
}
AUDIENCES = {
    "affected_person": " to affected people",
    "participant": " to participants",
    "police": " to police",
    "youth_justice": " to youth justice",
    "housing": " to housing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where the pages are, and how to sign in there."""

    url: str
    login: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is on the board beside what was seen; `expected` are the referrals that the demo is to send."""

    seen: Seen
    expected: int
    doors: Doors | None = None
    news: tuple[str, ...] = ()


def picture(shown: Shown, *, roomy: bool = True) -> Panel:
    """Return the board; where there is little height, without gaps and news."""
    seen, gap = shown.seen, [Text()] if roomy else []
    parts: list[RenderableType] = [_progress(shown), _totals(seen), Text(), _middle(seen), *gap, _clocks(seen), *gap]
    parts += [*_pages(shown.doors), Text(WHO_IS_REAL, style="dim")]
    if roomy and shown.news:
        parts += [Text(), *(Text(f"· {line}", style="dim", overflow="ellipsis", no_wrap=True) for line in shown.news)]
    return Panel(Group(*parts), title=f"[bold]{TITLE}", box=ROUNDED, border_style="cyan")


def _progress(shown: Shown) -> Table:
    seen = shown.seen
    # A transfer opens a case that nobody sent.
    total = max(shown.expected, seen.referrals) + seen.cases - seen.referrals
    row = Table.grid(padding=(0, 2), expand=True)
    row.add_column(no_wrap=True)
    row.add_column(ratio=1)
    row.add_column(no_wrap=True, justify="right")
    when = f"{local(seen.at):%a %d %b %Y %H:%M}" if seen.at else "starting ..."
    bar = ProgressBar(total=total, completed=seen.ended, complete_style="green")
    row.add_row(Text(when, style="bold"), bar, f"{seen.ended} of {total} cases ended")
    return row


def _totals(seen: Seen) -> Text:
    pairs = (
        ("referrals", f"{seen.referrals:,}"),
        ("cases", f"{seen.cases:,}"),
        ("events", f"{seen.events:,}"),
        ("a second", f"{seen.events_a_second:.0f}"),
        ("unpublished", f"{seen.waiting:,}"),
    )
    return Text("   ").join(Text.assemble((number, "bold"), " ", (name, "dim")) for name, number in pairs)


def _middle(seen: Seen) -> Table:
    row = Table.grid(padding=(0, 2), expand=True)
    row.add_row(_pairs(_states(seen, OPEN)), _pairs(_states(seen, ENDED)), _pairs(_work(seen)))
    return row


def _states(seen: Seen, states: Sequence[CaseState]) -> Iterator[tuple[str, int]]:
    return ((state.replace("_", " "), seen.by_state.get(state, 0)) for state in states)


def _work(seen: Seen) -> Iterator[tuple[str, int]]:
    yield "minutes credited", seen.minutes.get("credited", 0)
    yield "of authorised", seen.minutes.get("authorised", 0)
    yield "sessions attended", seen.sessions.get("attended", 0)
    yield "notices", sum(seen.notices.values())
    for name, words in AUDIENCES.items():
        yield words, seen.notices.get(name, 0)


def _pairs(pairs: Iterator[tuple[str, int]]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    for words, number in pairs:
        table.add_row(words, f"{number:,}", style="" if number else "dim")
    return table


def _clocks(seen: Seen) -> Table:
    """Side by side: what the 48 hours count from, then a scheme each."""
    schemes = sorted({row["scheme"] for row in seen.clocks})
    row = Table.grid(padding=(0, 2))
    origins = _plain_table("Start in", ("48 h from",))
    for words in ORIGINS.values():
        origins.add_row(words)
    row.add_row(origins, *(_scheme_clocks(seen, scheme) for scheme in schemes))
    return row


def _scheme_clocks(seen: Seen, scheme: str) -> Table:
    table = _plain_table(scheme.title(), tuple(words for words, _ in STATUSES.values()), justify="right")
    counts = {row["origin"]: row for row in seen.clocks if row["scheme"] == scheme}
    for origin in ORIGINS:
        table.add_row(*_cells(counts[origin]))
    return table


def _plain_table(title: str, columns: Sequence[str], *, justify: JustifyMethod = "left") -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None)
    table.padding, table.pad_edge = (0, 0, 0, 1), False
    for words in columns:
        table.add_column(words, justify=justify, no_wrap=True)
    return table


def _cells(row: Mapping[str, Any]) -> Iterator[Text]:
    for name, (_, style) in STATUSES.items():
        yield Text(f"{row[name]:,}", style=style if row[name] else "dim")


def _pages(doors: Doors | None) -> Iterator[Text]:
    if doors is None:
        yield Text("The pages are not open yet.", style="dim")
        return
    yield Text.assemble("Pages    ", (doors.url, "bold cyan"))
    yield Text.assemble("Sign in  ", (doors.login, "bold"), "  ", (doors.password, "bold"))
