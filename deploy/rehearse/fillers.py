"""Fill what a command's data leaves out: the next open session, the first affected person, the soonest slot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from schemas import commands as c
from schemas.commands import Command
from schemas.commands.people import AffectedCommand
from schemas.commands.work import SessionCommand
from schemas.vocabulary import ActivityKind, AttendanceOutcome
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.rules.credit import ATTENDED, REHABILITATIVE
from workflow.rules.facts import Slot

Data = dict[str, Any]
NO_SLOT = "no-slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What a filler may look at; `slots` are those the rules would take, soonest first."""

    case: Case
    slots: Sequence[Slot]
    cases: Mapping[str, UUID]
    now: datetime


def filled(kind: type[Command], data: Mapping[str, Any], filling: Filling) -> Data:
    """Return the data with everything filled that the scenario does not care about; what it says stays."""
    result = dict(data)
    if issubclass(kind, AffectedCommand):
        result["affected"] = _affected(filling.case, result.get("affected", 1))
    if issubclass(kind, SessionCommand):
        result["session"] = _session(filling.case, kind, result.get("session"))
    if "other_case" in result:
        result["other_case_id"] = filling.cases.get(result.pop("other_case"))
    fill = FILLERS.get(kind)
    return fill(result, filling) if fill else result


def _affected(case: Case, which: object) -> object:
    """Return the token of the n-th affected person, from 1."""
    if isinstance(which, int) and 0 < which <= len(case.affected):
        return case.affected[which - 1].token
    return which


def _session(case: Case, kind: type[Command], which: object) -> object:
    """Return the id of the n-th session, from 1; left out, the one that the command is most likely about."""
    if isinstance(which, int) and 0 < which <= len(case.sessions):
        return case.sessions[which - 1].id
    if which is not None:
        return which
    return next((session.id for session in PICKS.get(kind, _open)(case)), None)


def _open(case: Case) -> Sequence[Session]:
    return sorted(case.open_sessions, key=lambda session: session.starts_at)


def _recorded(case: Case) -> Sequence[Session]:
    return [session for session in reversed(case.sessions) if session.outcome is not None]


def _failed(case: Case) -> Sequence[Session]:
    return [session for session in _recorded(case) if session.enforceable and session.id not in case.warned_for]


PICKS: Mapping[type[Command], Callable[[Case], Sequence[Session]]] = MappingProxyType(
    {
        c.CorrectAttendance: _recorded,
        c.SubmitAbsenceEvidence: _recorded,
        c.AdjustTravel: _recorded,
        c.IssueWarning: _failed,
        c.IssueFinalWarning: _failed,
    }
)


def _slot(data: Data, filling: Filling) -> Data:
    if "slot" in data:
        return data
    wanted, after = _wanted(filling.case), _workshop_ends(filling.case)
    held = {session.slot for session in filling.case.sessions}
    ahead = (slot for slot in filling.slots if slot.starts_at > filling.now and slot.activity in wanted)
    fitting = (slot for slot in ahead if slot.id not in held and (after is None or slot.starts_at >= after))
    return data | {"slot": next((slot.id for slot in fitting), NO_SLOT)}


def _wanted(case: Case) -> frozenset[ActivityKind]:
    """The activities to book next: a planned workshop comes first, and once."""
    planned = frozenset(part.activity for part in case.plan)
    taught = planned & REHABILITATIVE
    done = {session.activity for session in case.sessions if _stands(session)}
    return taught - done or planned - taught


def _workshop_ends(case: Case) -> datetime | None:
    ends = (session.ends_at for session in case.sessions if session.activity in REHABILITATIVE and _stands(session))
    return max(ends, default=None)


def _stands(session: Session) -> bool:
    return not session.cancelled and (session.outcome is None or session.outcome in ATTENDED)


def _overlap(slot: Slot, session: Session) -> bool:
    return slot.starts_at < session.ends_at and session.starts_at < slot.ends_at


def _attendance(data: Data, filling: Filling) -> Data:
    result: Data = {"outcome": AttendanceOutcome.ATTC, **data}
    session = filling.case.session(result["session"]) if isinstance(result["session"], UUID) else None
    if session is None or result["outcome"] not in ATTENDED:
        return result
    times = {"started_at": session.starts_at, "ended_at": session.ends_at, "occurred_at": session.ends_at}
    if filling.now < session.ends_at:
        del times["occurred_at"]
    return times | result


def _stop(data: Data, filling: Filling) -> Data:
    return {"ended_at": filling.now, "reason": "hazard"} | data


def _default(**values: object) -> Callable[[Data, Filling], Data]:
    return lambda data, _: dict(values) | data


FILLERS: Mapping[type[Command], Callable[[Data, Filling], Data]] = MappingProxyType(
    {
        c.BookSession: _slot,
        c.RescheduleSession: lambda data, filling: {"asked_by": "participant"} | _slot(data, filling),
        c.RecordAttendance: _attendance,
        c.CorrectAttendance: _attendance,
        c.StopSession: _stop,
        c.CancelSession: _default(reason="weather"),
        c.AssessRisk: _default(level="low"),
        c.RecordResponsibility: _default(kind="accepts"),
        c.RecordYouthJusticeClearance: _default(given=True),
        c.RecordContactDetails: _default(permission=True, phone="07700 900123"),
        c.RecordContactAttempt: _default(channel="phone", reached=True),
        c.RecordSatisfaction: _default(score=4),
        c.CompleteCase: _default(report_checked=True),
        c.PauseCase: _default(reason="medical"),
        c.WithdrawCase: _default(by="participant"),
        c.CloseWithoutFault: _default(reason="moved_away"),
        c.ReopenCase: _default(reason="closed_in_error"),
        c.ReturnToReferrer: _default(reason="non_compliance"),
        c.DeclineReferral: _default(reason="not_eligible"),
    }
)
