"""Every fault as problem+json or as a page (RFC 9457): which field, what is wrong, what to do; never a stack trace."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from schemas.problems import OTHERWISE, SENTENCES, filled, pointer_to, problem_at, unknown_value
from workflow.handlers.office import TooBusyError
from workflow.ports import AmbiguousCommitError, StoreDownError

PROBLEM_JSON = "application/problem+json"
_LOG = logging.getLogger("amends.portal")

TITLES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "unauthenticated": (401, "Show who you are: send a bearer credential."),
        "not_found": (404, "There is nothing here for you."),
        "method_not_allowed": (405, "This address does not know that method."),
        "unreadable": (400, "What was sent could not be read."),
        "too_large": (413, "The body is larger than any message of ours; send less."),
        "unsupported": (415, "The body is of a kind that is not read here."),
        "contract_broken": (422, "The message breaks the contract; each problem names its field."),
        "parameters_wrong": (422, "A parameter of the address or a header is not valid."),
        "conflicting": (409, "This id was used before with another body; a new message needs a new id."),
        "refused": (409, "The rules do not allow this now."),
        "case_parked": (409, "An operator must look at this case first; try again later."),
        "version_missing": (428, "Say which version you decided on: send If-Match with the case's ETag."),
        "version_stale": (412, "The case has moved on; read it again and decide again."),
        "form_expired": (403, "This form is no longer valid; open the page again."),
        "too_busy": (503, "Others are changing the same case; ask again in a moment."),
        "store_down": (503, "The database cannot be reached; send the same again in a moment, it is taken once."),
        "internal": (500, "Something failed on our side; it is logged under the correlation id."),
    }
)

PASSING: Mapping[type[Exception], str] = MappingProxyType(
    {TooBusyError: "too_busy", StoreDownError: "store_down", AmbiguousCommitError: "store_down"}
)

_NOT_A_MOMENT = ("not_a_moment", "{field} is not a date with a time; write it like 2026-06-09T15:10:00Z.")
_NOT_WHOLE = ("not_a_whole_number", "{field} must be a whole number; write it in digits.")
# What is said otherwise of a text in an address than of a value in a body; a plus sign there would be a space.
OF_AN_ADDRESS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "int_parsing": _NOT_WHOLE,
        "int_parsing_size": _NOT_WHOLE,
        "bool_parsing": ("not_yes_or_no", "{field} must be true or false."),
        "datetime_parsing": _NOT_A_MOMENT,
        "datetime_from_date_parsing": _NOT_A_MOMENT,
    }
)


class ProblemError(Exception):
    """A fault to be told to the caller; its parts hold no personal data."""

    def __init__(
        self, code: str, *, detail: str | None = None, headers: Mapping[str, str] | None = None, **parts: object
    ) -> None:
        """Name the fault by its code in TITLES."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = headers
        self.parts = parts


def problem_of(error: ProblemError) -> dict[str, object]:
    """Return the members of a problem document."""
    status, title = TITLES[error.code]
    told: dict[str, object] = {"type": f"urn:amends:problem:{error.code}", "title": title, "status": status}
    if error.detail:
        told["detail"] = error.detail
    return told | {"code": error.code} | error.parts


def problem_response(error: ProblemError) -> JSONResponse:
    """Return a problem document as a response."""
    told = problem_of(error)
    return JSONResponse(
        told, status_code=TITLES[error.code][0], media_type=PROBLEM_JSON, headers=dict(error.headers or {})
    )


def from_http(error: HTTPException) -> ProblemError:
    """Return the problem behind what the framework raises for an address or a method that is not there."""
    codes = {HTTPStatus.NOT_FOUND: "not_found", HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed"}
    return ProblemError(codes.get(HTTPStatus(error.status_code), "unreadable"), headers=error.headers)


def from_validation(error: RequestValidationError) -> ProblemError:
    """Return the problem of parameters: where and what, never the value."""
    return ProblemError("parameters_wrong", problems=[_of_parameter(one) for one in error.errors()])


def _of_parameter(detail: Mapping[str, Any]) -> dict[str, str]:
    """Name the parameter as it is sent; the pointer says too whether it stands in the address or in a header."""
    place, context = detail["loc"], detail.get("ctx", {})
    if detail["type"] == "enum":
        problem = unknown_value(place[1:], detail["input"], context["expected"])
    else:
        code, sentence = OF_AN_ADDRESS.get(detail["type"]) or SENTENCES.get(detail["type"], OTHERWISE)
        problem = problem_at(place[1:], code, filled(sentence, context))
    return problem.model_copy(update={"pointer": pointer_to(place)}).model_dump()


def from_failure(error: Exception, correlation: str) -> ProblemError:
    """Log the kind of a failure and where it arose, never its text, which may quote what was sent."""
    passing = next((code for kind, code in PASSING.items() if isinstance(error, kind)), None)
    if passing is not None:
        return ProblemError(passing, headers={"Retry-After": "1"})
    _LOG.error("request failed: %s at %s, correlation %s", type(error).__name__, _place(error), correlation)
    return ProblemError("internal", correlation=correlation)


def not_found() -> ProblemError:
    """Return the one answer for what is not there and for what is not the caller's."""
    return ProblemError("not_found")


def contract_broken(problems: Sequence[Mapping[str, str]]) -> ProblemError:
    """Return a broken contract with one entry a field."""
    return ProblemError("contract_broken", problems=[dict(problem) for problem in problems])


def wants_page(request: Request) -> bool:
    """Whether the fault belongs on a page: everything outside the API that a browser asks for."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "nowhere"
