"""A new referral by hand: the page, its problems beside their fields, and the receipt."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from schemas.vocabulary import AgencyKind
from workflow.handlers.requests import Answer, Disposition
from workflow.portal.asking import Speaker, submit
from workflow.portal.bodies import uuid_of
from workflow.portal.gate import authorise, caller_of, form_of, parts_of
from workflow.portal.pages.frame import page, see
from workflow.portal.pages.referral_form import FIELDS, SECTIONS, message_of
from workflow.rules.calendar import local
from workflow.rules.facts import Organisation
from workflow.rules.permissions import AGENCIES

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
UNPROCESSABLE = 422
CHOOSE = {"pointer": "/agency", "code": "missing", "message": "agency is missing; choose who refers."}


@router.get("/referrals/new", name="referral_page")
async def referral_page(request: Request) -> Response:
    """Show an empty form with a message id of its own."""
    parts = parts_of(request)
    now = local(await parts.clock.now())
    message_id = parts.ids.derive("by_hand", parts.secret())
    return await _form(request, {"message_id": str(message_id), "sent_at": f"{now:%Y-%m-%dT%H:%M}"}, ())


@router.post("/referrals/new", name="refer_by_hand")
async def refer_by_hand(request: Request) -> Response:
    """Send what was typed through the contract; sent twice, it is one referral."""
    parts, caller, form = parts_of(request), caller_of(request), form_of(request)
    agency, message_id = await _agency(request, str(form.get("agency", ""))), uuid_of(str(form.get("message_id", "")))
    if agency is None or message_id is None:
        return await _form(request, form, (CHOOSE,))
    kind = AgencyKind(agency.kind)
    speaker = Speaker(tenant=caller.tenant, agency=agency.slug, kind=kind, actor=caller.actor)
    answer = await submit(parts, speaker, message_of(form, agency.slug, kind, message_id), None)
    if answer.reply["status"] == "received":
        return see(f"/cases/{answer.case_id}")
    return await _form(request, form, _problems(answer))


def _problems(answer: Answer) -> tuple[Mapping[str, str], ...]:
    if answer.disposition is Disposition.CONFLICTING:
        words = "This form was sent before with other answers; open a new one."
        return ({"pointer": "", "code": "conflicting", "message": words},)
    told: Any = answer.reply["problems"]
    return tuple(told)


async def _agency(request: Request, slug: str) -> Organisation | None:
    return next((one for one in await _agencies(request) if one.slug == slug), None)


async def _agencies(request: Request) -> list[Organisation]:
    register = await parts_of(request).reading.organisations(caller_of(request))
    return [one for one in register if one.kind in AGENCIES]


async def _form(request: Request, typed: Mapping[str, Any], problems: tuple[Mapping[str, str], ...]) -> Response:
    known = {field.path: field for field in FIELDS}
    placed = {problem["pointer"]: problem["message"] for problem in problems}
    shown = {
        "sections": SECTIONS,
        "agencies": await _agencies(request),
        "typed": typed,
        "placed": placed,
        "elsewhere": [words for pointer, words in placed.items() if pointer not in known and pointer != "/agency"],
        "problems": problems,
        "labels": {pointer: known[pointer].id for pointer in placed if pointer in known} | {"/agency": "agency"},
    }
    return page(request, "referral.html", shown, status=UNPROCESSABLE if problems else 200)
