"""Pages from templates: every page gets who is signed in and the form token; faults become pages too."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from schemas.vocabulary import OrganisationKind
from workflow.portal.errors import TITLES, ProblemError, problem_response, wants_page
from workflow.portal.permissions import ROUTES
from workflow.portal.wording import (
    DOOR_WORDS,
    ORIGIN_WORDS,
    case_words,
    command_words,
    event_words,
    fields_words,
    outcome_words,
    plain,
    short,
    titled,
)
from workflow.portal_ports import WebSession
from workflow.rules.calendar import local

SEE_OTHER = 303
MENU = (
    ("tasks_page", "/tasks", "My tasks"),
    ("cases_page", "/cases", "Cases"),
    ("referral_page", "/referrals/new", "New referral"),
    ("organisations_page", "/organisations", "Organisations"),
    ("mailbox_page", "/mailbox", "Mailbox"),
)


@cache
def templates() -> Environment:
    """Return the templates; everything they print is escaped, and a missing name is an error."""
    environment = Environment(
        loader=PackageLoader("workflow.portal", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "plain": plain,
        "short": short,
        "case_words": case_words,
        "door_words": lambda door: DOOR_WORDS[door],
        "clock_time": lambda instant: f"{local(instant):%H:%M}",
        "titled": titled,
        "moment": moment,
        "hours": hours,
        "command_words": command_words,
        "event_words": event_words,
        "fields_words": fields_words,
        "outcome_words": outcome_words,
        "origin_words": lambda origin: ORIGIN_WORDS.get(str(origin), plain(origin)),
    }
    return environment


def page(request: Request, name: str, shown: Mapping[str, Any] | None = None, *, status: int = 200) -> HTMLResponse:
    """Return a page; what it shows besides the frame is in `shown`."""
    session: WebSession | None = getattr(request.state, "session", None)
    engagement = session.engagement if session else None
    frame = {
        "session": session,
        "engagement": engagement,
        "csrf": session.csrf if session else "",
        "menu": menu(session),
        "here": request.url.path,
    }
    return HTMLResponse(templates().get_template(name).render(frame | dict(shown or {})), status_code=status)


def menu(session: WebSession | None) -> list[tuple[str, str]]:
    """Return the pages that the engagement may open; the others do not exist for it."""
    if session is None or session.engagement is None or session.engagement.kind is not OrganisationKind.PROVIDER:
        return []
    role = session.engagement.role
    return [(address, words) for name, address, words in MENU if role in (ROUTES[name].roles or frozenset())]


def see(address: str) -> RedirectResponse:
    """Send the browser to a page that shows the result, so that reloading asks for nothing twice."""
    return RedirectResponse(address, status_code=SEE_OTHER)


def fault_response(request: Request, error: ProblemError) -> Response:
    """Return a fault as a page to a browser, as problem+json to everybody else."""
    if not wants_page(request):
        return problem_response(error)
    status, title = TITLES[error.code]
    shown = {"title": title, "detail": error.detail, "correlation": error.parts.get("correlation")}
    return page(request, "fault.html", shown, status=status)


async def to_sign_in(request: Request, error: Exception) -> Response:
    """Send a browser that nobody signed in with to the sign-in page."""
    del request, error
    return see("/sign-in")


async def to_engagements(request: Request, error: Exception) -> Response:
    """Send a person who has not said as what he or she works to the choice."""
    del request, error
    return see("/engagements")


def moment(instant: datetime | None) -> str:
    """Return an instant as people here write it: Mon 2 Mar 2026, 09:30."""
    return f"{local(instant):%a} {local(instant).day} {local(instant):%b %Y, %H:%M}" if instant else "not known"


def hours(minutes: int) -> str:
    """Return minutes as hours and minutes."""
    whole, rest = divmod(minutes, 60)
    return f"{whole} h" if not rest else f"{whole} h {rest} min" if whole else f"{rest} min"
