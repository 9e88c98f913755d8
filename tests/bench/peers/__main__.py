"""`make bench-peers`: the same four commands on ours and on each peer, in turn; JSON is the last line."""

import argparse
import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack
from itertools import count

import asyncpg
from aiokafka import AIOKafkaProducer

from deploy.local.postgres_settings import debian_binaries
from deploy.stack.reference import put_starting_data
from tests.bench.drawn import Country
from tests.bench.england import SAMPLE, scaled
from tests.bench.peers.contenders import AGENCY, TENANT, Engine, Peer
from tests.bench.peers.process import STEPS
from tests.bench.peers.report import report, table
from tests.bench.peers.temporal_server.server import TemporalServer
from tests.bench.referrals import police_referrals
from tests.builders.ground import CLOCK, standing
from tests.databases import KEYS

PEERS = {"naive_faust": STEPS, "dbos_steps": STEPS[:1], "temporal_activities": STEPS[:1]}
PLENTY = 1_000_000


async def race(options):
    """Let each contender move the same cases, round by round, each alone on the machine."""
    country, load = Country(SAMPLE, options.seed), round(os.getloadavg()[0], 1)
    data = scaled(country, PLENTY)
    async with AsyncExitStack() as opened:
        ground = await opened.enter_async_context(standing(data.organisations, binaries=debian_binaries()))
        await put_starting_data(ground.database.worker, KEYS, data, CLOCK)
        await ground.worker.kill()
        producer = AIOKafkaProducer(bootstrap_servers=ground.broker.bootstrap, acks="all", linger_ms=5)
        await opened.enter_async_context(producer)
        contenders = await _contenders(options, ground, opened, country)
        rounds, numbers = {one.name: [] for one in contenders}, count()
        for contender in contenders * options.rounds:
            moved = await _moved(contender, options, producer, numbers)
            rounds[contender.name].append(moved)
            print(f"{contender.name}: {moved.per_s * len(STEPS):.0f} commands/s", file=sys.stderr)
        return report(rounds, load=load, versions=ground.versions, cases=options.cases)


async def _moved(contender, options, producer, numbers):
    """One contender's round: alone, and warmed up. `numbers` are of people whom nobody has had yet."""
    async with contender.running():
        for many in (options.warm_up, options.cases):
            some = [police_referrals(options.seed, next(numbers), 1, AGENCY)[0] for _ in range(many)]
            moved = await contender.move(producer, some)
    return moved


async def _contenders(options, ground, opened, country):
    """Ours first, and those peers that were asked for and can be here."""
    database = await asyncpg.connect(ground.database.superuser)
    opened.push_async_callback(database.close)
    found = [Engine.made(ground, database, country.register.providers(TENANT)[0])]
    for name, waves in PEERS.items():
        server = TemporalServer(ground) if name.startswith("temporal") else None
        if name not in options.only or (server and not server.possible()):
            continue
        found.append(await Peer.made(name, ground, opened, waves=waves, server=server))
    return found


def main(arguments):
    """Run it and print the table and the JSON."""
    made = asyncio.run(race(parser().parse_args(arguments)))
    print(table(made), file=sys.stderr)
    print(json.dumps(made))


def parser():
    """How much is measured."""
    options = argparse.ArgumentParser(prog="python -m tests.bench.peers", description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--cases", type=int, default=500, help="how many a round: four commands each")
    options.add_argument("--warm-up", type=int, default=60, help="how many before each round, not counted")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--only", default=list(PEERS), type=lambda text: text.split(","), help="which peers")
    return options


if __name__ == "__main__":
    main(sys.argv[1:])
