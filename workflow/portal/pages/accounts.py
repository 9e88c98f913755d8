"""Signing in and out, and choosing as what one works."""

from hmac import compare_digest
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workflow.portal.bodies import uuid_of
from workflow.portal.errors import ProblemError
from workflow.portal.gate import COOKIE, authorise, form_of, parts_of, read_form, secret_hash, session_of
from workflow.portal.pages.frame import page, see

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)
BEFORE = "amends_form"
GENERIC = "That name and password do not go together, or the account is locked for a while. Try again later."


@router.get("/", name="home")
async def home() -> Response:
    """Send everybody to the tasks; who is not signed in is sent on from there."""
    return see("/tasks")


@router.get("/sign-in", name="sign_in_page")
async def sign_in_page(request: Request) -> Response:
    """Ask for name and password."""
    return _sign_in_form(request, None, 200)


@router.post("/sign-in", name="sign_in")
async def sign_in(request: Request) -> Response:
    """Open a session, or say no without saying why."""
    parts, form = parts_of(request), await read_form(request)
    expected = request.cookies.get(BEFORE, "")
    if not expected or not compare_digest(str(form.get("csrf", "")).encode(), expected.encode()):
        raise ProblemError("form_expired")
    user = await parts.sign_in.sign_in(str(form.get("login", "")), str(form.get("password", "")))
    return await _opened(request, user) if user else _sign_in_form(request, GENERIC, 401)


@router.get("/engagements", name="engagements_page")
async def engagements_page(request: Request) -> Response:
    """Show what the person may work as."""
    engagements = await parts_of(request).accounts.engagements(session_of(request).user_id)
    return page(request, "engagements.html", {"engagements": engagements})


@router.post("/engagements", name="choose_engagement")
async def choose_engagement(request: Request) -> Response:
    """Work as one of one's own engagements; another's id is as good as none."""
    parts, chosen = parts_of(request), uuid_of(str(form_of(request).get("engagement", "")))
    mine = await parts.accounts.engagements(session_of(request).user_id)
    if chosen is None or chosen not in {one.id for one in mine}:
        return see("/engagements")
    await parts.accounts.choose(secret_hash(request.cookies[COOKIE]), chosen)
    return see("/tasks")


@router.post("/sign-out", name="sign_out")
async def sign_out(request: Request) -> Response:
    """End the session on both sides."""
    await parts_of(request).accounts.close_session(secret_hash(request.cookies[COOKIE]))
    response = see("/sign-in")
    response.delete_cookie(COOKIE)
    return response


async def _opened(request: Request, user: UUID) -> Response:
    """A fresh token at every sign-in, so that nobody can plant one beforehand."""
    parts, token = parts_of(request), parts_of(request).secret()
    engagements = await parts.accounts.engagements(user)
    only = engagements[0].id if len(engagements) == 1 else None
    lasts = parts.settings.session_lasts
    await parts.accounts.open_session(secret_hash(token), user, parts.secret(), engagement=only, lasts=lasts)
    response = see("/tasks" if only else "/engagements")
    _set_cookie(request, response, COOKIE, token)
    response.delete_cookie(BEFORE)
    return response


def _sign_in_form(request: Request, fault: str | None, status: int) -> Response:
    token = parts_of(request).secret()
    response = page(request, "sign_in.html", {"fault": fault, "csrf": token}, status=status)
    _set_cookie(request, response, BEFORE, token)
    return response


def _set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    secure = parts_of(request).settings.secure_cookies or request.url.scheme == "https"
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=secure, path="/")
