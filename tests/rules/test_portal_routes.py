"""Every route of the portal has a row in the table of permissions, and no row is left over."""

from tests.fakes.portal import a_portal
from workflow.portal.app import ROUTERS
from workflow.portal.gate import authorise
from workflow.portal.permissions import ROUTES, Entrance


def _routes():
    return [route for router in ROUTERS for route in router.routes]


def test_every_route_has_a_permission_and_every_permission_a_route():
    assert {route.name for route in _routes()} == set(ROUTES)


def test_every_route_stands_behind_the_gate():
    open_behind = [
        route.path for route in _routes() if authorise not in {need.call for need in route.dependant.dependencies}
    ]

    assert open_behind == []


def test_the_app_includes_these_routers_and_nothing_beside_them():
    included = [route.original_router for route in a_portal().app.routes]

    assert included == list(ROUTERS)


def test_only_what_tells_of_nobody_is_open():
    opened = {name for name, permission in ROUTES.items() if permission.entrance is Entrance.OPEN}

    system = {"healthz", "readyz", "metrics", "docs", "openapi", "static"}
    assert opened == system | {"home", "sign_in_page", "sign_in"}
