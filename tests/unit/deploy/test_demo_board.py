"""The board says what the issue promises, fits a terminal, and reads no more than has changed."""

import io
from datetime import UTC, datetime
from uuid import UUID

import pytest
from rich.console import Console

from deploy.demo.board import Board, progress_line
from deploy.demo.picture import Doors, Shown, picture
from deploy.demo.seen import Seen, Watch
from deploy.demo.summary import readable
from schemas.vocabulary import CaseState, ClockOrigin, ClockStatus
from tests.builders import cases as b
from workflow.store.rows import body_of

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
COUNTS = dict(zip(("met", "missed", "running", "ended_unstarted", "not_applicable"), (31, 32, 33, 34, 35), strict=True))
CLOCKS = tuple(
    {"scheme": scheme, "origin": str(origin), **COUNTS} for scheme in ("derbyshire", "durham") for origin in ClockOrigin
)
SEEN = Seen(
    at=NOON,
    referrals=143,
    by_state={str(state): 100 + number for number, state in enumerate(CaseState)},
    clocks=CLOCKS,
    minutes={"authorised": 83040, "credited": 56550},
    sessions={"attended": 400, "missed": 20},
    notices={"affected_person": 250, "participant": 1282, "police": 1428, "youth_justice": 463, "housing": 185},
    events=5721,
    events_a_second=84.2,
    waiting=3,
)
DOORS = Doors(url="http://127.0.0.1:25432", login="amberfold-reparation-caseworker-1", password="amends-demo-password")
SHOWN = Shown(seen=SEEN, expected=200, doors=DOORS, news=("worker died", "worker started"))


def drawn(shown, *, width, roomy=True):
    """The lines of the board in a terminal of that width."""
    console = Console(file=io.StringIO(), width=width, height=60)
    console.print(picture(shown, roomy=roomy))
    return console.file.getvalue().splitlines()


class FakePool:
    """Answers the board's three questions; `read` are the cases that were fetched."""

    def __init__(self, *cases):
        self.cases, self.read = list(cases), []

    async def fetch(self, statement, *given):
        if "outward_records" in statement:
            return [{"topic": "notices.police.a-force", "n": 4}, {"topic": "notices.participant", "n": 2}]
        (since,) = given
        rows = [
            {"id": case.id, "body": body_of(case), "updated_at": at}
            for case, at in self.cases
            if not since or at >= since
        ]
        self.read.append([row["id"] for row in rows])
        return rows

    async def fetchval(self, statement):
        return 3


@pytest.mark.parametrize("width", [80, 120])
def test_the_board_names_every_number_whole_in_80_and_in_120_columns(width):
    lines = drawn(SHOWN, width=width)

    text = "\n".join(lines)
    numbers = [
        "143 referrals",
        "5,721 events",
        "84 a second",
        "56,550",
        "83,040",
        "250",
        "1,282",
        "1,428",
        "463",
        "185",
    ]
    states = [str(100 + number) for number, state in enumerate(CaseState) if state is not CaseState.ERASED]
    words = [
        "Derbyshire",
        "Durham",
        DOORS.url,
        DOORS.login,
        DOORS.password,
        "10 Mar 2026 12:00",
        "stand in for Durham's",
    ]
    assert [wanted for wanted in (*numbers, *states, *words) if wanted not in text] == []
    assert sum(line.split().count(str(count)) for line in lines for count in range(31, 36)) == 2 * 4 * 5
    assert "…" not in text
    assert {len(line) for line in lines} == {width}


def test_the_board_fits_a_terminal_of_24_lines_when_news_and_gaps_are_left_out():
    lines = drawn(SHOWN, width=80, roomy=False)

    assert len(lines) <= 24
    assert "worker died" not in "\n".join(lines)
    assert "worker died" in "\n".join(drawn(SHOWN, width=80))


def test_before_the_first_look_the_board_says_that_it_starts():
    text = "\n".join(drawn(Shown(seen=Seen(), expected=200), width=80))

    assert "starting" in text
    assert "0 of 200 cases ended" in text


async def test_a_look_counts_cases_referrals_clocks_minutes_and_notices():
    sent, moved = b.an_active_case(), b.an_accepted_case(id=UUID(int=7), transferred_from=UUID(int=8))
    pool = FakePool((sent, NOON), (moved, NOON))

    seen = await Watch().look(pool, NOON, 0.0)

    assert (seen.cases, seen.referrals, seen.ended) == (2, 1, 0)
    assert seen.events == sent.version + moved.version
    assert seen.minutes["authorised"] == sent.authorised_minutes + moved.authorised_minutes
    assert [sum(row[str(status)] for status in ClockStatus) for row in seen.clocks] == [2, 2, 2, 2]
    assert (seen.notices["police"], seen.notices["participant"], seen.waiting) == (4, 2, 3)


async def test_a_look_reads_only_the_cases_that_have_changed_since_the_last():
    old, new = b.an_active_case(id=UUID(int=1)), b.an_active_case(id=UUID(int=2))
    pool, watch = FakePool((old, NOON)), Watch()
    await watch.look(pool, NOON, 0.0)
    pool.cases.append((new, NOON.replace(hour=13)))
    await watch.look(pool, NOON, 0.5)

    seen = await watch.look(pool, NOON, 1.0)

    assert pool.read[-1] == [new.id]
    assert seen.cases == 2


async def test_events_a_second_are_counted_over_the_last_seconds():
    case = b.an_active_case(version=10)
    pool, watch = FakePool((case, NOON)), Watch()
    await watch.look(pool, NOON, 0.0)
    pool.cases = [(b.an_active_case(version=40), NOON)]

    first = await watch.look(pool, NOON, 1.0)
    later = [await watch.look(pool, NOON, second) for second in (5.0, 10.0, 15.0)]

    assert first.events_a_second == 30
    assert later[-1].events_a_second == 0


async def test_without_a_terminal_the_board_writes_a_line_of_progress(capsys):
    board = Board(200, plain=False, console=Console(file=io.StringIO(), force_terminal=False))
    stage = type("Stage", (), {"now": lambda self: NOON})()

    with board:
        board.open_doors(DOORS)
        async with board.watching(FakePool((b.an_active_case(version=12), NOON)), stage):
            pass

    lines = capsys.readouterr().err.splitlines()
    assert DOORS.url in lines[0]
    assert "stand in for Durham's" in lines[1]
    assert lines[-1] == "amends demo: Tue 10 Mar 2026 12:00: 1 cases, 0 ended, 12 events (0/s)"


def test_a_line_of_progress_tells_time_cases_and_events():
    assert progress_line(SEEN) == "Tue 10 Mar 2026 12:00: 1836 cases, 897 ended, 5721 events (84/s)"


def test_a_summary_for_people_has_a_line_a_part_and_a_line_a_clock():
    summary = {
        "referrals": {"sent": 3, "received": 2},
        "cases": {"total": 2, "by_state": {"closed_completed": 2}},
        "clocks": {"start_48h": [{"scheme": "durham", "origin": "police_decided", "met": 1, "not_applicable": 1}]},
        "seconds": 3.5,
    }

    assert [" ".join(line.split()) for line in readable(summary).splitlines()] == [
        "referrals sent 3, received 2",
        "cases total 2",
        "cases by state closed completed 2",
        "start 48h durham police decided met 1, not applicable 1",
        "seconds 3.5",
    ]
