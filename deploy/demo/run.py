"""The demo's one run: start the parts, play every life, read the evidence, print the summary."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, time
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import click

from deploy.bootstrap import rulebook
from deploy.demo import evidence, summary
from deploy.demo.board import Board
from deploy.demo.matching import Verdict, judge
from deploy.demo.picture import Doors
from deploy.demo.stage import Stage
from deploy.demo.starting import AGENCIES, PASSWORD, Secrets, starting_data
from deploy.demo.system import SqlSystem
from deploy.local.home import Home
from deploy.settings import Settings
from deploy.simulate.casting import plan_referrals
from deploy.simulate.incidents import Incident, read_incidents
from deploy.simulate.ledger import Ledger
from deploy.simulate.lines import TopicLine
from deploy.simulate.lives import live
from deploy.simulate.organisations import Register, read_register
from deploy.simulate.plans import LONDON, OPENS_ON, ReferralPlan
from deploy.simulate.population import Population, read_population
from deploy.simulate.reference import STAFF_ROLES, reference_data
from deploy.simulate.world import World
from deploy.stack.options import StackEvent, StackOptions
from deploy.stack.reference import put_starting_data
from deploy.stack.stack import Stack
from schemas import topics
from schemas.vocabulary import AgencyKind, OrganisationKind
from workflow.store.keys import MasterKeys
from workflow.store.pools import worker_pool
from workflow.store.report import FaultKind, Report
from workflow.store.verify import verify

SAMPLE = Path(__file__).parents[1] / "data" / "incidents-sample.csv"
OPENS_AT = datetime.combine(OPENS_ON, time(8), LONDON)
WORKER_ROLE, AUDITOR_ROLE = "amends_worker", "amends_auditor"
# The demo's clock leaps: a checkpoint a demo week reads the log often enough.
ENVIRONMENT = {"AMENDS_ENGINE__CHECKPOINT_MINUTES": "10080"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `amends demo` was asked."""

    incidents: Path = SAMPLE
    referrals: int = 200
    seed: int = 7
    pace: float | None = None
    once: bool = False
    as_json: bool = False
    home: Path | None = None


@dataclass(slots=True)
class Demo:
    """One demo: its plans, its stack, its people."""

    options: Options
    home: Home
    population: Population
    incidents: tuple[Incident, ...]
    plans: tuple[ReferralPlan, ...]
    register: Register
    secrets: Secrets

    @classmethod
    def of(cls, options: Options, settings: Settings) -> "Demo":
        """Read the files and plan everything; IncidentFileError names what is wrong with the file."""
        population = read_population()
        file = read_incidents(options.incidents, seed=options.seed, sexual_share=population.rates["sexual_share"])
        if complaint := file.complaint():
            click.echo(complaint, err=True)
        home = Home((options.home or settings.home) / "demo")
        return cls(
            options=options,
            home=home,
            population=population,
            incidents=file.incidents,
            plans=plan_referrals(file.incidents, population, seed=options.seed, count=options.referrals),
            register=read_register(),
            secrets=Secrets(MasterKeys(sha256(f"amends demo {options.seed}".encode()).digest())),
        )

    async def prepare(self, dsns: Mapping[str, str]) -> None:
        """Put the simulated register in, and open the demo's clock."""
        reference = reference_data(self.incidents, self.options.seed, OPENS_ON, referrals=self.options.referrals)
        data = starting_data(reference, self.secrets, self.plans)
        await put_starting_data(dsns[WORKER_ROLE], self.secrets.keys, data, OPENS_AT)
        connection = await asyncpg.connect(dsns[WORKER_ROLE])
        try:
            await connection.execute("INSERT INTO demo_clock (one, at) VALUES (true, $1)", OPENS_AT)
        finally:
            await connection.close()

    def stack(self, settings: Settings, board: Board) -> Stack:
        """Return the stack, with a fresh home: a demo begins at its beginning."""
        shutil.rmtree(self.home.path, ignore_errors=True)
        self.home.ensure()

        def tell(event: StackEvent) -> None:
            board.note(f"{event.part} {event.what} {event.note}".strip())

        options = StackOptions(
            master_key=self.secrets.keys.master, prepare=self.prepare, on_event=tell, environment=ENVIRONMENT
        )
        return Stack(self.home, settings, options)


Look = Callable[[Demo, Stack, Mapping[str, Any]], Awaitable[None]]
Beside = Callable[[Stack], Coroutine[Any, Any, None]]


async def run_demo(
    options: Options, settings: Settings, *, look: Look | None = None, beside: Beside | None = None
) -> int:
    """Run a demo and return the exit status: 0 if `verify` passed.

    `look` may look round before all is stopped; `beside` runs beside the main job and must end before it does.
    """
    demo = Demo.of(options, settings)
    async with AsyncExitStack() as opened:
        board = opened.enter_context(Board(len(demo.plans), plain=options.as_json))
        stack = await opened.enter_async_context(demo.stack(settings, board))
        board.open_doors(Doors(url=stack.portal_url, login=_a_login(demo), password=PASSWORD))
        pool = await opened.enter_async_context(worker_pool(stack.dsn(WORKER_ROLE), least=2, most=6))
        ledger = opened.enter_context(Ledger(demo.home.path / "ledger.jsonl"))
        if beside is None:
            result = await _play(demo, stack, pool, ledger, board)
        else:
            result, _ = await asyncio.gather(_play(demo, stack, pool, ledger, board), beside(stack))
        board.stop()
        if look is not None:
            await look(demo, stack, result)
        click.echo(json.dumps(result) if options.as_json else summary.readable(result))
        if not options.once:
            click.echo(f"\nThe pages stay open at {stack.portal_url} until Ctrl-C.")
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()  # all is done: to be stopped now is how a demo ends
    return 0 if result["verify"]["ok"] else 1


def _a_login(demo: Demo) -> str:
    provider = demo.register.providers("derbyshire")[0]
    return f"{provider}-caseworker-1"


async def _play(demo: Demo, stack: Stack, pool: asyncpg.Pool, ledger: Ledger, board: Board) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    system = SqlSystem(pool, rulebook().schemes)
    stage = Stage(system, OPENS_AT, pace=demo.options.pace)
    async with AsyncExitStack() as opened:
        await opened.enter_async_context(board.watching(pool, stage))
        world = await _world(demo, stack, system, ledger, opened)
        await stage.run(live(plan, stage, world, population=demo.population) for plan in demo.plans)
        await stage.move_to(system.next_release() or stage.now())
    return {**await _summary(demo, stack, pool, ledger), "seconds": round(loop.time() - began, 1)}


async def _world(demo: Demo, stack: Stack, system: SqlSystem, ledger: Ledger, opened: AsyncExitStack) -> World:
    clients = {}
    for row in demo.register.rows:
        roles = STAFF_ROLES if row.kind is OrganisationKind.PROVIDER else (None,) if row.kind in AGENCIES else ()
        for role in roles:
            client = demo.secrets.client(stack.portal_url, row.slug, role)
            clients[row.slug, role] = await opened.enter_async_context(client)
    lines = {}
    for row in demo.register.rows:
        if row.kind in AGENCIES and row.kind.value != AgencyKind.POLICE.value:
            lines[row.slug] = line = TopicLine(row, stack.broker_options)
            opened.push_async_callback(line.close)
    return World(clients=clients, lines=lines, ledger=ledger, register=demo.register, accounted=system.accounted)


async def _summary(demo: Demo, stack: Stack, pool: asyncpg.Pool, ledger: Ledger) -> dict[str, Any]:
    async with pool.acquire() as connection:
        cases = await evidence.read_cases(connection)
        facts = await evidence.count_facts(connection)
        sent = summary.referrals_part(ledger.sent, await evidence.dispositions(connection, ledger))
        published = await evidence.read_topics(stack.broker_options())
        verdict = judge(await evidence.read_evidence(connection, ledger, published))
    report = await _verified(stack)
    _write_faults(demo.home, [*map(str, report.faults), *verdict.every])
    ids = published.ids()
    return {
        "referrals": sent,
        "cases": summary.cases_part(cases),
        "clocks": summary.clocks_part(cases),
        **summary.work_part(cases),
        "warnings": summary.warnings_part(facts),
        "notices": summary.notices_part(ids),
        "outcomes": {"published": len(ids.get(topics.OUTCOMES_EVALUATION, set()))},
        "verify": _verify_part(report, verdict),
    }


async def _verified(stack: Stack) -> Report:
    auditor = await asyncpg.connect(stack.dsn(AUDITOR_ROLE))
    try:
        return await verify(auditor)
    finally:
        await auditor.close()


def _verify_part(report: Report, verdict: Verdict) -> dict[str, Any]:
    return {
        "ok": report.ok and not verdict.every,
        "events": report.events,
        "chain_breaks": report.count(FaultKind.CHAIN_BREAK, FaultKind.GAP),
        "fold_mismatches": report.count(FaultKind.FOLD_MISMATCH),
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "over_capacity": max(report.count(FaultKind.OVER_CAPACITY), len(verdict.over_capacity)),
    }


def _write_faults(home: Home, faults: list[str]) -> None:
    """Leave what is wrong, by token and id, in a file beside the ledger: a count alone helps nobody."""
    (home.path / "faults.txt").write_text("\n".join(faults), encoding="utf-8")
