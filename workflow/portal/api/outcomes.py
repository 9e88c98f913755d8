"""Outcomes for evaluators who read by HTTP: the same released rows as on the study's topic."""

from typing import Any

import orjson
from fastapi import APIRouter, Depends, Query, Request

from workflow.portal.bodies import after_id, cursor_of
from workflow.portal.gate import authorise, caller_of, hidden, parts_of
from workflow.portal_ports import MOST_ROWS

router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorise)], tags=["outcomes"])


@router.get("/outcomes", name="list_outcomes")
async def list_outcomes(
    request: Request,
    after: str | None = Query(None, max_length=200),
    limit: int = Query(MOST_ROWS, ge=1, le=MOST_ROWS),
) -> dict[str, Any]:
    """Read a page of the caller's own study in token order; `next` goes on after it, null at the end."""
    caller = caller_of(request)
    if caller.study is None:
        raise await hidden(request, "study")
    page = await parts_of(request).reading.outcomes(caller, caller.study, after_id(after), limit=limit)
    full = len(page.rows) == limit and page.last is not None
    return {
        "study": caller.study,
        "outcomes": [orjson.loads(row) for row in page.rows],
        "next": cursor_of(page.last) if full else None,
    }
