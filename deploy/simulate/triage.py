"""Triage: who it is, what is missing, yes or no."""

from datetime import timedelta
from typing import Any

from deploy.simulate import casework, endings
from deploy.simulate.casting import EXCLUDED
from deploy.simulate.finding import find_case
from deploy.simulate.life import Life
from deploy.simulate.referrals import limitation_on, message_id
from schemas.vocabulary import CaseState, Role

ASKED_FOR = "/participant/phone"


async def first_look(life: Life) -> None:
    """Find the case that the referral opened, and triage it."""
    life.case = await find_case(life.world, life.provider, message_id(life.plan))
    if life.case is None:
        raise LookupError(f"referral {life.plan.number} has no case to be triaged")
    life.then(max(life.now, life.plan.when.sent_at + endings.LATEST), endings.give_up, shared=True)
    await triage(life)


async def triage(life: Life) -> None:
    """Settle possible matches, then ask, decline or accept."""
    view = await life.look(Role.TRIAGE)
    for match in view["matches"]:
        if not match["decided"] and await _settled(life, str(match["other_case"])):
            return
    if life.fate == "declined":
        excluded = life.plan.incident.kind in EXCLUDED[life.plan.scheme]
        await life.ask(Role.TRIAGE, "DeclineReferral", reason="excluded_behaviour" if excluded else "no_capacity")
    elif life.file.state is CaseState.AWAITING_INFORMATION:
        life.then(life.office(timedelta(hours=2)), _answer)
    elif life.plan.has("asked_by_triage") and "asked" not in life.memory:
        life.memory["asked"] = True
        await life.ask(Role.TRIAGE, "RequestInformation", fields=[ASKED_FOR])
        life.then(life.office(timedelta(hours=2)), _answer)
    else:
        await _accept(life, view)


async def _settled(life: Life, other: str) -> bool:
    """Two agencies about one incident are joined; everybody else who looks alike is somebody else."""
    if life.fate == "linked":
        joined = {"other_case_id": other, "same_incident": True}
        if await life.ask(Role.TRIAGE, "ConfirmMatch", **joined) is None:
            return True
    await life.ask(Role.TRIAGE, "RejectMatch", other_case_id=other)
    return False


async def _answer(life: Life) -> None:
    """The referrer answers what it was asked."""
    said: dict[str, Any] = {"limitation": "none"}
    if life.plan.has("summary_only"):
        said = {"limitation": "summary_only", "limitation_on": limitation_on(life.plan)}
    if "asked" in life.memory:
        said = {"answers": {ASKED_FOR: "Has a new telephone and will say the number when seen"}}
    await life.ask_as_agency("ProvideInformation", **said)
    life.then(life.office(timedelta(minutes=30)), triage)


async def _accept(life: Life, view: dict[str, Any]) -> None:
    if await life.ask(Role.TRIAGE, "AcceptReferral") is not None:
        await life.ask(Role.TRIAGE, "DeclineReferral", reason="not_eligible")
        return
    if view["clearance"] == "awaited":
        days = life.draw.whole(1, 3, "clearance", life.plan.number)
        life.then(life.office(timedelta(days=days)), _clearance)
    life.then(life.now, casework.allocate, shared=True)


async def _clearance(life: Life) -> None:
    """Youth justice answers by telephone, and triage records it."""
    given = life.fate != "clearance_refused"
    await life.ask(Role.TRIAGE, "RecordYouthJusticeClearance", given=given)
    if not given:
        life.then(life.office(timedelta(hours=2)), _not_cleared, shared=True)


async def _not_cleared(life: Life) -> None:
    await endings.hand_back(life, "new_risk")
