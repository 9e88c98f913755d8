"""What somebody should do next about each case, soonest first, and why. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from schemas.vocabulary import CaseState as S
from schemas.vocabulary import ClockOrigin, Role
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.portal.wording import clock_words, plain

A_DAY = timedelta(days=1)
RECORD, REACH, MATCH = "Record attendance", "Reach the affected person", "Decide about a possible match"
LEAD, LADDER, BOOK_NEXT = "Lead the session", "Decide what follows a missed session", "Book the next session"
BOOK_FIRST = "Book the first session"
BREACH, START = "breach:", "start_48h"
NEVER = datetime.max.replace(tzinfo=UTC)
_INTAKE = frozenset({Role.TRIAGE, Role.MANAGER})
_CASEWORK = frozenset({Role.CASEWORKER, Role.MANAGER})
# State -> whose turn it is, and what to do.
STEPS: Mapping[S, tuple[frozenset[Role], str]] = MappingProxyType(
    {
        S.RECEIVED: (_INTAKE, "Decide about the referral"),
        S.AWAITING_INFORMATION: (_INTAKE, "Wait for the referrer's answer, or decline"),
        S.ACCEPTED: (_INTAKE, "Name a caseworker"),
        S.ASSESSING: (_CASEWORK, "Assess the risk and agree a plan"),
        S.PLAN_AGREED: (_CASEWORK, BOOK_FIRST),
        S.SCHEDULED: (_CASEWORK, "See that the first session takes place"),
        S.ACTIVE: (_CASEWORK, "Go on until the agreed hours are met"),
        S.HOURS_MET: (frozenset({Role.MANAGER}), "Check the report and complete the case"),
        S.PAUSED: (_CASEWORK, "See whether the case can go on"),
    }
)
_BOOKED = frozenset({S.SCHEDULED, S.ACTIVE})
_RECORDING = frozenset({Role.SUPERVISOR, Role.CASEWORKER, Role.MANAGER})
_CONTACT = frozenset({Role.AFFECTED_PERSON_WORKER, Role.MANAGER})
WAITING_CONTACTS = frozenset({"awaiting_details", "contact_permitted", "attempting"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do about one case; `due` None has no date. `awaited`: what the referrer has yet to say."""

    case: UUID
    what: str
    why: str
    due: datetime | None
    late: bool
    awaited: tuple[str, ...] = ()


def tasks_of(
    cases: Sequence[Case], due: Mapping[UUID, Mapping[str, datetime]], roles: frozenset[Role], now: datetime
) -> tuple[Task, ...]:
    """Return the tasks of these roles, soonest first; what has no date comes last, in case order."""
    found = [task for case in cases for task in _of_case(case, due.get(case.id, {}), roles, now)]
    return tuple(sorted(found, key=lambda task: (task.due or NEVER, str(task.case), task.what)))


def _of_case(case: Case, due: Mapping[str, datetime], roles: frozenset[Role], now: datetime) -> Iterator[Task]:
    if roles & _RECORDING:
        yield from _sessions(case, roles, now)
    if roles & _CASEWORK and not case.ended:
        yield from _failures(case)
    if roles & _CONTACT and not case.ended:
        yield from _unheard(case)
    if roles & _INTAKE and case.unresolved_match:
        why = "the participant may be somebody with whom the scheme already works"
        yield Task(case=case.id, what=MATCH, why=why, due=None, late=False)
    step = STEPS.get(case.state)
    if step is not None and roles & step[0]:
        yield _step(case, _what_now(case, step[1]), due, now)


def _sessions(case: Case, roles: frozenset[Role], now: datetime) -> Iterator[Task]:
    for session in case.open_sessions:
        if session.starts_at <= now:
            yield _recording(case, session, now)
        elif Role.SUPERVISOR in roles and session.starts_at <= now + A_DAY:
            why = f"{plain(session.activity)} begins then"
            yield Task(case=case.id, what=LEAD, why=why, due=session.starts_at, late=False)


def _unheard(case: Case) -> Iterator[Task]:
    waiting = sum(person.contact in WAITING_CONTACTS for person in case.affected)
    if waiting:
        why = f"{waiting} affected {'person has' if waiting == 1 else 'people have'} not been heard yet"
        yield Task(case=case.id, what=REACH, why=why, due=None, late=False)


def _recording(case: Case, session: Session, now: datetime) -> Task:
    over = session.ends_at <= now
    stands = "is over and nobody has recorded it" if over else "is under way, and ends then"
    why = f"the session of {plain(session.activity)} {stands}"
    return Task(case=case.id, what=RECORD, why=why, due=session.ends_at, late=over)


def _failures(case: Case) -> Iterator[Task]:
    """Each session missed or failed without an excuse about which nothing was decided yet (domain.md 13.5)."""
    if case.officer_told:
        return
    for session in case.sessions:
        if session.enforceable and session.id not in case.warned_for:
            why = f"the session of {plain(session.activity)} was missed or failed without an excuse"
            yield Task(case=case.id, what=LADDER, why=why, due=session.ends_at, late=False)


def _what_now(case: Case, usual: str) -> str:
    """Book again when every session was missed, cancelled or used up and hours are left."""
    if case.state in _BOOKED and not case.open_sessions:
        return BOOK_NEXT
    return usual


def judged(due: Mapping[str, datetime], origin: ClockOrigin) -> dict[str, datetime]:
    """Return the timers of a case without those of the start clock that its policy does not judge by."""
    own = f"{BREACH}{START}:{origin}"
    return {name: at for name, at in due.items() if name == own or not name.startswith(f"{BREACH}{START}:")}


def _step(case: Case, what: str, due: Mapping[str, datetime], now: datetime) -> Task:
    """The soonest of its clocks and its next session says why and by when."""
    reasons = [(at, _clock_words(name)) for name, at in due.items() if name.startswith(BREACH)]
    awaited = case.information_requested if case.state is S.AWAITING_INFORMATION else ()
    coming = (session for session in case.open_sessions if session.starts_at > now)
    reasons += [(session.starts_at, f"{plain(session.activity)} begins then") for session in coming]
    if not reasons:
        why = f"the case is {plain(case.state)}"
        return Task(case=case.id, what=what, why=why, due=None, late=False, awaited=awaited)
    at, why = min(reasons)
    return Task(case=case.id, what=what, why=why, due=at, late=at <= now, awaited=awaited)


def _clock_words(timer: str) -> str:
    _, clock, origin = (*timer.split(":", 2), "")[:3]
    return f"the {clock_words(clock, origin)} {'end' if clock == START else 'is'} then"
