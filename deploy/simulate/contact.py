"""The affected person's path: asked by phone, and free to choose, to hear only, to decline, to leave."""

from datetime import timedelta
from typing import Any

from deploy.simulate.life import Act, Life
from schemas.vocabulary import ENDED_STATES, Role

WORKER = Role.AFFECTED_PERSON_WORKER
# Each remedy with the activity asked for; the last can be followed by no provider of the demo.
CHOICES = {
    "derbyshire": (
        ("structured_activity", "litter_picking"),
        ("structured_activity", "community_garden"),
        ("repair_damage", "graffiti_cleaning"),
        ("written_apology", "written_apology"),
    ),
    "durham": (
        ("community_work", "litter_picking"),
        ("community_work", "community_clean_up"),
        ("written_apology", None),
    ),
}
IN_VAIN = ("phone", "phone", "phone", "letter")
HEARS_AT_THE_END = frozenset({"updates", "choose", "asked_at_referral"})


def begin(life: Life) -> None:
    """Put the first contact with each affected person on the agenda, an hour or so before a plan is made."""
    for place, wish in enumerate(life.plan.affected):
        life.then(life.office(timedelta(minutes=30)), _step(place, wish, 0))


def _step(place: int, wish: str, count: int) -> Act:
    async def act(life: Life) -> None:
        token = await _token(life, place)
        if token is None:
            return
        match wish:
            case "unreachable":
                await _in_vain(life, place, token, count)
            case "do_not_contact":
                await life.ask(WORKER, "MarkDoNotContact", affected=token, reason="asked_by_person")
            case _:
                await _reached(life, place, token, wish)

    return act


async def _token(life: Life, place: int) -> str | None:
    people = (await life.look(WORKER))["affected"]
    return str(people[place]["token"]) if place < len(people) else None


async def _in_vain(life: Life, place: int, token: str, count: int) -> None:
    refused = await life.ask(WORKER, "RecordContactAttempt", affected=token, channel=IN_VAIN[count], reached=False)
    if refused:
        return
    if count + 1 < len(IN_VAIN):
        life.then(life.office(timedelta(hours=3)), _step(place, "unreachable", count + 1))
    else:
        await life.ask(WORKER, "MarkUnreachable", affected=token)


async def _reached(life: Life, place: int, token: str, wish: str) -> None:
    if wish == "no_permission":
        phone = f"07700 900{life.draw.whole(0, 999, 'later phone', life.plan.number):03}"
        await life.ask(WORKER, "RecordContactDetails", affected=token, phone=phone, channels=["phone"], permission=True)
    if await life.ask(WORKER, "RecordContactAttempt", affected=token, channel="phone", reached=True):
        return
    await _answers(life, token, wish)
    if wish == "withdraw":
        life.then(life.office(timedelta(days=4)), _leaves(place), after_end=True)
    if wish in HEARS_AT_THE_END and life.often("satisfaction", place):
        life.memory.setdefault("asks_at_the_end", []).append(place)


async def _answers(life: Life, token: str, wish: str) -> None:
    if wish == "decline":
        await life.ask(WORKER, "DeclineInvolvement", affected=token)
    elif wish in {"choose", "withdraw"}:
        remedy, preference = life.draw.pick(CHOICES[life.plan.scheme], "remedy", life.plan.number)
        views = "Would like to see it put right where everybody can see it"
        said: dict[str, Any] = {"remedy": remedy, "preference": preference, "wants_updates": True, "views": views}
        if await life.ask(WORKER, "RecordViews", affected=token, **said):
            await life.ask(WORKER, "RecordViews", affected=token, wants_updates=True, views=views)
    else:
        await life.ask(WORKER, "ChooseUpdatesOnly", affected=token)


def _leaves(place: int) -> Act:
    async def act(life: Life) -> None:
        token = await _token(life, place)
        if token is not None:
            await life.ask(WORKER, "WithdrawAffectedPerson", affected=token)

    return act


def ask_at_the_end(life: Life) -> None:
    """Once the case has ended, ask those who heard of it how it went."""
    if life.file.state in ENDED_STATES:
        for place in life.memory.pop("asks_at_the_end", ()):
            life.then(life.office(timedelta(days=1)), _satisfied(place), after_end=True)


def _satisfied(place: int) -> Act:
    async def act(life: Life) -> None:
        token = await _token(life, place)
        if token is not None:
            score = life.draw.whole(2, 5, "score", life.plan.number, place)
            await life.ask(WORKER, "RecordSatisfaction", affected=token, score=score)

    return act
