"""My tasks, and the list of cases."""

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from schemas.vocabulary import CaseState, Role
from workflow.portal.bodies import after_id, cursor_of
from workflow.portal.gate import authorise, caller_of, parts_of
from workflow.portal.locating import judging_origin
from workflow.portal.pages.frame import page
from workflow.portal.tasks import judged, tasks_of
from workflow.portal_ports import MOST_ROWS, CaseFilter

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
PAGE = 50


@router.get("/tasks", name="tasks_page")
async def tasks_page(request: Request) -> Response:
    """Show what to do next, soonest first, and why."""
    parts, caller = parts_of(request), caller_of(request)
    # A caseworker's tasks are those of his or her own cases; the other roles look after all of the provider's.
    own = caller.staff_id if Role.CASEWORKER in caller.roles else None
    async with parts.reading.together(caller) as reading:
        cases = await reading.cases(caller, CaseFilter(caseworker=own, open_only=True, limit=MOST_ROWS))
        timers = await reading.due(caller, [case.id for case in cases])
    due = {case.id: judged(timers.get(case.id, {}), judging_origin(parts, case)) for case in cases}
    tasks = tasks_of(cases, due, caller.roles, await parts.clock.now())
    shown = {"tasks": tasks, "cases": {case.id: case for case in cases}, "full": len(cases) == MOST_ROWS}
    return page(request, "tasks.html", shown)


@router.get("/cases", name="cases_page")
async def cases_page(
    request: Request, state: str | None = Query(None), cursor: str | None = Query(None, max_length=200)
) -> Response:
    """Show a page of the provider's cases."""
    parts, caller = parts_of(request), caller_of(request)
    wanted = state if state in set(CaseState) else None
    found = await parts.reading.cases(caller, CaseFilter(state=wanted, after=after_id(cursor), limit=PAGE))
    more = cursor_of(found[-1].id) if len(found) == PAGE else None
    shown = {"cases": found, "next": more, "state": wanted, "all_states": [str(one) for one in CaseState]}
    return page(request, "cases.html", shown)
