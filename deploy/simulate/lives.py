"""A referral's whole life: its agency sends it, the provider works on it, and it ends."""

from datetime import timedelta
from typing import Any

from deploy.simulate import contact, triage
from deploy.simulate.draw import Draw
from deploy.simulate.life import Life, quarter
from deploy.simulate.plans import ReferralPlan
from deploy.simulate.population import Population
from deploy.simulate.referrals import body_of
from deploy.simulate.sending import CONFLICTING, REJECTED, Letter, send
from deploy.simulate.world import Stage, World

BROKEN = b'{"message_id": "a poison record of the demo", \xff\xfe'


def life_of(plan: ReferralPlan, population: Population, stage: Stage, world: World) -> Life:
    """Return the life that a plan opens, with its first steps on the agenda."""
    life = Life(
        plan=plan,
        population=population,
        stage=stage,
        world=world,
        draw=Draw(plan.seed),
        fate=plan.fate,
        provider=world.register.providers(plan.scheme)[0],
        at_end=contact.ask_at_the_end,
    )
    life.then(plan.when.sent_at, _send, shared=_reaches_another(life))
    return life


async def live(plan: ReferralPlan, stage: Stage, world: World, *, population: Population) -> None:
    """Play one life from its sending to its end."""
    await life_of(plan, population, stage, world).run()


async def _send(life: Life) -> None:
    """Send; some agencies first send what cannot be read, or something that must be mended."""
    plan = life.plan
    if plan.has("poison_first"):
        await _deliver(life, Letter(number=f"{plan.number}-broken", body=BROKEN))
    if plan.has("rejected_first"):
        wrong = {**body_of(plan), "basis": "tenancy_warning", "colour": "blue"}
        await _deliver(life, Letter(number=f"{plan.number}-rejected", body=wrong, expected=REJECTED))
    status = await _deliver(life, Letter(number=str(plan.number), body=body_of(plan)))
    if status != "received":
        raise ValueError(f"referral {plan.number} was {status}")
    if plan.has("repeat_after"):
        life.then(quarter(life.now + timedelta(hours=3)), _repeat, after_end=True)
    if plan.has("conflict_after"):
        life.then(quarter(life.now + timedelta(hours=3)), _contradict, after_end=True)
    wait = timedelta(minutes=10 if plan.has("swift") else 90)
    life.then(life.office(wait), triage.first_look, shared=_reaches_another(life))


def _reaches_another(life: Life) -> bool:
    """Whether it is about an incident that another case is about: joining writes in both, so it takes its turn."""
    return life.fate == "linked"


async def _repeat(life: Life) -> None:
    await _deliver(life, Letter(number=f"{life.plan.number}-again", body=body_of(life.plan)))


async def _contradict(life: Life) -> None:
    other: dict[str, Any] = {**body_of(life.plan), "unit": "Another unit than before"}
    await _deliver(life, Letter(number=f"{life.plan.number}-other", body=other, expected=CONFLICTING))


async def _deliver(life: Life, letter: Letter) -> str:
    return await send(life.world, life.plan, letter, at=life.now)
