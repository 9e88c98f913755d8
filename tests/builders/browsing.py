"""A person with a browser at the fake portal, and a case brought so far by the provider's machine."""

import re
from contextlib import asynccontextmanager
from datetime import timedelta

from tests.fakes.portal import PASSWORD

TO_AN_AGREED_PLAN = (
    ("AcceptReferral", {}),
    ("AllocateCaseworker", {}),
    ("RecordConsent", {}),
    ("AssessRisk", {"level": "low"}),
    ("ProposePlan", {}),
    ("AgreePlan", {}),
)
TO_A_BOOKED_SESSION = (*TO_AN_AGREED_PLAN, ("BookSession", {"slot": "hall-1"}))


@asynccontextmanager
async def a_browser(portal, login=None, password=PASSWORD):
    """A client that asks for pages, signed in where a login is given."""
    async with portal.client() as client:
        client.headers["accept"] = "text/html"
        if login:
            await sign_in(client, login, password)
        yield client


async def sign_in(client, login, password=PASSWORD):
    """Send the sign-in form, and return the answer."""
    form = (await client.get("/sign-in")).text
    return await client.post("/sign-in", data={"csrf": hidden(form, "csrf"), "login": login, "password": password})


def hidden(page, name):
    """The value of a hidden input."""
    return re.search(f'name="{name}" value="([^"]*)"', page)[1]


async def bring(portal, case_id, commands):
    """Have the provider's machine ask for these commands, each of which is done."""
    async with portal.client("mend-derbyshire", "manager") as manager:
        for name, data in commands:
            asked = {"type": name, "data": data}
            done = await manager.post(f"/api/v1/cases/{case_id}/commands", json=asked, headers={"If-Match": "*"})
            assert done.status_code == 200, done.text


async def a_session_that_is_over(portal, case_id):
    """Bring a received case to a booked session, and let two days pass; return the session."""
    await bring(portal, case_id, TO_A_BOOKED_SESSION)
    portal.clock.at += timedelta(days=2)
    return portal.store.kept.cases["derbyshire", case_id].sessions[0]
