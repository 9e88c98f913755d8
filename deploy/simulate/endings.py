"""How a life ends, whatever its fate: the report is checked, somebody withdraws, or nobody is at fault."""

from datetime import timedelta

from deploy.simulate.life import Life
from schemas.vocabulary import Role

LATEST = timedelta(days=66)
QUALITY = {"excellent": 1, "good": 4, "satisfactory": 4, "poor": 1}


async def complete(life: Life) -> None:
    """The manager checks the supervisor's report."""
    quality = life.draw.weighted(QUALITY, "quality", life.plan.number)
    await life.ask(Role.MANAGER, "CompleteCase", report_checked=True, quality=quality)


async def participant_withdraws(life: Life) -> None:
    """The participant leaves; a child may at any stage."""
    await life.ask(Role.CASEWORKER, "WithdrawCase", by="participant")


async def consent_withdrawn(life: Life) -> None:
    """The agreement to take part is taken back."""
    if await life.ask(Role.CASEWORKER, "WithdrawConsent", purpose="take_part"):
        await participant_withdraws(life)


async def referrer_withdraws(life: Life) -> None:
    """The referring agency takes its referral back."""
    if await life.ask_as_agency("WithdrawCase", by="referrer") is None:
        await life.look()


async def without_fault(life: Life) -> None:
    """Something happens that nobody is to be blamed for."""
    await life.ask(Role.MANAGER, "CloseWithoutFault", reason=life.mixed("no_fault_reason"))


async def give_up(life: Life) -> None:
    """No case stays open for ever: the provider closes what it could not bring to another end."""
    await life.ask(Role.MANAGER, "CloseWithoutFault", reason="service_ended")


async def hand_back(life: Life, reason: str) -> str | None:
    """Return the case to its referrer."""
    return await life.ask(Role.CASEWORKER, "ReturnToReferrer", reason=reason)
