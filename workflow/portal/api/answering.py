"""What became of a command, as a response: 200 with events and version, 409 refused, 412 stale, 404 not his."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python

from schemas.vocabulary import OrganisationKind
from workflow.handlers.requests import Answer, Disposition
from workflow.portal.errors import ProblemError
from workflow.portal.gate import caller_of, hidden, parts_of
from workflow.portal.locating import policy_of
from workflow.portal.views import case_view
from workflow.portal.wording import refused
from workflow.portal_ports import Caller


async def command_response(request: Request, answer: Answer, case_id: UUID) -> JSONResponse:
    """Return the response, or raise the problem that the answer is."""
    caller = caller_of(request)
    if answer.disposition is Disposition.NOT_FOUND:
        raise await hidden(request, case_id)
    fault = fault_of(answer, caller)
    if fault is not None:
        raise fault
    inside = caller.kind is OrganisationKind.PROVIDER
    tag = {"ETag": f'"{answer.reply["version"]}"'} if inside else {}
    return JSONResponse(await applied_view(request, answer, case_id), headers=tag)


async def applied_view(request: Request, answer: Answer, case_id: UUID) -> dict[str, Any]:
    """Return events and version; an agency reads what the disclosure rules give it: inner ids stay inside."""
    parts, caller = parts_of(request), caller_of(request)
    if caller.kind is OrganisationKind.PROVIDER:
        return dict(answer.reply)
    case = await parts.reading.case(caller, case_id)
    return case_view(case, caller, policy_of(parts, case)) if case else {}


def fault_of(answer: Answer, caller: Caller) -> ProblemError | None:
    """Return the problem that an answer is, or None for an applied command; a repeat gets what it got before."""
    tag = {"ETag": f'"{answer.version}"'}
    if answer.disposition is Disposition.STALE:
        return ProblemError("version_stale", headers=tag, version=answer.version)
    if answer.disposition is Disposition.PARKED:
        return ProblemError("case_parked")
    if answer.disposition is Disposition.CONFLICTING:
        return ProblemError("conflicting")
    if "code" in answer.reply:
        return refusal_problem(answer.reply, caller)
    return None


def refusal_problem(reply: Mapping[str, object], caller: Caller) -> ProblemError:
    """Return a refusal in the form that this caller may read."""
    facts = reply.get("facts")
    told = refused(str(reply["code"]), facts if isinstance(facts, Mapping) else {}, caller)
    facts_told: Any = to_jsonable_python(dict(told.facts))
    parts: dict[str, Any] = {"refusal": told.code, "rule": told.rule, "remedy": told.remedy, "facts": facts_told}
    if caller.kind is OrganisationKind.PROVIDER:
        parts["version"] = reply["version"]
    return ProblemError("refused", detail=f"{told.rule} {told.remedy}", **parts)
