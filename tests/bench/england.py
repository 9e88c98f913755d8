"""The England test: a year's incidents as referrals, through Kafka, as far as a proposed plan; then `verify` over all.

    python -m tests.bench.england --referrals 2047960 --seconds 540      again and again, until it says `done`

Each piece begins where the one before it ended; `--home` keeps data, broker and state between pieces.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaProducer

from deploy.settings import environment_of
from deploy.simulate.reference import REFERRALS_A_SHARE, reference_data
from deploy.stack.invented import invented_data
from deploy.stack.reference import put_starting_data
from tests.bench import meter
from tests.bench.desk import Desk
from tests.bench.drawn import Country
from tests.bench.field import Field
from tests.bench.replay import verified
from tests.builders.ground import CLOCK, ROOT, standing
from tests.databases import KEYS

SAMPLE = ROOT / "deploy" / "data" / "incidents-sample.csv"
COUNTRY = 2_047_960
IN_FLIGHT = 2_000
AT_ONCE = 100
REST_S = 240.0
AN_HOUR = 3600
A_PIECE = 30_000


def scaled(country, referrals):
    """The demo's two grounds with caseloads and places in proportion: what stands there for 200 referrals, so often."""
    data = invented_data(reference_data(country.incidents, country.draw.seed, CLOCK.date()))
    times = max(1, -(-referrals // REFERRALS_A_SHARE))
    slots = {
        tenant: tuple(replace(one, capacity=one.capacity * times) for one in of) for tenant, of in data.slots.items()
    }
    staff = {
        tenant: tuple(replace(one, max_cases=one.max_cases * times) for one in of)
        for tenant, of in data.caseworkers.items()
    }
    return replace(data, slots=slots, caseworkers=staff)


async def piece(options):
    """Stand on what the last piece left, send for so long, come to rest, and return the state with this piece in it."""
    state = read_state(options)
    country = Country(options.incidents, options.seed)
    data = scaled(country, options.referrals)
    async with AsyncExitStack() as opened:
        ground = await opened.enter_async_context(standing(data.organisations, kept=options.home / "home"))
        await put_starting_data(ground.database.worker, KEYS, data, CLOCK)
        pids = ground.pids | dict(more_workers(ground, options.workers, opened))
        database, producer, field, desk = await manned(ground, country, opened)
        before = await meter.read(database, pids)
        sent, doors = await _worked(options, state["sent"], (country, producer, desk, field))
        spent = await meter.read(database, pids) - before
        state["sent"] += sent
        state["doors"] = dict(Counter(state["doors"]) + doors)
        state["pieces"].append({"referrals": sent, "seconds": round(spent.at, 1), "cpu": spent.cpu})
        state["found"] = await field.found()
        if state["sent"] >= options.referrals and options.verify:
            state["verify"] = await verified(ground.database.auditor)
    write_state(options, state)
    return state


async def manned(ground, country, opened):
    """The database to ask, who sends, what is watched, and who answers; all are put away with `opened`."""
    database = await asyncpg.connect(ground.database.superuser)
    opened.push_async_callback(database.close)
    producer = AIOKafkaProducer(bootstrap_servers=ground.broker.bootstrap, acks="all", linger_ms=5)
    await opened.enter_async_context(producer)
    field = await opened.enter_async_context(Field.opened(ground, database))
    return database, producer, field, Desk(ground.broker.bootstrap, producer, country.register, country.draw)


def more_workers(ground, count, opened):
    """Start the workers beyond the first; yields their names and first processes."""
    for number in range(2, count + 1):
        settings = ground.settings.model_copy(update={"worker": f"worker-{number}"})
        worker = ground.start(f"worker-{number}", "deploy.cli", "worker", environment=environment_of(settings))
        opened.push_async_callback(worker.kill)
        yield f"worker {number}", worker.pid


async def _worked(options, first, parts):
    """Send until the time is over or all is sent, and wait for rest; how many went, and by which doors."""
    desk, field = parts[2:]
    working = asyncio.create_task(desk.work())
    try:
        sent, doors = await _sent(options, first, parts)
        await field.rest(REST_S, working)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return sent, doors


async def _sent(options, first, parts):
    country, producer, _, field = parts
    until, number, doors = time.monotonic() + options.seconds, first, Counter()
    while number < options.referrals and time.monotonic() < until:
        ahead = number - first + field.received_before - await field.received()
        if ahead > IN_FLIGHT:
            await asyncio.sleep(0.05)
            continue
        some = range(number, min(number + AT_ONCE, options.referrals))
        for one in map(country.referral, some):
            doors[one.door] += 1
            await send(producer, one)
            await asyncio.sleep(0)
        number = some.stop
    await producer.flush()
    return number - first, doors


async def send(producer, one):
    """Send a referral under its sending number."""
    headers = [("amends-sending", one.number.encode())]
    await producer.send(one.topic, one.value, key=one.key, headers=headers)


def summary(state):
    """The figures of all pieces together: rate, CPU a referral by process, and what a country would take. Pure."""
    seconds = sum(one["seconds"] for one in state["pieces"])
    cpu = Counter()
    for one in state["pieces"]:
        cpu.update(one["cpu"])
    sent = state["sent"]
    per_referral = {name: round(total / sent * 1e6) for name, total in cpu.items()}
    # The write-ahead log is recycled at a size of its own, however many referrals there are.
    growing = sum(size for name, size in state["found"]["disk"].items() if name != "write-ahead log")
    return {
        "referrals": sent,
        "seconds": round(seconds, 1),
        "referrals_per_s": round(sent / seconds, 1),
        "cpu_us_a_referral": per_referral,
        "hours_for_a_country": round(COUNTRY / (sent / seconds) / AN_HOUR, 1),
        "core_hours_for_a_country": round(sum(per_referral.values()) * COUNTRY / 1e6 / AN_HOUR, 1),
        "disk_gb_for_a_country": round(growing / sent * COUNTRY / 1e9, 1),
        "pieces": len(state["pieces"]),
        "unplaceable": state["found"]["became"].get("AllocateCaseworker refused", 0),
        "declined": state["found"]["facts"].get("case.referral.declined", 0),
        "doors": state["doors"],
        **state["found"],
        "verify": state.get("verify"),
    }


async def measure():
    """One piece of a country, in a home that is thrown away; `verify` if all of it was sent."""
    load = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory(prefix="amends-england-") as home:
        Path(home).chmod(0o755)  # PostgreSQL runs as another user when we are root
        options = _parser().parse_args(["--referrals", str(A_PIECE), "--home", home])
        return summary(await piece(options)) | {"load_average_before": load}


def table(made):
    """In Markdown: what a piece came to, what it says of a country, and where the worker's time went."""
    names = ("referrals", "seconds", "referrals_per_s", "hours_for_a_country", "core_hours_for_a_country")
    columns = (*names, "disk_gb_for_a_country", "unplaceable", "declined")
    facts, seen = sum(made["facts"].values()), made["verify"] or {}
    checked = f"{seen['events']:,} events verified, ok {seen['ok']}" if seen else "not verified"
    lines = [
        f"| {' | '.join(name.replace('_', ' ') for name in columns)} |",
        f"|{'---|' * len(columns)}",
        f"| {' | '.join(str(made[name]) for name in columns)} |",
        "",
        f"{facts:,} facts; {checked}. A country is this times {COUNTRY:,} referrals in a straight line, which",
        "knows nothing of what a larger table costs.",
        "",
        "| CPU | us a referral |",
        "|---|---|",
        *(f"| {name} | {cost} |" for name, cost in made["cpu_us_a_referral"].items()),
    ]
    if profile := made.get("profile"):
        lines += ["", "| of the worker's samples (py-spy) | in |", "|---|---|"]
        lines += [f"| {share} % | {where} |" for share, where in profile]
    return "\n".join(lines)


def read_state(options):
    """What earlier pieces left; another seed, file or size begins with a home of its own."""
    path = options.home / "state.json"
    stated = {"seed": options.seed, "incidents": str(options.incidents), "referrals": options.referrals}
    if not path.exists():
        return {"stated": stated, "sent": 0, "doors": {}, "pieces": []}
    state = json.loads(path.read_text(encoding="utf-8"))
    if state["stated"] != stated:
        raise SystemExit(f"{path} is of another run: {state['stated']}")
    return state


def write_state(options, state):
    """Keep the state whole or not at all."""
    draft = options.home / "state.json.new"
    draft.write_text(json.dumps(state, indent=1), encoding="utf-8")
    draft.replace(options.home / "state.json")


def main(arguments):
    """Run so many pieces, and print what all pieces together came to; JSON is the last line."""
    options = _parser().parse_args(arguments)
    options.home.mkdir(mode=0o755, parents=True, exist_ok=True)
    for _ in range(options.pieces):
        load = os.getloadavg()[0]
        state = asyncio.run(piece(options))
        print(f"{state['sent']} of {options.referrals} (load before {load:.1f})", file=sys.stderr)
        if state["sent"] >= options.referrals:
            print("done", file=sys.stderr)
            break
    print(json.dumps(summary(state)))


def _parser():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.england", description=__doc__.splitlines()[0])
    parser.add_argument("--incidents", type=Path, default=SAMPLE, help="a CSV with the columns of data.police.uk")
    parser.add_argument("--referrals", type=int, default=COUNTRY, help="how many in all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pieces", type=int, default=1, help="at most so many pieces now")
    parser.add_argument("--seconds", type=float, default=420.0, help="how long a piece sends; then it comes to rest")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "amends-england")
    parser.add_argument("--no-verify", dest="verify", action="store_false", help="not when all is sent")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
