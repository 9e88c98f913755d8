"""What is asked by HTTP: a portal as a process of its own, and senders that ask again until they have an answer."""

import os
import secrets
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx

from deploy.local.ports import free_port
from deploy.local.waiting import holds_within
from deploy.settings import PortalSettings, environment_of
from deploy.stack.children import portal_ready
from deploy.stack.credentials import Credentials
from schemas.vocabulary import Role
from tests.faults.letters import AGENCY, PROVIDER
from workflow.portal.gate import bearer_of

READY_S = 60.0
PAUSE_S = 0.1
PATIENCE_S = 120.0
RECEIPTS = {HTTPStatus.ACCEPTED: "received", HTTPStatus.CONFLICT: "conflicting"}
ANSWERS = {HTTPStatus.OK: "done", HTTPStatus.CONFLICT: "refused"}
# The credential of the caseworkers' machine: its id is part of the name under which its commands are known.
DESK = UUID("2c5a4a7e-6f4e-4f0b-8a55-0d2f8f6f7a11")
DESK_SOURCE = f"{PROVIDER}:{DESK}"


class Portal:
    """A portal as a process, on one port however often it is started."""

    def __init__(self, scene):
        self._settings = scene.settings("portal").model_copy(update={"portal": PortalSettings(port=free_port())})
        self._log = scene.folder / "portal.log"
        self._process, self._begin = None, scene.begin
        self.url = f"http://{self._settings.portal.host}:{self._settings.portal.port}"

    @property
    def running(self):
        """Whether its process runs."""
        return self._process is not None and self._process.returncode is None

    async def start(self):
        """Start it, without waiting until it answers."""
        environment = {"PATH": os.defpath, "PYTHONPATH": str(Path.cwd()), **environment_of(self._settings)}
        self._process = await self._begin("portal", environment, self._log)

    async def kill(self):
        """kill -9."""
        self._process.kill()
        await self._process.wait()

    async def ready(self):
        """Wait until it calls itself ready."""
        if not await holds_within(portal_ready(self.url), READY_S):
            raise TimeoutError("the portal did not become ready")


class Forms:
    """Who asks by HTTP. `received` counts the answers, each of which is a receipt."""

    def __init__(self, client, portal):
        self._client, self.portal = client, portal
        self.received = 0

    async def receipt(self, letter):
        """Refer the same until somebody answers, and return what the receipt says."""
        headers = {"Amends-Sending": letter.number, "Content-Type": "application/json"}
        return await self._answered(letter, RECEIPTS, "/api/v1/referrals", content=letter.value, headers=headers)

    async def command(self, letter, case_id, asked):
        """Ask the same of a case until somebody answers, and return what became of it."""
        headers = {"Amends-Sending": letter.number, "Idempotency-Key": letter.message_id, "If-Match": "*"}
        return await self._answered(letter, ANSWERS, f"/api/v1/cases/{case_id}/commands", json=asked, headers=headers)

    async def _answered(self, letter, meanings, path, **sent):
        found = []

        async def answered():
            found[:] = await self._status(meanings, path, sent)
            return bool(found)

        if not await holds_within(answered, PATIENCE_S):
            raise TimeoutError(f"{letter.number} got no answer by HTTP")
        self.received += 1
        return found[0]

    async def _status(self, meanings, path, sent):
        try:
            reply = await self._client.post(path, **sent)
        except httpx.TransportError:
            return []
        if reply.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return []
        return [meanings[reply.status_code]]


@asynccontextmanager
async def opened_forms(scene):
    """A portal of this scene, and the agency's machine with a credential for it; lives are referred through it."""
    bearer = await _issued(scene, AGENCY)
    async with opened_portal(scene) as portal, calling(portal, bearer) as forms:
        scene.senders.forms = forms
        try:
            yield forms
        finally:
            scene.senders.forms = None


@asynccontextmanager
async def opened_forms_and_desk(scene):
    """A portal with an agency's machine and the caseworkers' at it; nothing is sent through them by itself."""
    agency, desk = await _issued(scene, AGENCY), await _issued(scene, PROVIDER, DESK)
    async with opened_portal(scene) as at, calling(at, agency) as forms, calling(at, desk) as caseworkers:
        yield forms, caseworkers


@asynccontextmanager
async def opened_portal(scene):
    """A portal of this scene that is ready, and killed in the end."""
    portal = Portal(scene)
    await portal.start()
    try:
        await portal.ready()
        yield portal
    finally:
        await portal.kill()


@asynccontextmanager
async def calling(portal, bearer):
    """One who calls the portal with a credential."""
    headers = {"Authorization": f"Bearer {bearer}"}
    async with httpx.AsyncClient(base_url=portal.url, headers=headers, timeout=10) as client:
        yield Forms(client, portal)


async def _issued(scene, organisation, named=None):
    # The credential is not what is tried: it is on disk also where commits are told too early.
    durable = {"server_settings": {"synchronous_commit": "on"}}
    async with asyncpg.create_pool(scene.rig.database.worker, min_size=1, max_size=1, **durable) as pool:
        if named is None:
            return await Credentials(pool).issue(organisation)
        secret = secrets.token_urlsafe(32)
        await Credentials(pool).put(named, secret, organisation, role=Role.MANAGER)
        return bearer_of(named, secret)
