"""Referrals by HTTP: receipted in the reply; the same message again gets the same receipt (contracts section 4)."""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from schemas.vocabulary import AgencyKind, CaseState
from workflow.case.parties import token_of
from workflow.handlers.requests import Answer, Disposition
from workflow.portal.api.answering import command_response
from workflow.portal.asking import ASKED, DATA, Asked, Speaker, ask, submit
from workflow.portal.bodies import command_parts, json_body, uuid_of
from workflow.portal.errors import ProblemError, contract_broken
from workflow.portal.gate import authorise, caller_of, hidden, parts_of
from workflow.portal.locating import policy_of, the_case
from workflow.portal.views import case_view

router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorise)], tags=["referrals"])
AMENDMENTS = frozenset({"AmendReferral", "ProvideInformation", "WithdrawCase"})


@router.post("/referrals", name="refer", status_code=202)
async def refer(request: Request, amends_sending: str | None = Header(None, max_length=200)) -> JSONResponse:
    """Send a referral; Amends-Sending numbers this sending in the sender's own ledger."""
    caller = caller_of(request)
    kind = AgencyKind(caller.kind)
    speaker = Speaker(tenant=caller.tenant, agency=caller.organisation, kind=kind, actor=caller.actor)
    answer = await submit(parts_of(request), speaker, await json_body(request), amends_sending)
    return receipted(answer)


def receipted(answer: Answer) -> JSONResponse:
    """Return the receipt with the status that says what became of the message."""
    receipt = dict(answer.reply)
    if answer.disposition is Disposition.CONFLICTING:
        raise ProblemError("conflicting", receipt=receipt)
    if receipt["status"] == "rejected":
        error = contract_broken(_problems(receipt))
        error.parts["receipt"] = {"message_id": receipt["message_id"], "status": "rejected"}
        raise error
    location = f"/api/v1/referrals/{receipt['referral']}"
    return JSONResponse(receipt, status_code=202, headers={"Location": location})


@router.get("/referrals/{reference}", name="read_referral")
async def read_referral(request: Request, reference: str) -> dict[str, Any]:
    """Read one's own referral by token or message id: what the disclosure rules give this agency."""
    parts, caller = parts_of(request), caller_of(request)
    named = uuid_of(reference)
    receipt = await parts.reading.receipt(caller, named) if named else None
    if receipt is not None and json.loads(receipt)["status"] == "rejected":
        told: dict[str, Any] = json.loads(receipt)
        return told
    case = await the_case(request, reference)
    return case_view(case, caller, policy_of(parts, case))


@router.post("/referrals/{reference}/amendments", name="amend_referral")
async def amend_referral(
    request: Request,
    reference: str,
    idempotency_key: str | None = Header(None, max_length=200),
    amends_sending: str | None = Header(None, max_length=200),
) -> JSONResponse:
    """Correct or complete one's own referral: fields of AmendReferral, or {"type", "data"} with one of three types."""
    case, body = await the_case(request, reference), await json_body(request)
    named = "type" in body
    name, data = command_parts(body) if named else (_amendment(case.state, body), body)
    if name not in AMENDMENTS:
        raise await hidden(request, "amendment")
    message_id = data.get("message_id")
    asked = Asked(
        case_id=case.id,
        type=name,
        data=data,
        at=DATA if named else "",
        version=None,
        key=idempotency_key or (str(message_id) if uuid_of(str(message_id)) else None),
        sending=amends_sending,
        token=token_of(case, caller_of(request).organisation),
    )
    answer = await ask(parts_of(request), caller_of(request), asked)
    return await command_response(request, answer, case.id)


def _amendment(state: CaseState, body: Mapping[str, object]) -> str:
    """Fields that only an answer has, sent while one is awaited, are the answer."""
    answers = set(ASKED["ProvideInformation"].model_fields)
    waiting = state is CaseState.AWAITING_INFORMATION
    return "ProvideInformation" if waiting and set(body) <= answers else "AmendReferral"


def _problems(receipt: Mapping[str, Any]) -> list[dict[str, str]]:
    return [dict(problem) for problem in receipt["problems"]]
