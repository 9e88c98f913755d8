"""An agency sends, and sends again until it is receipted: police by HTTP, the others by their own topic."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from deploy.simulate.ledger import Sending
from deploy.simulate.office import API, NoAnswerError, answered
from deploy.simulate.plans import ReferralPlan
from deploy.simulate.world import World

# What a receipt may say of each sending; a repeat gets the first one's receipt again.
RECEIVED: Final = frozenset({"received"})
REJECTED: Final = frozenset({"rejected"})
CONFLICTING: Final = frozenset({"conflicting"})
PAUSE_S = 0.2
STATUSES = {HTTPStatus.ACCEPTED: "received", HTTPStatus.CONFLICT: "conflicting"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One sending: its body (bytes for what no body can be), its number, and what its receipt may say."""

    number: str
    body: Mapping[str, Any] | bytes
    expected: frozenset[str] = RECEIVED

    @property
    def message_id(self) -> str | None:
        """The message's id, if it has one."""
        return None if isinstance(self.body, bytes) else str(self.body["message_id"])


async def send(world: World, plan: ReferralPlan, letter: Letter, *, at: Any) -> str:
    """Return what became of the sending; it is in the ledger before it leaves."""
    agency = plan.agency.slug
    one = Sending(source=agency, number=letter.number, message_id=letter.message_id, at=at)
    world.ledger.sending(one)
    status = world.ledger.status(agency, letter.number)
    if status is None:
        status = await (_by_topic if plan.by_topic else _by_http)(world, agency, letter)
        world.ledger.receipted(agency, letter.number, status)
    return status


async def _by_http(world: World, agency: str, letter: Letter) -> str:
    client, headers = world.clients[agency, None], {"Amends-Sending": letter.number}
    response = await answered(world, lambda: client.post(f"{API}/referrals", json=letter.body, headers=headers))
    if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        return "rejected"
    if response.status_code not in STATUSES:
        raise NoAnswerError(f"a referral was answered with {response.status_code}")
    return STATUSES[HTTPStatus(response.status_code)]


async def _by_topic(world: World, agency: str, letter: Letter) -> str:
    """What cannot be read gets no receipt, so its sender asks whether it was accounted for."""
    line = world.lines[agency]
    value, headers, key = _record(letter)
    for _ in range(int(world.patience_s / PAUSE_S)):
        await line.send(key, value, {**headers, "amends-sending": letter.number})
        if letter.message_id is None:
            if await _is_accounted(world, agency, letter.number):
                return "quarantined"
            continue
        receipt = await line.receipt(letter.message_id, letter.expected)
        if receipt is not None:
            return str(receipt["status"])
    raise NoAnswerError("a sending by topic was never receipted")


async def _is_accounted(world: World, agency: str, number: str) -> bool:
    for _ in range(25):
        if await world.accounted(agency, number):
            return True
        await asyncio.sleep(PAUSE_S)
    return False


def _record(letter: Letter) -> tuple[bytes, dict[str, str], str]:
    headers = {"ce_specversion": "1.0", "ce_type": "referral.submitted", "content-type": "application/json"}
    if isinstance(letter.body, bytes):
        return letter.body, headers, f"broken-{letter.number}"
    body = letter.body
    headers |= {
        "ce_id": str(body["message_id"]),
        "ce_source": f"/agencies/{body['agency']}",
        "ce_time": str(body["sent_at"]),
        "ce_dataschema": "amends:/schemas/referrals/v0",
    }
    return json.dumps(body).encode(), headers, str(body["referrer_reference"])
