"""The portal on the fake store behind a real server, and a real Chromium that fetches nothing from elsewhere."""

import asyncio
import socket
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import async_playwright

from tests.fakes.portal import a_portal

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DEADLINE_S = 20


@pytest.fixture
def portal():
    portal = a_portal()
    for role in ("manager", "triage", "affected_person_worker"):
        portal.accounts.engage(f"{role}-1", role, portal.organisations["mend-derbyshire"])
    return portal


@pytest.fixture
async def address(portal):
    """Where the portal answers; the port is bound before the server starts, so that nobody can take it."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(portal.app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving
    listening.close()


@pytest.fixture
async def page(address):
    """An empty tab; a request to any other address fails the test."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed here")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        tab = await browser.new_page(base_url=address, java_script_enabled=True)
        tab.set_default_timeout(DEADLINE_S * 1000)
        elsewhere = []
        tab.on("request", lambda request: None if request.url.startswith(address) else elsewhere.append(request.url))
        yield tab
        await browser.close()
        assert elsewhere == []
