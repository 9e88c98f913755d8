"""create_app: the pages and the API from what the portal is given; nothing happens on import."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from workflow.portal.api import cases, catalogue, commands, outcomes, places, referrals, system
from workflow.portal.api.document import describe
from workflow.portal.edge import Edge
from workflow.portal.errors import ProblemError, from_http, from_validation
from workflow.portal.gate import EngagementNeeded, SignInNeeded
from workflow.portal.metrics import Metrics
from workflow.portal.pages import routes
from workflow.portal.pages.frame import fault_response, to_engagements, to_sign_in
from workflow.portal.parts import PortalParts

ROUTERS = (
    referrals.router,
    cases.router,
    commands.router,
    places.router,
    outcomes.router,
    catalogue.router,
    system.router,
    *routes.ROUTERS,
)


def create_app(portal: PortalParts) -> FastAPI:
    """Return the portal as an ASGI app; it holds no state but its parts and its numbers."""
    app = FastAPI(
        title="Amends",
        version="0",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.openapi = cache(partial(describe, app))  # type: ignore[method-assign]
    app.state.portal = portal
    app.state.metrics = Metrics()
    app.state.failed = fault_response
    for router in ROUTERS:
        app.include_router(router)
    _answer_faults(app)
    app.add_middleware(Edge, metrics=app.state.metrics, secret=portal.secret, https=portal.settings.secure_cookies)
    return app


class _Server(uvicorn.Server):
    """Uvicorn, which leaves it to whoever runs it what a signal means."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve(portal: PortalParts, host: str, port: int) -> None:
    """Serve until cancelled, and answer what was asked by then; addresses are not logged, for they name cases."""
    config = uvicorn.Config(
        create_app(portal), host=host, port=port, access_log=False, log_config=None, server_header=False
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


def _answer_faults(app: FastAPI) -> None:
    async def problem(request: Request, error: Exception) -> Response:
        return fault_response(request, _as_problem(error))

    for kind in (ProblemError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, problem)
    app.add_exception_handler(SignInNeeded, to_sign_in)
    app.add_exception_handler(EngagementNeeded, to_engagements)


def _as_problem(error: Exception) -> ProblemError:
    if isinstance(error, HTTPException):
        return from_http(error)
    if isinstance(error, RequestValidationError):
        return from_validation(error)
    return error if isinstance(error, ProblemError) else ProblemError("internal")
