"""The sessions of a case: booking and moving one from all that are offered, and what happened at one."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.portal.bodies import uuid_of
from workflow.portal.gate import authorise, caller_of, form_of, hidden, parts_of
from workflow.portal.locating import the_case
from workflow.portal.pages.acting import NOTHING, UNPROCESSABLE, Told, ask_for, barred
from workflow.portal.pages.booking import WEEKS, offered
from workflow.portal.pages.choices import session_words
from workflow.portal.pages.faults import by_field
from workflow.portal.pages.forms import NO_CHOICES
from workflow.portal.pages.frame import page, see
from workflow.portal.pages.words import about
from workflow.portal.wording import OUTCOME_GROUPS, command_words
from workflow.rules.calendar import local
from workflow.rules.credit import ATTENDED

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
OF_ATTENDERS = frozenset({"started_at", "ended_at", "penalty_minutes"})
BOOK, MOVE, RECORD, CORRECT = "BookSession", "RescheduleSession", "RecordAttendance", "CorrectAttendance"
# Commands with a page of their own -> which sessions it is for, and the end of the page's address.
OF_A_SESSION: Mapping[str, tuple[Callable[[Session], bool], str]] = MappingProxyType(
    {
        BOOK: (lambda _: False, "book"),
        MOVE: (lambda one: one.outcome is None and not one.cancelled, "move"),
        RECORD: (lambda one: one.outcome is None and not one.cancelled, "attendance"),
        CORRECT: (lambda one: one.outcome is not None and not one.cancelled, "attendance"),
    }
)


async def own_page(request: Request, case: Case, command: str) -> Response:
    """Lead to the page of a command about a session; where several could be meant, let it be chosen."""
    fits, end = OF_A_SESSION[command]
    if command == BOOK:
        return see(f"/cases/{case.id}/book")
    addresses = [(f"/cases/{case.id}/sessions/{one.id}/{end}", one) for one in case.sessions if fits(one)]
    if len(addresses) == 1:
        return see(addresses[0][0])
    sites = await _sites(request)
    links = [(address, session_words(one, sites)) for address, one in addresses]
    shown = {"case": case, "title": command_words(command), "about": about(command), "links": links}
    return page(request, "which_session.html", shown)


@router.get("/cases/{case_id}/sessions/{session}/attendance", name="attendance_page")
async def attendance_page(request: Request, case_id: str, session: str) -> Response:
    """Ask what happened at a session, or what the record of it should have said."""
    case, found = await _the_session(request, case_id, session)
    return await barred(request, case, _recording(found)) or _attendance(request, case, found, NOTHING)


@router.post("/cases/{case_id}/sessions/{session}/attendance", name="record_attendance")
async def record_attendance(request: Request, case_id: str, session: str) -> Response:
    """Record what happened, or correct what was recorded."""
    case, found = await _the_session(request, case_id, session)
    form, command = form_of(request), _recording(found)
    typed = {**_of_attendance(form), "session": str(found.id)}
    told = await ask_for(request, case, command, typed, choices=NO_CHOICES, once=str(form.get("once", "")))
    if told is None:
        return see(f"/cases/{case.id}")
    return await barred(request, case, command) or _attendance(request, case, found, told)


@router.get("/cases/{case_id}/book", name="booking_page")
async def booking_page(request: Request, case_id: str) -> Response:
    """Offer the sessions that fit, best first, each with why."""
    case = await the_case(request, case_id)
    return await barred(request, case, BOOK) or await _booking(request, case, None, NOTHING)


@router.post("/cases/{case_id}/book", name="book")
async def book(request: Request, case_id: str) -> Response:
    """Claim a place."""
    return await _claim(request, await the_case(request, case_id), BOOK, None)


@router.get("/cases/{case_id}/sessions/{session}/move", name="moving_page")
async def moving_page(request: Request, case_id: str, session: str) -> Response:
    """Offer the sessions to which a booked one can move."""
    case, found = await _the_session(request, case_id, session)
    return await barred(request, case, MOVE) or await _booking(request, case, found, NOTHING)


@router.post("/cases/{case_id}/sessions/{session}/move", name="move")
async def move(request: Request, case_id: str, session: str) -> Response:
    """Give one place back and claim another."""
    case, found = await _the_session(request, case_id, session)
    return await _claim(request, case, MOVE, found)


async def _claim(request: Request, case: Case, command: str, moving: Session | None) -> Response:
    """One form holds every session, so what was chosen belongs to the id of the asking."""
    form = form_of(request)
    once = f"{form.get('once', '')}{form.get('slot', '')}"
    typed = {**form, "session": str(moving.id)} if moving else form
    told = await ask_for(request, case, command, typed, choices=NO_CHOICES, once=once)
    if told is None:
        return see(f"/cases/{case.id}")
    return await barred(request, case, command) or await _booking(request, case, moving, told)


async def _the_session(request: Request, case_id: str, session: str) -> tuple[Case, Session]:
    case, named = await the_case(request, case_id), uuid_of(session)
    found = case.session(named) if named else None
    if found is None:
        raise await hidden(request, "session")
    return case, found


async def _sites(request: Request) -> dict[str, str]:
    return {site.id: site.name for site in await parts_of(request).reading.sites(caller_of(request))}


def _recording(session: Session) -> str:
    return RECORD if session.outcome is None else CORRECT


def _of_attendance(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed; the times that the page proposes are those of somebody who came."""
    came = form.get("outcome") in ATTENDED
    return {name: value for name, value in form.items() if came or name not in OF_ATTENDERS}


def _attendance(request: Request, case: Case, session: Session, told: Told) -> Response:
    proposed = {
        "started_at": f"{local(session.attended_from or session.starts_at):%Y-%m-%dT%H:%M}",
        "ended_at": f"{local(session.attended_to or session.ends_at):%Y-%m-%dT%H:%M}",
        "penalty_minutes": str(session.penalty_minutes),
    }
    command = _recording(session)
    shown = {
        "case": case,
        "session": session,
        "title": command_words(command),
        "about": about(command),
        "groups": [
            (group, [(str(code), words) for code, words in outcomes.items()])
            for group, outcomes in OUTCOME_GROUPS.items()
        ],
        "typed": {"outcome": "", **proposed, **getattr(request.state, "form", {})},
        "by_field": by_field(told["problems"]),
        "once": parts_of(request).secret(),
    }
    return page(request, "attendance.html", shown | dict(told), status=200 if told is NOTHING else UNPROCESSABLE)


async def _booking(request: Request, case: Case, moving: Session | None, told: Told) -> Response:
    parts, caller = parts_of(request), caller_of(request)
    shown = {
        "case": case,
        "moving": moving,
        "title": command_words(MOVE if moving else BOOK),
        "offer": await offered(parts, caller, case, moving),
        "weeks": WEEKS,
        "sites": await _sites(request),
        "asked_by": str(getattr(request.state, "form", {}).get("asked_by", "")),
        "by_field": by_field(told["problems"]),
        "once": parts.secret(),
    }
    return page(request, "booking.html", shown | dict(told), status=200 if told is NOTHING else UNPROCESSABLE)
