"""Addresses, headers and single fields that no honest client sends, each with the answer that it must get."""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

PROVIDER, AGENCY, EVALUATOR = "provider", "agency", "evaluator"
BEFORE_ALL, AFTER_ALL = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
"""Instants that Python reads and cannot turn into UTC."""
CASES, SESSIONS, OUTCOMES = "/api/v1/cases", "/api/v1/sessions", "/api/v1/outcomes"
COMMANDS, TRY = CASES + "/{case}/commands", CASES + "/{case}/actions/try"
ACCEPT = {"type": "AcceptReferral", "data": {}}


@dataclass(frozen=True, kw_only=True)
class Address:
    """A GET, or a POST where there is a body; `{case}` in the path stands for a case of the caller's."""

    who: str
    path: str
    status: int
    params: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    body: dict | None = None


async def send(client, address, case):
    """Ask at the address for a case."""
    path = address.path.format(case=case)
    if address.body is None:
        return await client.get(path, params=address.params, headers=address.headers)
    return await client.post(path, json=address.body, headers=address.headers)


def cursor(text):
    """A cursor as the portal makes them."""
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def asked_of(path, **params):
    """Questions of somebody at the provider, by parameters that are all wrong."""
    return [
        Address(who=PROVIDER, path=path, params={name: value}, status=status)
        for name, (value, status) in params.items()
    ]


ADDRESSES = (
    *asked_of(
        CASES, caseworker=("\0", 400), changed_after=(BEFORE_ALL, 422), cursor=("\0", 400), limit=("9" * 5000, 422)
    ),
    *asked_of(CASES, changed_after=(AFTER_ALL, 422), state=("\u202e", 422), cursor=("é", 422), limit=("1e999", 422)),
    *asked_of(CASES, changed_after=("1e999", 422), cursor=("x" * 201, 422)),
    *asked_of(
        SESSIONS, **{"from": (BEFORE_ALL, 422), "to": (AFTER_ALL, 422), "cursor": (cursor(f"{BEFORE_ALL}|hall-1"), 422)}
    ),
    *asked_of(SESSIONS, **{"from": ("2026-03-02T09:00:00", 422), "cursor": (cursor("2026-03-02|hall-1"), 422)}),
    *asked_of(SESSIONS, cursor=(cursor("2026-03-02T09:00:00+00:00|\0"), 422)),
    Address(who=EVALUATOR, path=OUTCOMES, params={"after": "9" * 5000}, status=422),
    Address(who=EVALUATOR, path=OUTCOMES, params={"after": cursor("\0")}, status=422),
    Address(who=PROVIDER, path=CASES + "/%00", status=404),
    Address(who=PROVIDER, path=CASES + "/..%2f..%2fetc%2fpasswd", status=404),
    Address(who=PROVIDER, path=CASES + "/" + "a" * 60_000, status=404),
    Address(who=AGENCY, path="/api/v1/referrals/%ff%fe", status=404),
    *(
        Address(who=PROVIDER, path=path, headers={"If-Match": tag}, body=ACCEPT, status=422)
        for path in (COMMANDS, TRY)
        for tag in (b'"-1"', b'"99999999999999999999"', b'"' + b"9" * 6000 + b'"', b'"1", "2"', b"\xff\xfe")
    ),
    Address(
        who=PROVIDER, path=COMMANDS, headers={"If-Match": "*", "Idempotency-Key": b"4\x001"}, body=ACCEPT, status=400
    ),
    Address(
        who=PROVIDER, path=COMMANDS, headers={"If-Match": "*", "Idempotency-Key": b"4" * 201}, body=ACCEPT, status=422
    ),
)
BROKEN_KEYS = ("\0", "", "k" * 201, 7, {"key": 1}, ["key"])
"""An item of many commands may bear none of these as its idempotency key."""
