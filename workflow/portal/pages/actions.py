"""Doing things to a case: any command by its own form, attendance and booking by theirs; a refusal says why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from schemas.vocabulary import AttendanceOutcome
from workflow.case.case import Case
from workflow.portal.api.answering import fault_of
from workflow.portal.asking import ASKED, Asked, ask
from workflow.portal.bodies import uuid_of, whole_number
from workflow.portal.errors import ProblemError
from workflow.portal.gate import authorise, caller_of, form_of, hidden, parts_of
from workflow.portal.locating import the_case
from workflow.portal.pages.booking import bookable
from workflow.portal.pages.forms import data_of, inputs_of, text_of
from workflow.portal.pages.frame import page, see
from workflow.portal.pages.referral_form import FIELDS
from workflow.portal.wording import OUTCOME_WORDS, command_words
from workflow.rules.calendar import local
from workflow.rules.credit import ATTENDED

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
Told = Mapping[str, Any]
OF_ATTENDERS = frozenset({"started_at", "ended_at", "penalty_minutes"})
NOTHING: Told = {"problems": [], "refusal": None}


@router.get("/cases/{case_id}/do/{command}", name="action_page")
async def action_page(request: Request, case_id: str, command: str) -> Response:
    """Show the form of one command."""
    return await _form(request, await the_case(request, case_id), command, NOTHING, 200)


@router.post("/cases/{case_id}/do/{command}", name="act")
async def act(request: Request, case_id: str, command: str) -> Response:
    """Ask for the command; done, the case is shown with it."""
    case = await the_case(request, case_id)
    if command not in ASKED:
        raise await hidden(request, "command")
    fault = await _ask(request, case, command, data_of(ASKED[command], form_of(request)))
    return see(f"/cases/{case.id}") if fault is None else await _form(request, case, command, _told(fault), 422)


@router.get("/cases/{case_id}/sessions/{session}/attendance", name="attendance_page")
async def attendance_page(request: Request, case_id: str, session: str) -> Response:
    """Ask what happened at a session."""
    return await _attendance(request, await the_case(request, case_id), session, NOTHING)


@router.post("/cases/{case_id}/sessions/{session}/attendance", name="record_attendance")
async def record_attendance(request: Request, case_id: str, session: str) -> Response:
    """Record what happened."""
    case = await the_case(request, case_id)
    data = data_of(ASKED["RecordAttendance"], {**_of_attendance(form_of(request)), "session": session})
    fault = await _ask(request, case, "RecordAttendance", data)
    return see(f"/cases/{case.id}") if fault is None else await _attendance(request, case, session, _told(fault))


@router.get("/cases/{case_id}/book", name="booking_page")
async def booking_page(request: Request, case_id: str) -> Response:
    """Offer the sessions that fit, best first, each with why."""
    return await _booking(request, await the_case(request, case_id), NOTHING)


@router.post("/cases/{case_id}/book", name="book")
async def book(request: Request, case_id: str) -> Response:
    """Claim a place."""
    case = await the_case(request, case_id)
    fault = await _ask(request, case, "BookSession", data_of(ASKED["BookSession"], form_of(request)))
    return see(f"/cases/{case.id}") if fault is None else await _booking(request, case, _told(fault))


async def _ask(request: Request, case: Case, command: str, data: dict[str, object]) -> ProblemError | None:
    """The version is the one that the page was drawn at: who decides on an old page is told so."""
    form, caller = form_of(request), caller_of(request)
    stated, once = str(form.get("version", "")), str(form.get("once", ""))
    asked = Asked(
        case_id=case.id,
        type=command,
        data=data,
        version=whole_number(stated),
        key=once[:200] or None,
    )
    try:
        return fault_of(await ask(parts_of(request), caller, asked), caller)
    except ProblemError as problem:
        return problem


def _told(fault: ProblemError) -> Told:
    refusal = fault.detail or "The case has moved on meanwhile. Look at it again, then decide again."
    problems = fault.parts.get("problems", [])
    return {"problems": problems, "refusal": None if problems else refusal}


async def _form(request: Request, case: Case, command: str, told: Told, status: int) -> Response:
    if command not in ASKED:
        raise await hidden(request, "command")
    form: Mapping[str, Any] = getattr(request.state, "form", {})
    asked = inputs_of(ASKED[command], case, {"fields": tuple((field.path, field.label) for field in FIELDS)})
    inputs = [replace(one, value=text_of(form, one.name)) if one.name in form else one for one in asked]
    shown = {
        "case": case,
        "command": command,
        "title": command_words(command),
        "about": ASKED[command].__doc__,
        "inputs": inputs,
        "by_field": {problem["pointer"].split("/")[2]: problem for problem in told["problems"] if _deep(problem)},
        "once": parts_of(request).secret(),
    }
    return page(request, "action.html", shown | dict(told), status=status)


def _deep(problem: Mapping[str, str]) -> bool:
    return problem["pointer"].count("/") > 1


def _of_attendance(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed; the times that the page proposes are those of somebody who came."""
    came = form.get("outcome") in ATTENDED
    return {name: value for name, value in form.items() if came or name not in OF_ATTENDERS}


async def _attendance(request: Request, case: Case, session: str, told: Told) -> Response:
    named = uuid_of(session)
    found = case.session(named) if named else None
    if found is None:
        raise await hidden(request, "session")
    shown = {
        "case": case,
        "session": found,
        "outcomes": [(str(code), OUTCOME_WORDS[code]) for code in AttendanceOutcome],
        "typed": {
            "outcome": str(AttendanceOutcome.ATTC),
            "started_at": f"{local(found.starts_at):%Y-%m-%dT%H:%M}",
            "ended_at": f"{local(found.ends_at):%Y-%m-%dT%H:%M}",
            "penalty_minutes": "0",
            **getattr(request.state, "form", {}),
        },
        "once": parts_of(request).secret(),
    }
    return page(request, "attendance.html", shown | dict(told), status=422 if told is not NOTHING else 200)


async def _booking(request: Request, case: Case, told: Told) -> Response:
    parts, caller = parts_of(request), caller_of(request)
    shown = {
        "case": case,
        "choices": await bookable(parts, caller, case),
        "sites": {site.id: site.name for site in await parts.reading.sites(caller)},
        "once": parts.secret(),
    }
    return page(request, "booking.html", shown | dict(told), status=422 if told is not NOTHING else 200)
