"""The ladder of non-compliance: which rung an unexcused failure leads to, by basis (domain.md 13.5, R129)."""

from datetime import datetime, timedelta

from schemas.vocabulary import Stage
from workflow.case.case import Case
from workflow.case.parts import Failure, Session
from workflow.rules.calendar import Calendar, add_working_days, end_of_day, local_day
from workflow.schemes.basis import BasisPolicy
from workflow.schemes.parts import EvidenceWindows
from workflow.schemes.words import LadderStep

STAGES = (Stage.NONE, Stage.WARNED, Stage.FINAL_WARNED)


def failures(case: Case) -> tuple[Session | Failure, ...]:
    """The sessions with an unexcused failure, as they are known now, earlier providers' first (domain.md 6.1, R121)."""
    return (*case.carried_failures, *(session for session in case.sessions if session.enforceable))


def next_step(case: Case, basis: BasisPolicy) -> LadderStep:
    """The rung that the next unanswered failure leads to; beyond the last rung the last one holds (13.5)."""
    return basis.step_after(_taken(case, basis) + 1)


def has_unanswered(case: Case, basis: BasisPolicy) -> bool:
    """Whether some failure has not yet led to a rung of the ladder (13.5)."""
    return len(failures(case)) > _taken(case, basis)


def threshold_reached(case: Case, basis: BasisPolicy) -> bool:
    """Whether the ladder is used up, so that the case goes back for non-compliance (13.5)."""
    return has_unanswered(case, basis) and next_step(case, basis) is LadderStep.RETURN


def officer_due(case: Case, basis: BasisPolicy) -> bool:
    """Whether the latest failure is the officer's to judge: on cautions, the first one (13.5 [K])."""
    return basis.step_after(len(failures(case))) is LadderStep.NOTIFY_OFFICER


def evidence_until(session: Session | Failure, windows: EvidenceWindows, calendar: Calendar) -> datetime:
    """When the time to show why one stayed away is over: word in working days, proof in days (6.4, R127)."""
    day = local_day(session.ends_at)
    word = add_working_days(day, windows.contact_working_days, calendar)
    return end_of_day(max(word, day + timedelta(days=windows.proof_days)))


def _taken(case: Case, basis: BasisPolicy) -> int:
    """Rungs already taken: what the officer was told takes itself, a warning somebody has to give."""
    own = min(len(failures(case)), basis.ladder.count(LadderStep.NOTIFY_OFFICER))
    return own + STAGES.index(case.stage)
