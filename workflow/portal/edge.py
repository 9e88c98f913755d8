"""Around every request: a correlation id, security headers, numbers, and an answer where something of ours fails."""

from collections.abc import Callable, MutableMapping
from time import perf_counter
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.referrals.parse import LARGEST_BODY
from workflow.portal.errors import ProblemError, from_failure, problem_response
from workflow.portal.metrics import Metrics

POLICY = "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
CACHED = ("/static/",)


class Edge:
    """ASGI middleware; a failure never reaches the server's log with its text, which may quote what was sent."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, secret: Callable[[], str], https: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._secret = secret
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, answer = perf_counter(), {"status": 0}
        scope.setdefault("state", {})["correlation"] = self._secret()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer["status"] = message["status"]
                self._dress(scope, message)
            await send(message)

        try:
            await self._app(scope, _limited(receive), told)
        except Exception as error:  # noqa: BLE001 - the last place where a failure becomes an answer
            await self._failed(error, scope, answer["status"])(scope, receive, told)
        route = getattr(scope.get("route"), "name", "none")
        self._metrics.answered(route, scope["method"], answer["status"], perf_counter() - begun)

    def _failed(self, error: Exception, scope: MutableMapping[str, Any], status: int) -> ASGIApp:
        problem = from_failure(error, scope["state"]["correlation"])
        if status:
            # The answer has begun; a second one cannot be sent, and the broken connection says the rest.
            return _nothing
        failed = getattr(scope["app"].state, "failed", None)
        page: ASGIApp | None = failed(Request(scope), problem) if failed else None
        return page or problem_response(problem)

    def _dress(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS:
            headers[name] = value
        headers["Amends-Correlation"] = scope["state"]["correlation"]
        if not scope["path"].startswith(CACHED):
            headers["Cache-Control"] = "no-store"
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"


def _limited(receive: Receive) -> Receive:
    """Return the same body, which ends with a fault where it passes what any message of ours may hold."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise ProblemError("too_large")
        return message

    return counted


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send
