"""Every GET of the API as every wrong organisation, role and scheme: nothing is found, and the attempt is noted."""

import pytest

from tests.fakes.portal import an_id
from workflow.portal.app import ROUTERS
from workflow.portal.permissions import ROUTES, Entrance

GETS = sorted(
    {
        route.path
        for router in ROUTERS
        for route in router.routes
        if "GET" in route.methods and route.path.startswith("/api/v1")
    }
)
OF_ONE_CASE = [path for path in GETS if "{" in path]
LISTS = ["/api/v1/cases", "/api/v1/sites", "/api/v1/sessions", "/api/v1/caseworkers"]
STRANGERS = [
    ("peak-police", None),
    ("high-peak-homes", None),
    ("derby-city-youth-justice", None),
    ("durham-police", None),
    ("repair-derbyshire", "manager"),
    ("repair-derbyshire", "triage"),
    ("mend-durham", "manager"),
    ("mend-derbyshire", "evaluator"),
    ("mend-derbyshire", "operator"),
    ("east-university", "evaluator"),
]


@pytest.mark.parametrize(("organisation", "role"), STRANGERS)
@pytest.mark.parametrize("path", OF_ONE_CASE)
async def test_a_case_does_not_exist_for_a_stranger(portal, case_id, token, path, organisation, role):
    async with portal.client(organisation, role) as stranger:
        answers = [await stranger.get(_filled(path, known)) for known in (case_id, token)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len(portal.logbook.denials) == 2


@pytest.mark.parametrize(("organisation", "role"), STRANGERS)
@pytest.mark.parametrize("path", LISTS)
async def test_a_list_holds_nothing_of_anothers(portal, case_id, token, path, organisation, role):
    async with portal.client(organisation, role) as stranger:
        answer = await stranger.get(path)

    assert answer.status_code == 404 or [rows for rows in answer.json().values() if rows] == []
    assert str(case_id) not in answer.text
    assert str(token) not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in GETS
        if path not in {"/api/v1/healthz", "/api/v1/readyz", "/api/v1/docs", "/api/v1/openapi.json"}
    ],
)
async def test_nobody_is_told_to_show_who_he_is(portal, path):
    async with portal.client() as nobody:
        answer = await nobody.get(_filled(path, an_id("any")))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer x", "Bearer {id}.wrong", "Bearer 0.0", "Basic {id}.secret"])
async def test_a_wrong_secret_opens_nothing(portal, bearer):
    good = portal.bearer("derbyshire-police")["Authorization"].removeprefix("Bearer ").partition(".")[0]

    async with portal.client() as nobody:
        answer = await nobody.get("/api/v1/cases", headers={"Authorization": bearer.format(id=good)})

    assert answer.status_code == 401


async def test_a_referrer_may_ask_no_casework_of_its_own_case(portal, token):
    async with portal.client("derbyshire-police") as police:
        answer = await police.post(
            f"/api/v1/cases/{token}/commands", json={"type": "AcceptReferral"}, headers={"If-Match": "*"}
        )

    assert (answer.status_code, answer.json()["refusal"]) == (409, "role_may_not")
    assert "version" not in answer.json()


async def test_pages_send_a_browser_that_nobody_signed_in_with_to_the_sign_in_page(portal, case_id):
    pages = [
        route.path
        for router in ROUTERS
        for route in router.routes
        if "GET" in route.methods and ROUTES[route.name].entrance not in {Entrance.OPEN, Entrance.BEARER}
    ]

    async with portal.client() as nobody:
        answers = [await nobody.get(_filled(path, case_id)) for path in pages]

    assert len(pages) >= 8
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/sign-in")}


def _filled(path, known):
    for name in ("case_id", "reference", "session"):
        path = path.replace("{" + name + "}", str(known))
    return path.replace("{command}", "AcceptReferral")
