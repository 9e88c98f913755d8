"""What every page that asks for a command shares: asking at the version shown, and why not."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from workflow.case.case import Case
from workflow.portal.api.answering import fault_of
from workflow.portal.asking import ASKED, DATA, Asked, ask, command_of
from workflow.portal.bodies import whole_number
from workflow.portal.errors import ProblemError
from workflow.portal.gate import caller_of, form_of, parts_of
from workflow.portal.pages.faults import Fault, Field, faults_of, needed
from workflow.portal.pages.forms import Choices, data_of, inputs_of, text_of
from workflow.portal.pages.frame import page
from workflow.portal.pages.possible import why_not
from workflow.portal.pages.words import STATED, about
from workflow.portal.wording import command_words

Told = Mapping[str, Any]
NOTHING: Told = {"problems": (), "refusal": None}
FORBIDDEN, CONFLICT, UNPROCESSABLE = 403, 409, 422
MOVED_ON = "The case has moved on meanwhile. Look at it again, then decide again."


async def ask_for(  # noqa: PLR0913 - who asks for what, with what was typed and offered, under which id
    request: Request, case: Case, command: str, typed: Mapping[str, Any], *, choices: Choices, once: str = ""
) -> Told | None:
    """Ask for a command with what was typed; None where it is done, else what to tell on the form.

    The version is the one that the page was drawn at: who decides on an old page is told so.
    """
    form, caller, data = form_of(request), caller_of(request), data_of(ASKED[command], typed)
    problems = (*unstated(command, typed), *broken(command, data, choices))
    if problems:
        return {"problems": problems, "refusal": None}
    version = whole_number(str(form.get("version", "")))
    asked = Asked(case_id=case.id, type=command, data=data, version=version, key=once[:200] or None)
    fault = fault_of(await ask(parts_of(request), caller, asked), caller)
    return {"problems": (), "refusal": fault.detail or MOVED_ON} if fault else None


def broken(command: str, data: Mapping[str, object], choices: Choices) -> tuple[Fault, ...]:
    """Return what in the data breaks the command's contract, as the form says it."""
    try:
        command_of(command, data)
    except ProblemError as problem:
        told: Any = problem.parts["problems"]
        return faults_of(told, fields_of(command, choices))
    return ()


def unstated(command: str, typed: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return a fault for each thing that somebody must state and nobody did; the API would have its default."""
    inputs = inputs_of(ASKED[command])
    return tuple(
        needed(one.name, one.label)
        for one in inputs
        if f"{command}.{one.name}" in STATED and not text_of(typed, one.name)
    )


def fields_of(command: str, choices: Choices) -> tuple[Field, ...]:
    """Return the fields of a command's form as problems point at them."""
    return tuple(
        Field(pointer=f"{DATA}/{one.name}", id=one.name, label=one.label, options=one.options)
        for one in inputs_of(ASKED[command], choices)
    )


async def barred(request: Request, case: Case, command: str) -> Response | None:
    """Return the page that says why the command cannot be done now, or None if it can."""
    reason = await why_not(parts_of(request), caller_of(request), case, command)
    if reason is None:
        return None
    shown = {"case": case, "title": command_words(command), "about": about(command), "reason": reason}
    return page(request, "not_now.html", shown, status=FORBIDDEN if reason.code == "role_may_not" else CONFLICT)
