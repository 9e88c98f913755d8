"""Sessions are booked, attended, missed, moved and cancelled; paperwork comes at once or days later."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from deploy.simulate import endings
from deploy.simulate.life import Act, Life, quarter
from deploy.simulate.slots import WORKSHOP, candidates, instant
from schemas.vocabulary import CaseState, Role

MOST_TRIES, MOST_LATER = 12, 12
NOT_YET = frozenset({"clearance_awaited", "clearance_refused", "case_is_paused"})
ALL_BOOKED = "hours_are_all_booked"
FULL = "no_free_place"
EVIDENCE_OVER = timedelta(days=8)
PAUSE = timedelta(days=7)
LATE = timedelta(days=2)


async def go_on(life: Life) -> None:
    """Take up the case again: complete it, or book what comes next."""
    if life.file.state is CaseState.HOURS_MET:
        life.then(life.office(timedelta(hours=20)), endings.complete)
    elif not life.file.ended:
        life.then(life.office(timedelta(minutes=30)), book, shared=True)


async def book(life: Life) -> None:
    """Ask for one session after the other until a place is given; first the workshop where the plan has one."""
    planned: Mapping[str, Any] = life.memory["plan"]
    workshop = WORKSHOP in planned and not life.memory.get("workshop")
    wanted = {WORKSHOP} if workshop else set(planned) - {WORKSHOP}
    lead = timedelta(hours=2 if life.plan.has("swift") else 10 + 24 * life.draw.whole(0, 3, "lead", life.plan.number))
    after = max(life.now + (timedelta(hours=2) if workshop else lead), life.memory.get("free_from", life.now))
    for slot in (await candidates(life, wanted, after))[:MOST_TRIES]:
        refused = await life.ask(Role.CASEWORKER, "BookSession", slot=slot["id"])
        if refused is None:
            _booked(life, slot)
            if workshop:
                life.memory["workshop"] = slot["id"]
                life.memory["free_from"] = instant(slot["ends_at"])
                await book(life)
            return
        if refused == FULL:
            life.world.full.add(slot["id"])
        if refused == ALL_BOOKED:
            return
        if refused in NOT_YET:
            break
    _try_later(life)


def _try_later(life: Life) -> None:
    life.memory["later"] = life.memory.get("later", 0) + 1
    if life.memory["later"] > MOST_LATER:
        life.then(life.office(), endings.give_up, shared=True)
    else:
        life.then(life.office(timedelta(hours=20)), book, shared=True)


def _booked(life: Life, slot: Mapping[str, Any]) -> None:
    starts, ends = instant(slot["starts_at"]), instant(slot["ends_at"])
    work = slot["activity"] != WORKSHOP
    if work and _once(life, "provider_cancels"):
        life.then(quarter(starts - timedelta(minutes=90)), _cancel(slot["id"]), shared=True)
    elif work and _once(life, "rescheduled"):
        life.then(quarter(starts - timedelta(hours=3)), _reschedule(slot), shared=True)
    else:
        late = LATE if work and _once(life, "late_first") else timedelta()
        when = life.office(ends - life.now + late) if late else quarter(ends)
        life.then(when, _attend(slot["id"]))


def _once(life: Life, trait: str) -> bool:
    """Whether a planned rare thing happens now; it happens once."""
    if not life.plan.has(trait) or trait in life.memory:
        return False
    life.memory[trait] = True
    return True


async def _session(life: Life, slot: str, role: Role) -> Mapping[str, Any] | None:
    view = await life.look(role)
    found = (one for one in view["sessions"] if one["slot"] == slot and not one["cancelled"] and not one["outcome"])
    return next(found, None)


def _cancel(slot: str) -> Act:
    async def act(life: Life) -> None:
        session = await _session(life, slot, Role.SUPERVISOR)
        if session is not None:
            await life.ask(
                Role.SUPERVISOR, "CancelSession", session=session["id"], reason=life.mixed("provider_reason", slot)
            )
        await go_on(life)

    return act


def _reschedule(slot: Mapping[str, Any]) -> Act:
    async def act(life: Life) -> None:
        session = await _session(life, slot["id"], Role.CASEWORKER)
        later = await candidates(life, {slot["activity"]}, instant(slot["ends_at"]))
        for other in later[:MOST_TRIES] if session else ():
            moved = {"session": session["id"], "slot": other["id"], "asked_by": "participant"} if session else {}
            if await life.ask(Role.CASEWORKER, "RescheduleSession", **moved) is None:
                life.then(quarter(instant(other["ends_at"])), _attend(other["id"]))
                return
        life.then(quarter(instant(slot["ends_at"])), _attend(slot["id"]))

    return act


def _attend(slot: str) -> Act:
    async def act(life: Life) -> None:
        session = await _session(life, slot, Role.SUPERVISOR)
        if session is None:
            await go_on(life)
        elif session["activity"] == WORKSHOP:
            await _attended(life, session, "ATTC")
        elif _misses(life):
            await _missed(life, session)
        else:
            await _worked(life, session)

    return act


def _misses(life: Life) -> bool:
    """Who is on the way down the ladder comes to no session; others miss one or two as planned."""
    life.memory["held"] = life.memory.get("held", 0) + 1
    if life.fate == "ladder":
        return True
    return (life.memory["held"] == 1 and life.plan.has("miss_first")) or (
        life.memory["held"] == 2 and life.plan.has("miss_second")  # noqa: PLR2004 - the second one
    )


async def _attended(life: Life, session: Mapping[str, Any], outcome: str, **changed: Any) -> None:
    told = {"started_at": session["starts_at"], "ended_at": session["ends_at"], **changed}
    await life.ask(Role.SUPERVISOR, "RecordAttendance", session=session["id"], outcome=outcome, **told)


async def _worked(life: Life, session: Mapping[str, Any]) -> None:
    starts = instant(session["starts_at"])
    if _once(life, "sent_home_first"):
        await _attended(life, session, "ATSS", ended_at=starts + timedelta(minutes=30))
    elif _once(life, "stopped"):
        stopped = starts + timedelta(minutes=75)
        await life.ask(Role.SUPERVISOR, "StopSession", session=session["id"], ended_at=stopped, reason="hazard")
        await _attended(life, session, "AFDA", ended_at=stopped)
    else:
        await _attended(life, session, "ATTC")
    await _afterwards(life, session)


async def _afterwards(life: Life, session: Mapping[str, Any]) -> None:
    if life.fate in LEAVING:
        life.then(life.office(timedelta(hours=2)), LEAVING[life.fate], shared=True)
    elif _once(life, "travel"):
        await life.ask(Role.CASEWORKER, "AdjustTravel", session=session["id"], minutes=30)
        await go_on(life)
    elif life.file.state is CaseState.HOURS_MET and _once(life, "corrected_down"):
        life.then(life.office(timedelta(hours=1)), _correct(session, left_after=60))
    elif _once(life, "corrected"):
        life.then(life.office(timedelta(hours=1)), _correct(session, left_after=90))
    elif _once(life, "paused") and life.file.state is not CaseState.HOURS_MET:
        life.then(life.office(timedelta(hours=1)), _pause)
    else:
        await go_on(life)


LEAVING: Mapping[str, Act] = {
    "participant_withdraws": endings.participant_withdraws,
    "consent_withdrawn": endings.consent_withdrawn,
    "no_fault": endings.without_fault,
}


def _correct(session: Mapping[str, Any], *, left_after: int) -> Act:
    """Somebody finds that the participant left after so many minutes."""

    async def act(life: Life) -> None:
        ended = instant(session["starts_at"]) + timedelta(minutes=left_after)
        told = {"started_at": session["starts_at"], "ended_at": ended, "outcome": "ATTC"}
        await life.ask(Role.SUPERVISOR, "CorrectAttendance", session=session["id"], **told)
        await go_on(life)

    return act


async def _pause(life: Life) -> None:
    await life.ask(Role.CASEWORKER, "PauseCase", reason="medical")
    life.then(life.office(PAUSE), _resume)


async def _resume(life: Life) -> None:
    await life.ask(Role.CASEWORKER, "ResumeCase")
    await go_on(life)


async def _missed(life: Life, session: Mapping[str, Any]) -> None:
    outcome = life.mixed("enforceable", session["slot"]) if life.fate == "ladder" else "UACP"
    if outcome in {"AFTC", "ATSH"}:
        await _attended(life, session, outcome, ended_at=instant(session["starts_at"]) + timedelta(minutes=15))
    else:
        await life.ask(Role.SUPERVISOR, "RecordAttendance", session=session["id"], outcome=outcome)
    if life.fate != "ladder" and _once(life, "excused"):
        life.then(life.office(timedelta(hours=20)), _excuse(session["id"]))
    else:
        life.then(life.office(EVIDENCE_OVER), _answer_for(session["id"]), shared=True)


def _excuse(session: str) -> Act:
    async def act(life: Life) -> None:
        excuse = life.mixed("excuse", session)
        if await life.ask(Role.CASEWORKER, "SubmitAbsenceEvidence", session=session, outcome=excuse) is not None:
            # On a caution the officer judges; this is the officer's word, as the provider records it.
            await life.ask(Role.SUPERVISOR, "CorrectAttendance", session=session, outcome=excuse)
        await go_on(life)

    return act


def _answer_for(session: str) -> Act:
    """The next step of the ladder: a return where it is used up, else the warning that is due."""

    async def act(life: Life) -> None:
        if await endings.hand_back(life, "non_compliance") is None:
            return
        warned = await life.ask(Role.CASEWORKER, "IssueWarning", session=session) is None
        finally_warned = not warned and await life.ask(Role.CASEWORKER, "IssueFinalWarning", session=session) is None
        if warned and _once(life, "warning_withdrawn"):
            life.then(life.office(timedelta(hours=3)), _excused_late(session))
            return
        if finally_warned and _once(life, "final_withdrawn"):
            life.then(life.office(timedelta(hours=3)), _take_back)
            return
        await go_on(life)

    return act


def _excused_late(session: str) -> Act:
    async def act(life: Life) -> None:
        await life.ask(Role.SUPERVISOR, "CorrectAttendance", session=session, outcome="AAME")
        await go_on(life)

    return act


async def _take_back(life: Life) -> None:
    await life.ask(Role.CASEWORKER, "WithdrawWarning")
    await go_on(life)
