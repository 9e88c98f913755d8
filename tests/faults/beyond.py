"""A network namespace with one cable to the broker and one to PostgreSQL, each of which can be pulled."""

import asyncio
import os
from contextlib import asynccontextmanager

from deploy.local.kafka import KafkaBroker, find_kafka
from deploy.local.ports import free_port

CABLES = {"broker": "10.213.7", "database": "10.213.8"}
NAME = f"amends-{os.getpid()}"


class NotPermittedError(Exception):
    """This machine or this user may make no network namespaces."""


class BrokerWithTwoAddresses(KafkaBroker):
    """Listens also at our end of the cable to the broker, and is known there by that address."""

    def __init__(self, home):
        super().__init__(
            folder=home.kafka, lib=find_kafka(), log_path=home.log("kafka"), pid_path=home.run / "kafka.pid"
        )
        self.beyond = f"{ours('broker')}:{free_port()}"

    def _lines(self):
        lines = dict(super()._lines())
        for name in ("listeners", "advertised.listeners"):
            lines[name] += f",BEYOND://{self.beyond}"
        lines["listener.security.protocol.map"] += ",BEYOND:PLAINTEXT"
        return lines


def ours(cable):
    """The address of our end of a cable."""
    return f"{CABLES[cable]}.1"


async def pull(cable):
    """Take a cable's link down: what is sent goes nowhere, and nobody is told."""
    await _ip("link", "set", _end(cable), "down")


async def plug(cable):
    """Put it up again."""
    await _ip("link", "set", _end(cable), "up")


def inside():
    """The command that starts a program in the namespace."""
    return ("ip", "netns", "exec", NAME)


@asynccontextmanager
async def opened_namespace():
    """Make the namespace with its cables, and take it away; NotPermittedError where that is not allowed."""
    try:
        await _ip("netns", "add", NAME)
    except (OSError, RuntimeError) as error:
        raise NotPermittedError(str(error)) from error
    try:
        await _ip("-n", NAME, "link", "set", "lo", "up")
        for cable, network in CABLES.items():
            await _ip("link", "add", _end(cable), "type", "veth", "peer", "name", "far", "netns", NAME)
            await _ip("-n", NAME, "link", "set", "far", "name", cable)
            await _ip("addr", "add", f"{network}.1/30", "dev", _end(cable))
            await _ip("-n", NAME, "addr", "add", f"{network}.2/30", "dev", cable)
            await _ip("-n", NAME, "link", "set", cable, "up")
            await plug(cable)
        yield
    finally:
        await _ip("netns", "delete", NAME)


def _end(cable):
    # A device's name has fifteen letters at most.
    return f"{cable[:2]}{os.getpid()}"


async def _ip(*words):
    process = await asyncio.create_subprocess_exec("ip", *words, stderr=asyncio.subprocess.PIPE)
    _, told = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {told.decode().strip()}")
