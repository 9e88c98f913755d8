"""Who and what a scheme may take on (domain.md 1.3, 2.1, 13.13); the answers are codes, a person decides."""

from collections.abc import Iterable, Mapping
from datetime import date

from schemas.commands.intake import DeclineReason
from schemas.vocabulary import AgeBand, BehaviourKind, Door, LimitationKind
from workflow.case.case import Case
from workflow.case.parts import Condition
from workflow.rules.ages import BANDS
from workflow.schemes import BasisPolicy, PolicyVersion
from workflow.schemes.words import Handling

# No policy can let these in: they are declined by eligibility, never accepted (domain.md 13.13).
NEVER_ACCEPTED = frozenset({BehaviourKind.BURGLARY, BehaviourKind.ROBBERY, BehaviourKind.SEXUAL_OFFENCE})
REPEAT, CO_ACCUSED, UNDER_ORDER = "repeat", "co_accused", "under_court_order"
SERVED_ELSEWHERE, STALE = "served_elsewhere", "stale"

BEHAVIOUR_EXCLUDED = "behaviour_excluded"
UNDER_AGE_FLOOR = "under_age_floor"
BASIS_NOT_IN_FORCE = "basis_not_in_force"
BASIS_NOT_FOR_AGE = "basis_not_for_age"
AUTHORISED_OVER_CAP = "authorised_over_cap"

DECLINED_AS: Mapping[str, DeclineReason] = {
    BEHAVIOUR_EXCLUDED: "excluded_behaviour",
    UNDER_AGE_FLOOR: "age",
    BASIS_NOT_IN_FORCE: "not_eligible",
    BASIS_NOT_FOR_AGE: "age",
    AUTHORISED_OVER_CAP: "not_eligible",
    REPEAT: "persistent",
    CO_ACCUSED: "not_eligible",
    UNDER_ORDER: "not_eligible",
    SERVED_ELSEWHERE: "already_served",
    STALE: "not_eligible",
}


def ineligible(case: Case, policy: PolicyVersion, *, day: date, age: int | None = None) -> str | None:
    """Why the scheme may not take the case, as a code; `day` is that of disposal or referral, `age` at behaviour.

    Behaviour and age in whole years come before the basis, minutes against its cap last (domain.md 0.3, 1.3, 13.4).
    """
    if excluded(case.behaviour, policy):
        return BEHAVIOUR_EXCLUDED
    if under_floor(case.age_at_behaviour, policy.eligibility.age_floor, age):
        return UNDER_AGE_FLOOR
    basis = policy.bases.get(case.basis)
    if basis is None or not policy.admits(door=case.door, basis=case.basis, day=day):
        return BASIS_NOT_IN_FORCE
    if not basis.open_to(case.age_at_disposal or case.age_at_behaviour):
        return BASIS_NOT_FOR_AGE
    return AUTHORISED_OVER_CAP if over_cap(case.conditions, basis) else None


def suggested_decline(case: Case, policy: PolicyVersion, *, day: date, age: int | None = None) -> DeclineReason | None:
    """Which reason the scheme's policy gives for saying no, if it gives one; a person says it (domain.md 1.2, 1.3)."""
    code = ineligible(case, policy, day=day, age=age)
    found = code or next((flag for flag, what in findings(case, policy) if what is Handling.DECLINE), None)
    return None if found is None else DECLINED_AS[found]


def findings(case: Case, policy: PolicyVersion) -> tuple[tuple[str, Handling], ...]:
    """What the referral's marks call for under this policy: go on, ask, or decline (domain.md 1.3)."""
    rules = policy.eligibility
    handling = {
        REPEAT: rules.repeat.handling,
        CO_ACCUSED: rules.co_accused,
        UNDER_ORDER: rules.under_court_order,
        SERVED_ELSEWHERE: rules.served_elsewhere,
        STALE: rules.stale,
    }
    return tuple((flag, what) for flag, what in handling.items() if flag in case.flags)


def excluded(behaviour: BehaviourKind, policy: PolicyVersion) -> bool:
    """Whether this behaviour is never taken, by rule or by policy (domain.md 1.3, 13.13)."""
    return behaviour in NEVER_ACCEPTED or behaviour in policy.eligibility.excluded_behaviours


def under_floor(band: AgeBand, floor: int, age: int | None) -> bool:
    """Whether the age at the behaviour, in years, lies under the floor; a band alone is judged by its first year."""
    first = next(lowest for lowest, known in BANDS if known is band)
    return (first if age is None else age) < floor


def over_cap(conditions: Iterable[Condition], basis: BasisPolicy) -> bool:
    """Whether authorised minutes pass the cap, counting the purposes that it counts (domain.md 13.4, R50, R203)."""
    counted = sum(part.minutes for part in conditions if basis.counts(part.purpose))
    return basis.cap_minutes is not None and counted > basis.cap_minutes


def limitation_gap(door: Door, limitation: LimitationKind | None, *, known: bool) -> str | None:
    """Which field the referrer must still fill: a limitation date is supplied, never derived (domain.md 13.2).

    Where no crime was committed there is nothing to prosecute, so silence leaves no gap there.
    """
    if limitation is None:
        return "/limitation" if door is Door.CRIME_OOCR else None
    return "/limitation/on" if limitation is LimitationKind.SUMMARY_ONLY and not known else None
