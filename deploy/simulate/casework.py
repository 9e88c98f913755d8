"""From an accepted referral to a signed plan: a caseworker, an agreement, a risk assessment, a proposal."""

from datetime import timedelta
from typing import Any

from deploy.simulate import contact, endings, sessions
from deploy.simulate.finding import find_transferred
from deploy.simulate.life import Life
from schemas.vocabulary import Role

MOST_PLANS = 12
NEEDS_REASON = frozenset({"choice_needs_reason", "departure_needs_reason"})
WHY = "No session of that kind is free before the clock runs out"


async def allocate(life: Life) -> None:
    """The rules propose a caseworker and that one is taken; nobody free means tomorrow."""
    if await life.ask(Role.TRIAGE, "AllocateCaseworker") is not None:
        life.then(life.office(timedelta(hours=20)), allocate, shared=True)
        return
    if life.fate == "transfer":
        life.then(life.office(timedelta(hours=1)), _offer)
        return
    contact.begin(life)
    life.then(life.office(timedelta(minutes=45)), assess)


async def assess(life: Life) -> None:
    """Record the agreement and the risk; some deny, some refuse, some are never cleared."""
    if life.fate == "denies":
        await life.ask(Role.CASEWORKER, "RecordResponsibility", kind="denies")
        await endings.hand_back(life, "denies_responsibility")
        return
    if life.fate == "refuses":
        await endings.hand_back(life, "refused")
        return
    role, given = _consent(life)
    await life.ask(role, "RecordConsent", purpose="take_part", **given)
    level = life.draw.weighted({"low": 7, "medium": 3}, "risk", life.plan.number)
    await life.ask(Role.CASEWORKER, "AssessRisk", level=level)
    if life.fate == "referrer_withdraws":
        life.then(life.office(timedelta(hours=3)), endings.referrer_withdraws, shared=True)
        return
    life.then(life.office(timedelta(minutes=45)), plan)


def _consent(life: Life) -> tuple[Role, dict[str, Any]]:
    if not life.plan.who.child:
        return Role.CASEWORKER, {"given_by": "participant"}
    if life.plan.has("manager_alternative"):
        return Role.MANAGER, {"given_by": "manager_alternative", "reason": "Nobody with authority could be found yet"}
    return Role.CASEWORKER, {"given_by": "responsible_adult", "responsible_adult": 0}


async def plan(life: Life) -> None:
    """Take the engine's proposal; where it departs from a choice, say why."""
    refused = await life.ask(Role.CASEWORKER, "ProposePlan") or await life.ask(Role.CASEWORKER, "AgreePlan")
    if refused in NEEDS_REASON:
        refused = await life.ask(Role.CASEWORKER, "AgreePlan", reason=WHY)
    if refused is not None:
        _plan_later(life)
        return
    view = await life.look()
    life.memory["plan"] = {part["activity"]: part["minutes"] for part in view["plan"]}
    life.then(life.now, sessions.book, shared=True)


def _plan_later(life: Life) -> None:
    life.memory["plans"] = life.memory.get("plans", 0) + 1
    if life.memory["plans"] > MOST_PLANS:
        life.then(life.office(), endings.give_up)
    else:
        life.then(life.office(timedelta(hours=12)), plan)


async def _offer(life: Life) -> None:
    other = life.world.register.providers(life.plan.scheme)[-1]
    await life.ask(Role.MANAGER, "TransferCase", provider=other)
    life.memory["to"] = other
    life.then(life.office(timedelta(hours=3)), _accept, shared=True)


async def _accept(life: Life) -> None:
    """The other provider takes the case over, and it goes on there as a case of its own."""
    old, other = life.file, life.memory["to"]
    old.provider = other
    if await life.ask(Role.TRIAGE, "AcceptTransfer") is not None:
        old.provider = life.provider
        return
    found = await find_transferred(life.world, other, old.id)
    if found is not None:
        life.case, life.fate, life.provider = found, "complete", other
        life.then(life.office(timedelta(hours=1)), allocate, shared=True)
