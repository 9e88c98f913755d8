"""Cases: pages of them, one, its timeline, and what may be done next."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from schemas.vocabulary import CaseState, OrganisationKind
from workflow.portal.asking import command_of
from workflow.portal.bodies import after_id, command_parts, cursor_of, json_body, plausible_instant, version_of
from workflow.portal.errors import ProblemError
from workflow.portal.gate import authorise, caller_of, hidden, parts_of
from workflow.portal.locating import inner_id, policy_of, the_case
from workflow.portal.trying import Verdict, judge_all, try_command
from workflow.portal.views import case_view, timeline_view
from workflow.portal_ports import MOST_ROWS, Caller, CaseFilter

router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorise)], tags=["cases"])


@router.get("/cases", name="list_cases")
async def list_cases(  # noqa: PLR0913, PLR0917 - each filter is a parameter of the address
    request: Request,
    state: CaseState | None = None,
    caseworker: str | None = Query(None, max_length=100),
    changed_after: datetime | None = None,
    cursor: str | None = Query(None, max_length=200),
    limit: int = Query(50, ge=1, le=MOST_ROWS),
) -> dict[str, Any]:
    """Read a page of cases in id order; `next` is the cursor of the page after it, or null."""
    parts, caller = parts_of(request), caller_of(request)
    changed_after = plausible_instant(changed_after, "changed_after")
    after = await inner_id(parts, caller, after_id(cursor))
    wanted = CaseFilter(state=state, caseworker=caseworker, changed_after=changed_after, after=after, limit=limit)
    found = await parts.reading.cases(caller, wanted)
    views = [case_view(case, caller, policy_of(parts, case)) for case in found]
    # An agency's cursor names its own token: inner ids stay inside.
    last = views[-1].get("referral") or views[-1]["id"] if len(found) == limit else None
    return {"cases": views, "next": cursor_of(last) if last else None}


@router.get("/cases/{case_id}", name="read_case")
async def read_case(request: Request, case_id: str) -> JSONResponse:
    """Read one case; its ETag is the version that a command is decided on."""
    case = await the_case(request, case_id)
    caller = caller_of(request)
    return JSONResponse(case_view(case, caller, policy_of(parts_of(request), case)), headers=_tag(caller, case.version))


@router.get("/cases/{case_id}/timeline", name="read_timeline")
async def read_timeline(request: Request, case_id: str) -> dict[str, Any]:
    """Read every fact of a case, first first, each with the case as it was then."""
    case = await the_case(request, case_id)
    history = await parts_of(request).reading.history(caller_of(request), case.id)
    return {"case": str(case.id), "version": case.version, "timeline": timeline_view(history, caller_of(request))}


@router.get("/cases/{case_id}/actions", name="list_actions")
async def list_actions(request: Request, case_id: str) -> dict[str, Any]:
    """Read what the caller may ask: allowed, refused and why, or depending on named fields."""
    case, caller = await the_case(request, case_id), caller_of(request)
    verdicts = await judge_all(parts_of(request), caller, case)
    shown = [verdict_view(verdict) for verdict in verdicts]
    inside = caller.kind is OrganisationKind.PROVIDER
    return {"case": case_id, "actions": shown} | ({"version": case.version} if inside else {})


@router.post("/cases/{case_id}/actions/try", name="try_action")
async def try_action(request: Request, case_id: str) -> dict[str, Any]:
    """Read the exact answer that {"type", "data"} would get at the version of If-Match; nothing is kept."""
    case, caller = await the_case(request, case_id), caller_of(request)
    name, data = command_parts(await json_body(request))
    stated = version_of(request.headers.get("if-match", "*"))
    verdict = await try_command(parts_of(request), caller, case.id, command_of(name, data))
    if verdict is None:
        raise await hidden(request, case.id)
    if stated is not None and stated != verdict.version:
        raise ProblemError("version_stale", headers=_tag(caller, verdict.version))
    inside = caller.kind is OrganisationKind.PROVIDER
    return verdict_view(verdict) | ({"events": verdict.events, "version": verdict.version} if inside else {})


def verdict_view(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as data."""
    told: dict[str, Any] = {"command": verdict.command, "verdict": verdict.word}
    if verdict.fields:
        told["fields"] = verdict.fields
    if verdict.refusal is not None:
        refusal = verdict.refusal
        told["refusal"] = {
            "code": refusal.code,
            "rule": refusal.rule,
            "remedy": refusal.remedy,
            "facts": dict(refusal.facts),
        }
    return told


def _tag(caller: Caller, version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'} if caller.kind is OrganisationKind.PROVIDER else {}
