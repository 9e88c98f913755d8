"""Every route of the portal as every wrong organisation, role and scheme: nothing of anybody else's is in the answer.

The routes and who may use them come from the portal's own tables, so that a new route is tried without a new test.
"""

import pytest

from schemas.vocabulary import Role
from tests.builders.crossing import CASES, CSRF, ORGANISATIONS, Who, a_world_with
from tests.builders.referrals import a_police_referral, without
from tests.databases import emptied
from workflow.portal import gate
from workflow.portal.app import ROUTERS
from workflow.portal.permissions import ROUTES, Entrance
from workflow.store.portal_reading import SqlReading

pytestmark = pytest.mark.connected

CALLERS = [
    *(Who(agency) for agency in ORGANISATIONS if ORGANISATIONS[agency][1] in {"police", "housing", "youth_justice"}),
    *(Who(slug, "evaluator") for slug in ("west-university", "east-university")),
    *(Who("mend", role, browser) for role in Role for browser in (False, True)),
    *(Who(slug, "manager", browser) for slug in ("repair", "restore") for browser in (False, True)),
]
A_NEW_ID = "6f0c1f0a-6a4e-4d0b-9a55-0c7d2b1e9999"
ACCEPT = {"type": "AcceptReferral", "data": {}}


def _routes():
    return [(method, route) for router in ROUTERS for route in router.routes for method in sorted(route.methods)]


@pytest.fixture(scope="module")
async def world(embedded_database):
    async with a_world_with(CALLERS, await emptied(embedded_database)) as made:
        yield made


def _permitted(who, name):
    """Whether the table lets somebody of this kind and role use a route at all."""
    permission = ROUTES[name]
    if permission.entrance is Entrance.OPEN:
        return True
    if (permission.entrance is Entrance.BEARER) is who.browser:
        return False
    if permission.entrance is Entrance.COOKIE_WITHOUT_ENGAGEMENT:
        return True
    of_role = not who.role or permission.roles is None or Role(who.role) in permission.roles
    return who.kind in permission.kinds and of_role


def _body(name, thing):
    """What is sent to a route, aimed at somebody else's case as well as may be; a new route gets all fields at once."""
    special = {
        # Under no id of its own: it is rejected, and leaves the other's id as unknown to the caller as it was.
        "refer": without(a_police_referral(), "message_id"),
        "amend_referral": {"message_id": A_NEW_ID, "authorised_minutes": 60},
        "command_cases": {
            "items": [{"case": str(named), "version": None, **ACCEPT} for named in (thing.case, thing.token)]
        },
    }
    word = next(one for one in CASES.values() if one[1] in thing.secrets)[1]
    form = {
        "csrf": CSRF,
        "person": str(thing.people[0]),
        "kind": "participant",
        "mail": f"mail-{word}",
        "reference": f"REF-{word}",
    }
    return special.get(name, ACCEPT), form | {"slot": "slot-restorewold", "engagement": A_NEW_ID}


async def _answers(world, who, method, route, thing):
    """Ask a route by every name under which somebody else's case could be known."""
    names = (thing.case, thing.token, thing.message) if "{" in route.path else (thing.case,)
    body, form = _body(route.name, thing)
    for known in names:
        path = route.path.format_map(dict.fromkeys(route.param_convertors, known) | {"command": "AcceptReferral"})
        sent = {"data": form} if who.browser else {"json": body}
        async with world.client(who) as client:
            yield await client.request(method, path, headers={"If-Match": "*"}, **(sent if method == "POST" else {}))


def _refused(answer):
    return answer.status_code in {401, 403, 404} or answer.headers.get("location") in {"/sign-in", "/engagements"}


def _faults(who, method, route, answer, hidden):
    """Say what an answer shows that it should not."""
    permitted = _permitted(who, route.name)
    shown = f"{answer.text} {answer.headers}".casefold()
    leaked = sorted(secret for thing in hidden for secret in thing.secrets if secret.casefold() in shown)
    if leaked:
        yield f"{method} {route.name} as {who} shows {leaked}"
    if not _refused(answer) and (not permitted or "{" in route.path):
        yield f"{method} {route.name} as {who} is answered by {answer.status_code}"


async def crossed(world, who, routes=None):
    """Return every fault of every route for one caller."""
    foreign = [thing for thing in world.cases if not thing.belongs_to(who)]
    near = [thing for thing in foreign if thing.tenant == who.tenant][:1]
    far = [thing for thing in foreign if thing.tenant != who.tenant][:1]
    faults = []
    for method, route in routes or _routes():
        hidden = world.things if not _permitted(who, route.name) else _not_of(world, who)
        for thing in near + far:
            async for answer in _answers(world, who, method, route, thing):
                faults += _faults(who, method, route, answer, hidden)
    return faults


def _not_of(world, who):
    return [thing for thing in world.things if not thing.belongs_to(who)]


async def _kept(world):
    return await world.owner.fetchrow("SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM case_events)")


@pytest.mark.parametrize("who", CALLERS, ids=str)
async def test_nobody_finds_or_changes_anything_of_anybody_elses(world, who):
    before = await _kept(world)

    faults = await crossed(world, who)

    assert faults == [], "\n".join(faults)
    assert await _kept(world) == before


async def test_whoever_has_a_part_in_a_case_does_find_it(world):
    for thing in world.cases:
        agency, provider = sorted(thing.owners, key=lambda slug: ORGANISATIONS[slug][1] == "provider")
        async with world.client(Who(agency)) as client:
            read = await client.get(f"/api/v1/referrals/{thing.token}")
        async with world.client(Who(provider, "manager", browser=True)) as client:
            form = {"csrf": CSRF, "person": str(thing.people[0]), "kind": "participant"}
            opened = await client.post(f"/cases/{thing.case}/reveal", data=form)
            mails = await client.get("/mailbox")
            found = await client.post("/cases/find", data={"csrf": CSRF, "reference": f"REF-{CASES[agency][1]}"})

        word = CASES[agency][1]
        assert (read.status_code, opened.status_code) == (200, 200)
        assert f"{word}son" in opened.text
        assert f"For {word}" in mails.text
        assert f'An affected person of <a href="/cases/{thing.case}">' in mails.text
        assert found.headers["location"] == f"/cases/{thing.case}"


async def test_a_role_that_is_let_in_by_mistake_is_seen_by_these_eyes(world, monkeypatch):
    async def anybody(*_):
        return None

    monkeypatch.setattr(gate, "_permitted", anybody)

    faults = await crossed(world, Who("mend", "operator"))

    assert any("list_cases" in fault for fault in faults), faults


async def test_a_read_that_forgets_whose_case_it_is_is_seen_by_these_eyes(world, monkeypatch):
    held = SqlReading._as

    monkeypatch.setattr(SqlReading, "_as", lambda self, caller, _=None: held(self, caller, "*"))
    monkeypatch.setattr("workflow.store.portal_reading._provider", lambda _: None)

    faults = await crossed(world, Who("repair", "manager"))

    assert any("read_case" in fault for fault in faults), faults
