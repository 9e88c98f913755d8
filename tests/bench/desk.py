"""A simulated desk: it follows case.events, and asks by topic for what triage, allocation and planning do next."""

import json
from collections import Counter
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer

from deploy.simulate.casting import EXCLUDED
from schemas import topics
from schemas.vocabulary import BehaviourKind

GROUP = "desk"
ACCEPT, ALLOCATE, PROPOSE = ("AcceptReferral", {}), ("AllocateCaseworker", {}), ("ProposePlan", {})
NEXT = {
    "case.match.rejected": ACCEPT,
    "case.information.provided": ACCEPT,
    "case.referral.accepted": ALLOCATE,
    "case.caseworker.allocated": PROPOSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A case event as the desk reads it."""

    id: str
    type: str
    tenant: str
    case: str
    fact: dict


def asked(told, matched):
    """What the desk asks for after an event, as (command, data), or None; `matched` cases wait until it is settled."""
    if told.type == "case.match.proposed":
        return "RejectMatch", {"other_case_id": told.fact["other_case"]}
    if told.type != "case.referral.received":
        return NEXT.get(told.type)
    if BehaviourKind(told.fact["behaviour"]) in EXCLUDED[told.tenant]:
        return "DeclineReferral", {"reason": "excluded_behaviour"}
    return ACCEPT if told.fact["limitation_known"] and told.case not in matched else None


class Desk:
    """Reads from where it was left, and moves on only when the broker has what it asked for."""

    def __init__(self, bootstrap, producer, register, draw):
        self._bootstrap, self._producer, self._draw = bootstrap, producer, draw
        self._providers = {scheme: register.providers(scheme)[0] for scheme in register.schemes()}
        self.seen = Counter()
        self.asked = Counter()

    async def work(self):
        """Follow the events until cancelled."""
        consumer = AIOKafkaConsumer(
            topics.CASE_EVENTS,
            bootstrap_servers=self._bootstrap,
            group_id=GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
        )
        async with consumer:
            while True:
                fetched = await consumer.getmany(timeout_ms=200, max_records=2000)
                if fetched:
                    await self._answer([told(record) for records in fetched.values() for record in records])
                    await consumer.commit()

    async def _answer(self, events):
        matched = {one.case for one in events if one.type == "case.match.proposed"}
        sendings = []
        for one in events:
            self.seen[one.type] += 1
            command = asked(one, matched)
            if command is not None:
                self.asked[command[0]] += 1
                sendings.append(await self._send(one, *command))
        for sending in sendings:
            await sending

    async def _send(self, told, name, data):
        body = {
            "message_id": str(self._draw.uuid("command", told.id)),
            "organisation": self._providers[told.tenant],
            "case_id": told.case,
            "type": name,
            "data": data,
            "by": {"id": "desk", "roles": ["manager"]},
        }
        headers = [("amends-sending", f"{name}-{told.id}".encode())]
        value = json.dumps(body).encode()
        return await self._producer.send(topics.CASE_COMMANDS, value, key=told.case.encode(), headers=headers)


def told(record):
    """A record of case.events; the body is opened only where the desk has something to look at."""
    headers = {name: value.decode() for name, value in record.headers}
    looked_at = headers["ce_type"] in {"case.match.proposed", "case.referral.received"}
    return Told(
        id=headers["ce_id"],
        type=headers["ce_type"],
        tenant=headers["ce_source"].rpartition("/")[2],
        case=headers["ce_subject"],
        fact=json.loads(record.value)["fact"] if looked_at else {},
    )
