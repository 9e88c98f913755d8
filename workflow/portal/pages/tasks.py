"""My tasks, and the list of cases."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from schemas.vocabulary import CaseState, Clearance, Role, Stage
from workflow.case.case import Case
from workflow.portal.asking import ASKED
from workflow.portal.bodies import after_id, cursor_of
from workflow.portal.finding import find, may_find
from workflow.portal.gate import authorise, caller_of, form_of, parts_of
from workflow.portal.locating import judging_origin
from workflow.portal.pages.frame import page, see
from workflow.portal.tasks import BOOK_FIRST, BOOK_NEXT, LADDER, LEAD, MATCH, REACH, RECORD, Task, judged, tasks_of
from workflow.portal.wording import MATCHING, usual
from workflow.portal_ports import MOST_ROWS, CaseFilter
from workflow.rules.facts import Actor
from workflow.rules.permissions import may

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
PAGE = 50
LONGEST_REFERENCE = 200
# Task -> the commands that do it; the others are done by what is usual in the case's state.
WAYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        RECORD: ("RecordAttendance",),
        REACH: ("RecordContactDetails", "RecordContactAttempt", "RecordViews"),
        MATCH: MATCHING,
        LEAD: (),
        LADDER: ("IssueWarning", "IssueFinalWarning", "ReturnToReferrer", "SubmitAbsenceEvidence"),
        BOOK_FIRST: ("BookSession",),
        BOOK_NEXT: ("BookSession",),
    }
)


@router.get("/tasks", name="tasks_page")
async def tasks_page(request: Request) -> Response:
    """Show what to do next, soonest first, and why."""
    parts, caller = parts_of(request), caller_of(request)
    # A caseworker's tasks are those of his or her own cases; the other roles look after all of the provider's.
    own = caller.staff_id if Role.CASEWORKER in caller.roles else None
    async with parts.reading.together(caller) as reading:
        cases = await reading.cases(caller, CaseFilter(caseworker=own, open_only=True, limit=MOST_ROWS))
        timers = await reading.due(caller, [case.id for case in cases])
        names = {one.slug: one.name for one in await reading.organisations(caller)}
    due = {case.id: judged(timers.get(case.id, {}), judging_origin(parts, case)) for case in cases}
    tasks = tasks_of(cases, due, caller.roles, await parts.clock.now())
    of = {case.id: case for case in cases}
    rows = []
    for task in tasks:
        ways = ways_of(task, of[task.case], caller.actor)
        rows.append((task, of[task.case], ways, leads_to(task, ways)))
    shown = {"rows": rows, "names": names, "full": len(cases) == MOST_ROWS}
    return page(request, "tasks.html", shown)


def ways_of(task: Task, case: Case, actor: Actor) -> tuple[str, ...]:
    """Return the commands by which a task is done, those that the actor may ask for and nobody has done yet."""
    found = WAYS.get(task.what, usual(case))
    return tuple(name for name in found if may(actor, ASKED[name], case) and not _is_done(name, case))


def leads_to(task: Task, ways: tuple[str, ...]) -> str | None:
    """Return the command whose form does the task, or None where the case has to be looked at first."""
    return ways[0] if ways and (task.what in WAYS or len(ways) == 1) else None


def _is_done(command: str, case: Case) -> bool:
    done = {
        "RecordConsent": bool(case.consents),
        "AssessRisk": case.risk is not None,
        "ProposePlan": bool(case.proposal),
        "AgreePlan": not case.proposal,
        "IssueWarning": case.stage is not Stage.NONE,
        "IssueFinalWarning": case.stage is not Stage.WARNED,
        "RecordYouthJusticeClearance": case.clearance is not Clearance.AWAITED,
        "RecordContactDetails": all(person.contact != "awaiting_details" for person in case.affected),
    }
    return done.get(command, False)


@router.get("/cases", name="cases_page")
async def cases_page(
    request: Request, state: str | None = Query(None), cursor: str | None = Query(None, max_length=200)
) -> Response:
    """Show a page of the provider's cases."""
    parts, caller = parts_of(request), caller_of(request)
    wanted = state if state in set(CaseState) else None
    found = await parts.reading.cases(caller, CaseFilter(state=wanted, after=after_id(cursor), limit=PAGE))
    more = cursor_of(found[-1].id) if len(found) == PAGE else None
    return _cases(request, found, {"next": more, "state": wanted})


@router.post("/cases/find", name="find_case")
async def find_case(request: Request) -> Response:
    """Show the case that a reference means; a form, since a reference is personal and never stands in an address."""
    said = str(form_of(request).get("reference", "")).strip()[:LONGEST_REFERENCE]
    found = await find(parts_of(request), caller_of(request), said)
    if len(found) == 1:
        return see(f"/cases/{found[0].id}")
    return _cases(request, found, {"found": True})


def _cases(request: Request, cases: Sequence[Case], extra: Mapping[str, Any]) -> Response:
    shown: dict[str, Any] = {"cases": cases, "next": None, "state": None, "all_states": [str(one) for one in CaseState]}
    shown |= {"found": False, "may_find": may_find(caller_of(request))}
    return page(request, "cases.html", shown | dict(extra))
