"""Commands about cases, one at a time or in bulk; the same Idempotency-Key gets the stored reply."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from workflow.case.parties import token_of
from workflow.handlers.requests import Disposition
from workflow.portal.api.answering import applied_view, command_response, fault_of
from workflow.portal.asking import Asked, ask
from workflow.portal.bodies import command_parts, json_body, own_key, required_version
from workflow.portal.errors import ProblemError, contract_broken, problem_of
from workflow.portal.gate import authorise, caller_of, parts_of
from workflow.portal.locating import the_case

router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorise)], tags=["commands"])
MOST_ITEMS = 100


@router.post("/cases/{case_id}/commands", name="command_case")
async def command_case(
    request: Request,
    case_id: str,
    idempotency_key: str | None = Header(None, max_length=200),
    amends_sending: str | None = Header(None, max_length=200),
) -> JSONResponse:
    """Ask for {"type", "data"} at the version of If-Match."""
    version = required_version(request)
    case = await the_case(request, case_id)
    name, data = command_parts(await json_body(request))
    asked = Asked(
        case_id=case.id,
        type=name,
        data=data,
        version=version,
        key=idempotency_key,
        sending=amends_sending,
        token=token_of(case, caller_of(request).organisation),
    )
    answer = await ask(parts_of(request), caller_of(request), asked)
    return await command_response(request, answer, case.id)


@router.post("/commands", name="command_cases")
async def command_cases(request: Request) -> dict[str, Any]:
    """Ask for many: {"items": [{"case", "type", "data", "version", "idempotency_key"}]}; a result an item, in order."""
    items = (await json_body(request)).get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        message = f"items must be a list of 1 to {MOST_ITEMS} commands."
        raise contract_broken([{"pointer": "/items", "code": "not_a_list", "message": message}])
    return {"results": [await _one(request, item) for item in items]}


async def _one(request: Request, item: object) -> dict[str, Any]:
    """Each item is a transaction of its own: one that fails leaves the others alone."""
    try:
        return await _done(request, item)
    except ProblemError as problem:
        return problem_of(problem)


async def _done(request: Request, item: object) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise contract_broken([{"pointer": "", "code": "not_an_object", "message": "An item must be an object."}])
    version, key = item.get("version"), own_key(item.get("idempotency_key"))
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise contract_broken(
            [{"pointer": "/version", "code": "not_a_version", "message": "version must be a whole number, or null."}]
        )
    if "version" not in item:
        raise ProblemError("version_missing")
    name, data = command_parts(item)
    case = await the_case(request, str(item.get("case")))
    token = token_of(case, caller_of(request).organisation)
    asked = Asked(case_id=case.id, type=name, data=data, version=version, key=key, token=token)
    answer = await ask(parts_of(request), caller_of(request), asked)
    fault = fault_of(answer, caller_of(request))
    if answer.disposition is Disposition.NOT_FOUND:
        raise ProblemError("not_found")
    if fault is not None:
        raise fault
    return {"status": 200, "case": str(item["case"])} | await applied_view(request, answer, case.id)
