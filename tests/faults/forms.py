"""Referrals by HTTP: a portal as a process of its own, and a sender that asks again until it has a receipt."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import asyncpg
import httpx

from deploy.local.ports import free_port
from deploy.local.waiting import holds_within
from deploy.settings import PortalSettings, environment_of
from deploy.stack.children import portal_ready
from deploy.stack.credentials import Credentials
from tests.faults.letters import AGENCY

READY_S = 60.0
PAUSE_S = 0.1
PATIENCE_S = 120.0
RECEIPTS = {HTTPStatus.ACCEPTED: "received", HTTPStatus.CONFLICT: "conflicting"}


class Forms:
    """The agency's machine. `received` counts the receipts, each of which is the reply itself."""

    def __init__(self, client):
        self._client = client
        self.received = 0

    async def receipt(self, letter):
        """Send the same until somebody answers, and return what the receipt says."""
        found = []

        async def answered():
            found[:] = await self._status(letter)
            return bool(found)

        if not await holds_within(answered, PATIENCE_S):
            raise TimeoutError(f"{letter.number} got no receipt by HTTP")
        self.received += 1
        return found[0]

    async def _status(self, letter):
        headers = {"Amends-Sending": letter.number, "Content-Type": "application/json"}
        try:
            reply = await self._client.post("/api/v1/referrals", content=letter.value, headers=headers)
        except httpx.TransportError:
            return []
        if reply.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return []
        return [RECEIPTS[reply.status_code]]


@asynccontextmanager
async def opened_forms(scene):
    """A portal of this scene, and the agency's machine with a credential for it; lives are referred through it."""
    settings = scene.settings("portal").model_copy(update={"portal": PortalSettings(port=free_port())})
    url = f"http://{settings.portal.host}:{settings.portal.port}"
    # The credential is not what is tried: it is on disk also where commits are told too early.
    durable = {"server_settings": {"synchronous_commit": "on"}}
    async with asyncpg.create_pool(scene.rig.database.worker, min_size=1, max_size=1, **durable) as pool:
        secret = await Credentials(pool).issue(AGENCY)
    async with _running(settings, scene.folder / "portal.log"):
        if not await holds_within(portal_ready(url), READY_S):
            raise TimeoutError("the portal did not become ready")
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=10) as client:
            scene.senders.forms = Forms(client)
            try:
                yield scene.senders.forms
            finally:
                scene.senders.forms = None


@asynccontextmanager
async def _running(settings, log_path):
    environment = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), **environment_of(settings)}
    with log_path.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.cli", "portal"), env=environment, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        process.kill()
        await process.wait()
