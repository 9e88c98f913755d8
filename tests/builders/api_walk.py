"""One walk through the whole API on the fake portal; `python -m tests.builders.api_walk` keeps its examples."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from schemas.outcomes import Outcome
from tests.builders.browsing import TO_A_BOOKED_SESSION
from tests.builders.referrals import a_police_referral
from tests.fakes.portal import a_portal, an_id
from workflow.portal.api.document import EXAMPLES

SECOND = "3f0c1f5e-58f4-4a86-b0b8-6f2f1f0f7a01"
THIRD = "3f0c1f5e-58f4-4a86-b0b8-6f2f1f0f7a02"
AN_OUTCOME = Outcome(
    token=an_id("study"),
    scheme="derbyshire",
    door="crime_oocr",
    basis="community_resolution",
    behaviour="criminal_damage",
    referrer="police",
    age_band="adult",
    district="E06000015",
    month_received="2026-03",
    state="closed_completed",
    end_reason=None,
    start_48h={"referral_sent": "met"},
    authorised_hours=10,
    credited_hours=10,
    sessions_attended=3,
    sessions_missed=0,
    sessions_cancelled_by_provider=0,
    stage="none",
    affected_people=1,
    affected_reached=1,
    affected_gave_views=1,
    preference_followed=True,
    satisfaction=(5,),
    reoffended=False,
)


@dataclass
class Call:
    """One call: the route's name, what was sent, and what came back."""

    name: str
    asked: object
    status: int
    answered: object


class Walk:
    """Calls routes by name and remembers each call."""

    def __init__(self):
        self.portal = a_portal()
        self.calls = []
        self._keys = count(1)

    async def call(self, client, name, path, asked=None, *, match="*", prefix="/api/v1"):
        """GET, or POST what is asked, under a key of its own; return the body of the answer."""
        headers = {"If-Match": match, "Idempotency-Key": f"key-{next(self._keys)}", "Amends-Sending": "sending-1"}
        if asked is None:
            answer = await client.get(prefix + path)
        else:
            answer = await client.post(prefix + path, json=asked, headers=headers if match else {})
        self.calls.append(Call(name, asked, answer.status_code, answer.json()))
        return answer.json()

    async def all_the_way(self):
        """Every route, and every kind of fault that a client meets."""
        async with self.portal.client("derbyshire-police") as police:
            await self._refer(police)
        self.case = str(next(iter(self.portal.store.kept.cases.values())).id)
        async with self.portal.client("mend-derbyshire", "manager") as manager:
            await self._work(manager)
            await self._read(manager)
            await self._faults(manager)
        self.portal.reading.released["derbyshire", "evaluation"] = {
            AN_OUTCOME.token: AN_OUTCOME.model_dump_json().encode()
        }
        async with self.portal.client("east-university", "evaluator", study="evaluation") as evaluator:
            await self.call(evaluator, "list_outcomes", "/outcomes")
        return self.calls

    async def _refer(self, police):
        body = a_police_referral()
        receipt = await self.call(police, "refer", "/referrals", body)
        await self.call(police, "read_referral", f"/referrals/{receipt['referral']}")
        await self.call(
            police,
            "amend_referral",
            f"/referrals/{body['message_id']}/amendments",
            {"message_id": THIRD, "note": "Has moved"},
        )
        await self.call(police, "list_cases", "/cases")
        await self.call(police, "read_case", f"/cases/{receipt['referral']}")
        await self.call(police, "refer", "/referrals", body | {"basis": "outcome_22"})
        await self.call(police, "refer", "/referrals", body | {"message_id": SECOND, "basis": "nothing"})
        await self.call(police, "read_referral", f"/referrals/{SECOND}")

    async def _work(self, manager):
        at = f"/cases/{self.case}"
        for name, data in TO_A_BOOKED_SESSION:
            await self.call(manager, "command_case", f"{at}/commands", {"type": name, "data": data})
        await self.call(
            manager, "try_action", f"{at}/actions/try", {"type": "CompleteCase", "data": {"report_checked": True}}
        )
        await self.call(
            manager, "try_action", f"{at}/actions/try", {"type": "PauseCase", "data": {"reason": "medical"}}
        )
        self.portal.clock.at += timedelta(days=2)
        session = str(next(iter(self.portal.store.kept.cases.values())).sessions[0].id)
        data = {"session": session, "outcome": "UACP"}
        items = [{"case": self.case, "type": "RecordAttendance", "data": data, "version": None}]
        items += [items[0] | {"case": SECOND}, {"case": self.case, "type": "AcceptReferral", "version": 1}]
        await self.call(manager, "command_cases", "/commands", {"items": items})

    async def _read(self, manager):
        at = f"/cases/{self.case}"
        for name, path in (
            ("list_cases", "/cases"),
            ("read_case", at),
            ("read_timeline", f"{at}/timeline"),
            ("list_actions", f"{at}/actions"),
            ("list_sites", "/sites"),
            ("list_sessions", "/sessions?limit=2"),
            ("list_caseworkers", "/caseworkers"),
            ("catalogue", "/catalogue"),
        ):
            await self.call(manager, name, path)
        await self.call(manager, "healthz", "/healthz", prefix="")
        await self.call(manager, "readyz", "/readyz", prefix="")

    async def _faults(self, manager):
        at = f"/cases/{self.case}/commands"
        await self.call(manager, "read_case", f"/cases/{SECOND}")
        await self.call(manager, "list_cases", "/cases?limit=0")
        await self.call(manager, "command_case", at, {"type": "AcceptReferral"}, match=None)
        await self.call(manager, "command_case", at, {"type": "AcceptReferral"}, match='"1"')
        await self.call(manager, "command_case", at, {"type": "AcceptReferal"})
        await self.call(manager, "command_case", at, {"type": "AcceptReferral"})


def examples(calls):
    """The last answer of each route that did what it was asked, long lists cut short."""
    done = {call.name: call for call in calls if call.status < 400}
    return {
        name: ({} if call.asked is None else {"asked": call.asked}) | {"answered": _short(call.answered)}
        for name, call in sorted(done.items())
    }


def _short(value, most=2):
    if isinstance(value, list):
        return [_short(one) for one in value[:most]]
    if isinstance(value, dict) and {"commands", "refusals"} <= set(value):
        return {name: _some(one) for name, one in value.items()} | {"referrals": {}}
    return {name: _short(one) for name, one in value.items()} if isinstance(value, dict) else value


def _some(value):
    return _short(value, 2) if isinstance(value, list) else dict(list(value.items())[:1])


if __name__ == "__main__":
    kept = examples(asyncio.run(Walk().all_the_way()))
    EXAMPLES.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
