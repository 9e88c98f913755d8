"""Whether the system is alive and keeps up, its numbers, and a plain page of its addresses."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from workflow.portal.gate import authorise, parts_of
from workflow.portal.parts import PortalSettings
from workflow.portal_ports import Readings
from workflow.ports import StoreDownError

router = APIRouter(dependencies=[Depends(authorise)], tags=["system"])


@router.get("/healthz", name="healthz")
@router.get("/api/v1/healthz", name="healthz", include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Say that this process answers; asks nobody else."""
    return {"status": "alive"}


@router.get("/readyz", name="readyz")
@router.get("/api/v1/readyz", name="readyz", include_in_schema=False)
async def readyz(request: Request) -> JSONResponse:
    """Say whether the outbox, the timers and the workers keep up; 503 names what does not."""
    parts = parts_of(request)
    try:
        readings = await parts.readiness.readings(tuple(parts.book.schemes))
    except StoreDownError:
        return JSONResponse({"ready": False, "late": ["database"]}, status_code=503)
    late = late_parts(readings, parts.settings)
    told: dict[str, Any] = {
        "ready": not late,
        "late": late,
        "outbox_age_seconds": round(readings.outbox_age_seconds, 3),
        "outbox_records": readings.outbox_records,
        "timer_lateness_seconds": round(readings.timer_lateness_seconds, 3),
        "lag_records": readings.lag_records,
        "lag_age_seconds": readings.lag_age_seconds,
        "parked_cases": readings.parked_cases,
    }
    return JSONResponse(told, status_code=503 if late else 200)


def late_parts(readings: Readings, limits: PortalSettings) -> list[str]:
    """Name what passes its limit; parked cases are shown and wait for an operator, they are not lateness."""
    lag_age = readings.lag_age_seconds
    judged = (
        ("outbox", readings.outbox_age_seconds > limits.most_outbox_age.total_seconds()),
        ("timers", readings.timer_lateness_seconds > limits.most_timer_lateness.total_seconds()),
        ("lag", readings.lag_records > limits.most_lag),
        # A worker that writes no lag any more is further behind than any number says.
        ("workers", lag_age is not None and lag_age > limits.most_lag_age.total_seconds()),
    )
    return [name for name, is_late in judged if is_late]


@router.get("/metrics", name="metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Expose numbers for Prometheus; nothing in them names a person, a case or an address."""
    parts = parts_of(request)
    readings = await parts.readiness.readings(tuple(parts.book.schemes))
    return Response(request.app.state.metrics.exposition(readings), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", name="openapi", include_in_schema=False)
@router.get("/api/v1/openapi.json", name="openapi", include_in_schema=False)
async def openapi(request: Request) -> JSONResponse:
    """Publish the OpenAPI 3.1 document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", name="docs", include_in_schema=False, response_class=HTMLResponse)
@router.get("/api/v1/docs", name="docs", include_in_schema=False, response_class=HTMLResponse)
async def docs(request: Request) -> HTMLResponse:
    """List the API on a plain page: no asset of a third party is fetched, so it reads offline too."""
    rows = "".join(_rows(request.app.openapi()["paths"]))
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Amends API</title>'
        '<link rel="stylesheet" href="/static/portal.css"></head><body><main id="main"><h1>Amends API</h1>'
        '<p>The whole contract: <a href="/openapi.json">OpenAPI 3.1</a>. Errors are problem+json (RFC 9457).</p>'
        '<div class="wide"><table><thead><tr><th scope="col">Method</th><th scope="col">Address</th>'
        f'<th scope="col">What it does</th></tr></thead><tbody>{rows}</tbody></table></div></main></body></html>'
    )


def _rows(paths: dict[str, Any]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, told in methods.items():
            words = escape(told.get("description", ""))
            yield f"<tr><td>{method.upper()}</td><td><code>{escape(path)}</code></td><td>{words}</td></tr>"
