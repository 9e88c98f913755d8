"""A few cases for a person who plays: referred an hour ago, and each taken on further than the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import httpx

from deploy.simulate.office import API
from deploy.simulate.plans import ReferralPlan, When
from deploy.simulate.referrals import body_of
from schemas.vocabulary import AgencyKind, Door, Role

WHY = "So that whoever plays the caseworker has something to do"
# What is done about each case in turn, by whom; the booking takes the first session that the rules allow.
TAKEN_ON = ("AcceptReferral", "AllocateCaseworker")
AGREED = ("RecordConsent", "AssessRisk", "ProposePlan", "AgreePlan")
STEPS: tuple[tuple[str, ...], ...] = ((), TAKEN_ON, (*TAKEN_ON, *AGREED), (*TAKEN_ON, *AGREED, "BookSession"), ())
ROLES: Mapping[str, Role] = MappingProxyType({"AcceptReferral": Role.TRIAGE, "AllocateCaseworker": Role.TRIAGE})
DATA: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"RecordConsent": {"purpose": "take_part", "given_by": "participant"}, "AssessRisk": {"level": "low"}}
)
MOST_SESSIONS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Clients of the public API: the police force that refers, and the provider's people by role."""

    police: httpx.AsyncClient
    staff: Mapping[Role, httpx.AsyncClient]
    caseworker: str

    async def play(self, plans: Sequence[ReferralPlan], now: datetime) -> int:
        """Refer a case for each list of steps and take them; return how many cases there are."""
        known = await self._cases()
        for plan, names in zip(plans, STEPS, strict=False):
            # One that today's policy does not take is told by the count, and stops nobody from playing.
            await self.police.post(f"{API}/referrals", json=body_of(just_sent(plan, now)))
            before, known = known, await self._cases()
            for case in known - before:
                await self._take(case, names)
        return len(known)

    async def _cases(self) -> set[str]:
        page = await self.staff[Role.TRIAGE].get(f"{API}/cases")
        page.raise_for_status()
        return {str(case["id"]) for case in page.json()["cases"]}

    async def _take(self, case: str, names: Sequence[str]) -> None:
        """Go as far as the rules let; where one says no, the case waits there for a person."""
        for name in names:
            if not await self._ask(case, name):
                return

    async def _ask(self, case: str, name: str) -> bool:
        if name == "BookSession":
            return await self._book(case)
        data = {"caseworker": self.caseworker, "reason": WHY} if name == "AllocateCaseworker" else DATA.get(name, {})
        return await self._command(case, name, data)

    async def _command(self, case: str, name: str, data: Mapping[str, Any]) -> bool:
        client = self.staff[ROLES.get(name, Role.CASEWORKER)]
        asked = {"type": name, "data": dict(data)}
        done = await client.post(f"{API}/cases/{case}/commands", json=asked, headers={"If-Match": "*"})
        return done.status_code == HTTPStatus.OK

    async def _book(self, case: str) -> bool:
        page = await self.staff[Role.CASEWORKER].get(f"{API}/sessions", params={"free": True, "limit": MOST_SESSIONS})
        for slot in page.json()["sessions"]:
            if await self._command(case, "BookSession", {"slot": slot["id"]}):
                return True
        return False


def suited(plans: Sequence[ReferralPlan], agency: str) -> list[ReferralPlan]:
    """Return the plans that any caseworker may take: adults, referred by that force, nothing rare about them."""
    return [
        plan
        for plan in plans
        if plan.agency.slug == agency
        and plan.agency.kind.value == AgencyKind.POLICE.value
        and not plan.who.child
        and plan.door is Door.CRIME_OOCR
        and plan.fate == "complete"
        and not plan.has("limitation_missing")
    ]


def just_sent(plan: ReferralPlan, now: datetime) -> ReferralPlan:
    """Return the plan with the moments of a referral that was sent an hour ago, for something done the day before."""
    sent = now - timedelta(hours=1)
    moments = {"decided_at": sent - timedelta(hours=2), "disposal_at": sent - timedelta(hours=1)}
    return replace(plan, when=When(sent_at=sent, began_at=sent - timedelta(hours=20), **moments))
