"""The one gate: every route's caller is found out and held against the table of permissions before anything is read."""

import hashlib
import re
from hmac import compare_digest
from typing import cast
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData

from schemas.vocabulary import OrganisationKind
from workflow.portal.errors import ProblemError, not_found
from workflow.portal.parts import PortalParts
from workflow.portal.permissions import ROUTES, Entrance, Permission
from workflow.portal_ports import Caller, Credential, Engagement, WebSession

COOKIE = "amends_session"
BEARER = "bearer "
UNKEPT = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of pairs, which some of the character sets that a form may name for itself can spell."""


class SignInNeeded(Exception):
    """A page was asked for without a valid session; the answer is the sign-in page."""


class EngagementNeeded(Exception):
    """A page was asked for before an engagement was chosen."""


def parts_of(request: Request) -> PortalParts:
    """Return what the portal was given."""
    return cast("PortalParts", request.app.state.portal)


def bearer_of(credential_id: UUID, secret: str) -> str:
    """Return the text that a machine sends: which credential, and its secret."""
    return f"{credential_id}.{secret}"


def secret_hash(secret: str) -> bytes:
    """Return the form in which secrets of 256 random bits are kept; passwords are kept otherwise."""
    return hashlib.sha256(secret.encode()).digest()


async def authorise(request: Request) -> None:
    """Let the caller in and note who he is, or raise; a route without a row lets nobody in."""
    _refuse_nul(request)
    permission = ROUTES.get(request.scope["route"].name)
    if permission is None:
        raise not_found()
    if permission.entrance is Entrance.OPEN:
        return
    if permission.entrance is Entrance.BEARER:
        request.state.caller = await _machine(request)
    else:
        await _person(request, permission)
    if permission.entrance is not Entrance.COOKIE_WITHOUT_ENGAGEMENT:
        await _permitted(request, permission, request.state.caller)


def caller_of(request: Request) -> Caller:
    """Return the caller whom the gate let in."""
    return cast("Caller", request.state.caller)


def session_of(request: Request) -> WebSession:
    """Return the browser's session that the gate found."""
    return cast("WebSession", request.state.session)


def form_of(request: Request) -> FormData:
    """Return the form whose token the gate has checked."""
    return cast("FormData", request.state.form)


async def read_form(request: Request) -> FormData:
    """Return the form that was sent; one that holds what no table can keep is not read."""
    form = await request.form()
    if any(UNKEPT.search(str(value)) for pair in form.multi_items() for value in pair):
        raise ProblemError("unreadable", detail="A field holds characters that cannot be kept; take them out.")
    return form


async def hidden(request: Request, what: object) -> ProblemError:
    """Log an attempt to see what does not exist for the caller, and return the 404 for it."""
    parts = parts_of(request)
    name = request.scope["route"].name
    await parts.logbook.denied(caller_of(request), f"{name} {what}", await parts.clock.now())
    return not_found()


async def _permitted(request: Request, permission: Permission, caller: Caller) -> None:
    provider_role = permission.roles is None or bool(caller.roles & permission.roles)
    with_role = caller.kind in {OrganisationKind.PROVIDER, OrganisationKind.EVALUATOR} or bool(caller.roles)
    if caller.kind not in permission.kinds or (with_role and not provider_role):
        raise await hidden(request, "role")


async def _machine(request: Request) -> Caller:
    credential = await _credential(request)
    if credential is None:
        raise ProblemError("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    return Caller(
        id=str(credential.id) if credential.role else credential.organisation,
        tenant=credential.tenant,
        organisation=credential.organisation,
        kind=credential.kind,
        roles=frozenset({credential.role} if credential.role else ()),
        study=credential.study,
    )


async def _credential(request: Request) -> Credential | None:
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(BEARER):
        return None
    named, _, secret = header[len(BEARER) :].strip().partition(".")
    try:
        credential_id = UUID(named)
    except ValueError:
        return None
    found = await parts_of(request).accounts.credential(credential_id)
    return found if found and compare_digest(found.secret_hash, secret_hash(secret)) else None


async def _person(request: Request, permission: Permission) -> None:
    token = request.cookies.get(COOKIE)
    session = await parts_of(request).accounts.session(secret_hash(token)) if token else None
    if session is None:
        raise SignInNeeded
    request.state.session = session
    if request.method == "POST":
        request.state.form = await _checked_form(request, session.csrf)
    if session.engagement is not None:
        request.state.caller = staff(session.engagement)
    elif permission.entrance is Entrance.COOKIE:
        raise EngagementNeeded


def _refuse_nul(request: Request) -> None:
    """No text of a database holds NUL, and neither an address nor a header has any use for it."""
    headers = (value for _, value in request.headers.raw)
    if b"%00" in request.scope["query_string"] or any(b"\0" in value for value in headers):
        raise ProblemError("unreadable", detail="The address or a header holds a null character; take it out.")


async def _checked_form(request: Request, csrf: str) -> FormData:
    form = await read_form(request)
    if not compare_digest(str(form.get("csrf", "")).encode(), csrf.encode()):
        raise ProblemError("form_expired")
    return form


def staff(engagement: Engagement) -> Caller:
    """Return a person as one engagement makes him or her."""
    return Caller(
        id=engagement.staff_id or str(engagement.user_id),
        tenant=engagement.tenant,
        organisation=engagement.organisation,
        kind=engagement.kind,
        roles=frozenset({engagement.role}),
        staff_id=engagement.staff_id,
    )
