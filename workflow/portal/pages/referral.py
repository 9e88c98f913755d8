"""A new referral by hand: the page, its problems beside their fields, and the receipt."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from schemas.referrals.reading import ReferralRejected, read_referral
from schemas.vocabulary import AgencyKind
from workflow.handlers.requests import Answer, Disposition
from workflow.portal.asking import Speaker, submit
from workflow.portal.bodies import uuid_of
from workflow.portal.gate import authorise, caller_of, form_of, parts_of
from workflow.portal.pages.faults import Field, by_field, faults_of
from workflow.portal.pages.frame import page, see
from workflow.portal.pages.referral_form import FIELDS, SECTIONS, message_of
from workflow.portal.parts import PortalParts
from workflow.rules.calendar import local
from workflow.rules.facts import Organisation
from workflow.rules.permissions import AGENCIES

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
UNPROCESSABLE = 422
Problems = tuple[Mapping[str, str], ...]
NOBODY = {"pointer": "/agency", "code": "missing", "message": "agency is missing; choose who refers."}
AGENCY = Field(pointer="/agency", id="agency", label="Who refers")
PLACES = (AGENCY, *(Field(pointer=one.path, id=one.id, label=one.label, options=one.options) for one in FIELDS))


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
    if message_id is None:
        return see("/referrals/new")
    if agency is None:
        return await _form(request, form, (NOBODY, *await _unsent(parts, form, message_id)))
    kind = AgencyKind(agency.kind)
    speaker = Speaker(tenant=caller.tenant, agency=agency.slug, kind=kind, actor=caller.actor)
    answer = await submit(parts, speaker, message_of(form, agency.slug, kind, message_id), None)
    if answer.reply["status"] == "received":
        return see(f"/cases/{answer.case_id}")
    return await _form(request, form, _problems(answer))


async def _unsent(parts: PortalParts, form: Mapping[str, Any], message_id: UUID) -> Problems:
    """Return what else is wrong while nobody knows who refers: what every kind of agency must say."""
    message = message_of(form, "", AgencyKind.POLICE, message_id)
    try:
        read_referral(AgencyKind.POLICE, message, await parts.clock.now())
    except ReferralRejected as rejected:
        told = (problem.model_dump() for problem in rejected.problems)
        return tuple(problem for problem in told if problem["pointer"] != AGENCY.pointer)
    return ()


def _problems(answer: Answer) -> Problems:
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


async def _form(request: Request, typed: Mapping[str, Any], problems: Problems) -> Response:
    faults = faults_of(problems, PLACES)
    shown = {
        "sections": SECTIONS,
        "agencies": [(one.slug, one.name) for one in await _agencies(request)],
        "typed": typed,
        "by_field": by_field(faults),
        "problems": faults,
    }
    return page(request, "referral.html", shown, status=UNPROCESSABLE if faults else 200)
