"""Doing things to a case: any command by a form made from it; what cannot be done now says why instead."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workflow.case.case import Case
from workflow.portal.asking import ASKED
from workflow.portal.gate import authorise, caller_of, form_of, hidden, parts_of
from workflow.portal.locating import the_case
from workflow.portal.pages.acting import NOTHING, UNPROCESSABLE, Told, ask_for, barred
from workflow.portal.pages.choices import choices_of, proposal
from workflow.portal.pages.faults import by_field
from workflow.portal.pages.forms import inputs_of, text_of
from workflow.portal.pages.frame import page, see
from workflow.portal.pages.sessions import OF_A_SESSION, own_page
from workflow.portal.pages.words import about
from workflow.portal.wording import command_words

ALLOCATING = "AllocateCaseworker"
AGREEING = frozenset({"AgreePlan", "RevisePlan"})
router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)


@router.get("/cases/{case_id}/do/{command}", name="action_page")
async def action_page(request: Request, case_id: str, command: str) -> Response:
    """Show the form of one command, lead to the page that it has of its own, or say why it cannot be done now."""
    case = await the_case(request, case_id)
    if command not in ASKED:
        raise await hidden(request, "command")
    against = await barred(request, case, command)
    if against is not None:
        return against
    if command in OF_A_SESSION:
        return await own_page(request, case, command)
    return await _form(request, case, command, NOTHING)


@router.post("/cases/{case_id}/do/{command}", name="act")
async def act(request: Request, case_id: str, command: str) -> Response:
    """Ask for the command; done, the case is shown with it."""
    case, form = await the_case(request, case_id), form_of(request)
    if command not in ASKED:
        raise await hidden(request, "command")
    choices = await choices_of(request, case)
    told = await ask_for(request, case, command, form, choices=choices, once=str(form.get("once", "")))
    if told is None:
        return see(f"/cases/{case.id}")
    return await barred(request, case, command) or await _form(request, case, command, told)


async def _form(request: Request, case: Case, command: str, told: Told) -> Response:
    form: Mapping[str, Any] = getattr(request.state, "form", {})
    best = await proposal(request, case) if command == ALLOCATING else None
    asked = inputs_of(ASKED[command], await choices_of(request, case, best))
    # A form names no activities of its own: what is agreed to is what was proposed.
    plan = case.proposal if command in AGREEING else ()
    sites = await parts_of(request).reading.sites(caller_of(request)) if plan else ()
    shown = {
        "case": case,
        "command": command,
        "title": command_words(command),
        "about": about(command),
        "inputs": [replace(one, value=text_of(form, one.name)) if one.name in form else one for one in asked],
        "by_field": by_field(told["problems"]),
        "best": best,
        "plan": plan,
        "sites": {site.id: site.name for site in sites},
        "once": parts_of(request).secret(),
    }
    return page(request, "action.html", shown | dict(told), status=200 if told is NOTHING else UNPROCESSABLE)
