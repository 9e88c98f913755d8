"""The evaluator's row of a case: a pure reading, coarse on purpose (domain.md 1.5, section 5)."""

from collections import Counter
from uuid import UUID

from schemas.outcomes import Outcome
from schemas.vocabulary import AgeBand, CaseState
from workflow.case.case import Case
from workflow.rules.calendar import local_day
from workflow.rules.credit import Became, became
from workflow.schemes import PolicyVersion

# These reasons would tell an evaluator of health, death or custody; the state says enough.
SENSITIVE_REASONS = frozenset({"died", "custody", "illness"})


def outcome_of(case: Case, token: UUID, policy: PolicyVersion) -> Outcome:
    """Return the whole current row for `token`; hours are whole hours, dates are months."""
    del policy  # every study reads the same columns until a policy withholds one
    sessions = Counter(became(session) for session in case.sessions)
    return Outcome(
        token=token,
        scheme=case.tenant,
        door=case.door,
        basis=case.basis,
        behaviour=case.behaviour,
        referrer=case.governing.kind,
        age_band=AgeBand(case.age_at_behaviour),
        district=case.district,
        month_received=local_day(case.received_at).strftime("%Y-%m"),
        state=CaseState(case.state),
        end_reason=None if case.end_reason in SENSITIVE_REASONS else case.end_reason,
        start_48h={str(c.origin): c.shown for c in case.clocks if c.name == "start_48h" and c.origin},
        authorised_hours=case.authorised_minutes // 60,
        credited_hours=case.credited_minutes // 60,
        sessions_attended=sessions[Became.ATTENDED],
        sessions_missed=sessions[Became.MISSED],
        sessions_cancelled_by_provider=sessions[Became.CANCELLED_BY_PROVIDER],
        stage=case.stage,
        affected_people=len(case.affected),
        affected_reached=sum(person.reached for person in case.affected),
        affected_gave_views=sum(person.consulted for person in case.affected),
        preference_followed=case.preference_followed,
        satisfaction=tuple(person.satisfaction for person in case.affected if person.satisfaction is not None),
        reoffended=case.reoffended,
    )
