"""Speaking to the public API as people do: again with the same key until there is an answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx

from deploy.simulate.world import World
from schemas.vocabulary import ENDED_STATES, CaseState, Role

API = "/api/v1"
PAUSE_S = 0.1
NOT_NOW = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})
MOST_STALE = 50


class NoAnswerError(Exception):
    """The API did not answer, or answered what no client expects; says which call and which status."""


@dataclass(slots=True)
class CaseFile:
    """What a provider's people last read of their case."""

    id: str
    provider: str
    version: int
    state: CaseState
    view: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the case has ended."""
        return self.state in ENDED_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One command: who asks, what, and the key under which it is asked once."""

    role: Role
    type: str
    data: Mapping[str, Any]
    key: str


async def answered(world: World, call: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Call until there is an answer that is not "later"; what was sent must carry its own key."""
    for _ in range(int(world.patience_s / PAUSE_S)):
        try:
            response = await call()
        except httpx.TransportError:
            response = None
        if response is not None and not _is_later(response):
            return response
        await asyncio.sleep(PAUSE_S)
    raise NoAnswerError("the API gave no answer for too long")


def _is_later(response: httpx.Response) -> bool:
    """A parked case waits for the operator, and a process that is being killed may answer with a server error."""
    if response.status_code == HTTPStatus.CONFLICT:
        return bool(response.json().get("code") == "case_parked")
    return response.status_code in NOT_NOW or response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR


async def read(world: World, who: tuple[str, Role | None], path: str, **params: Any) -> Mapping[str, Any]:
    """Return what a GET shows."""
    client = world.clients[who]
    response = await answered(world, lambda: client.get(API + path, params=params))
    if response.status_code != HTTPStatus.OK:
        raise NoAnswerError(f"GET {path.split('/')[1]} was answered with {response.status_code}")
    found: Mapping[str, Any] = response.json()
    return found


async def refresh(world: World, case: CaseFile, role: Role) -> Mapping[str, Any]:
    """Read the case as this role sees it."""
    view = await read(world, (case.provider, role), f"/cases/{case.id}")
    case.version, case.state, case.view = int(view["version"]), CaseState(view["state"]), view
    return view


async def ask(world: World, case: CaseFile, request: Request) -> str | None:
    """Ask for a command; return None once applied, or the code of the refusal. A stale version is read again."""
    client = world.clients[case.provider, request.role]
    body = {"type": request.type, "data": dict(request.data)}
    path = f"{API}/cases/{case.id}/commands"

    def post() -> Awaitable[httpx.Response]:
        headers = {"If-Match": f'"{case.version}"', "Idempotency-Key": request.key}
        return client.post(path, json=body, headers=headers)

    for _ in range(MOST_STALE):
        response = await answered(world, post)
        if response.status_code != HTTPStatus.PRECONDITION_FAILED:
            return _settled(world, case, request, response)
        await refresh(world, case, request.role)
    raise NoAnswerError(f"{request.type} stayed stale")


def _settled(world: World, case: CaseFile, request: Request, response: httpx.Response) -> str | None:
    told = response.json()
    if response.status_code == HTTPStatus.OK:
        # A stored reply of an earlier attempt may be older than what was read since.
        if int(told["version"]) >= case.version:
            case.version, case.state = int(told["version"]), CaseState(told["state"])
        return None
    if response.status_code == HTTPStatus.CONFLICT and "refusal" in told:
        code = str(told["refusal"])
        world.refused[request.type, code] += 1
        return code
    pointers = [problem.get("pointer") for problem in told.get("problems", ())]
    raise NoAnswerError(f"{request.type} was answered with {response.status_code} {told.get('code')} {pointers}")


async def ask_as_agency(world: World, agency: str, reference: str, request: Request) -> str | None:
    """An agency amends, answers or withdraws its own referral, which it knows by its own message id."""
    client = world.clients[agency, None]
    body = {"type": request.type, "data": dict(request.data)}
    path, headers = f"{API}/referrals/{reference}/amendments", {"Idempotency-Key": request.key}
    response = await answered(world, lambda: client.post(path, json=body, headers=headers))
    told = response.json()
    if response.status_code == HTTPStatus.OK:
        return None
    if response.status_code == HTTPStatus.CONFLICT and "refusal" in told:
        world.refused[request.type, str(told["refusal"])] += 1
        return str(told["refusal"])
    raise NoAnswerError(f"{request.type} of an agency was answered with {response.status_code} {told.get('code')}")
