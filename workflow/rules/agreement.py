"""Who has agreed, to what, and whether the basis is satisfied (domain.md 0.3, 13.7, 13.12, R41, R46, R137)."""

from datetime import date

from schemas.commands.people import Explanation
from schemas.vocabulary import CHILD_BANDS, ActivityKind, AgeBand, ContactState, Responsibility
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson
from workflow.rules.ages import band_on
from workflow.schemes import BasisPolicy, PolicyVersion

TAKE_PART = "take_part"
IN_PERSON = f"{TAKE_PART}:participant"
# Marks on a case of an adult named in its referral, each with the adult's place there.
UNSAFE_ADULT, AUTHORITY_UNKNOWN = "unsafe_adult", "authority_unknown"
FOR_A_CHILD = frozenset({f"{TAKE_PART}:responsible_adult", f"{TAKE_PART}:manager_alternative"})


def is_informed(explanation: Explanation) -> bool:
    """Whether advice, refusal without penalty and time to consider were given, in minutes (domain.md 13.12)."""
    told = explanation.told_of_right_to_advice and explanation.told_refusal_has_no_penalty
    return told and explanation.minutes_to_consider > 0


def band_at(case: Case, birth_date: date | None, day: date) -> AgeBand:
    """The age band on a day, never today's; without a birth date the last band on record (domain.md 13.11)."""
    if birth_date is not None:
        return band_on(birth_date, day)
    return case.age_at_disposal or case.age_at_behaviour


def needs_an_adult(case: Case, birth_date: date | None, day: date) -> bool:
    """Whether somebody else must agree on that day: only while the participant is a child (domain.md 13.7, 13.11)."""
    if birth_date is None:
        return case.is_child
    return band_on(birth_date, day) in CHILD_BANDS


def has_given(case: Case, purpose: str) -> bool:
    """Whether anybody's agreement for that purpose stands."""
    return any(consent.startswith(f"{purpose}:") for consent in case.consents)


def consent_is_given(case: Case, *, by_adult: bool) -> bool:
    """Whether taking part is agreed: by an adult in person; for a child by somebody entitled (domain.md 13.7, R137)."""
    return not FOR_A_CHILD.isdisjoint(case.consents) if by_adult else IN_PERSON in case.consents


def agreement_lacking(case: Case, basis: BasisPolicy, *, by_adult: bool) -> str | None:
    """Which agreement or admission is missing for work to be planned or booked, as a refusal; None if all is there."""
    if is_denied(case, basis):
        return "admission_denied"
    if not responsibility_satisfies(case, basis):
        return "admission_needed"
    if basis.consent_required and not consent_is_given(case, by_adult=by_adult):
        return "agreement_missing"
    return None


def responsibility_satisfies(case: Case, basis: BasisPolicy) -> bool:
    """Whether the responsibility record is enough for the basis; no record counts as not required (domain.md 0.3)."""
    return basis.accepts(case.responsibility or Responsibility.NOT_REQUIRED)


def is_denied(case: Case, basis: BasisPolicy) -> bool:
    """Whether a denial stands where the basis needs an admission: the case should go back (domain.md 10 row 15)."""
    return case.responsibility is Responsibility.DENIES and not basis.accepts(Responsibility.DENIES)


def choosers(case: Case) -> tuple[AffectedPerson, ...]:
    """The affected people whose choice stands: who withdrew or changed to updates binds nobody (domain.md 0.4, 0.6)."""
    return tuple(person for person in case.affected if person.contact is ContactState.VIEWS_GIVEN)


def wished(person: AffectedPerson, policy: PolicyVersion) -> frozenset[ActivityKind]:
    """The activities that would follow this person's choice: the one named, else those of the remedy (R39, R15)."""
    if person.preference is not None:
        return frozenset({person.preference})
    remedies = (remedy for remedy in policy.remedies if remedy.key == person.remedy)
    return frozenset(activity for remedy in remedies for activity in remedy.activities)


def preference_followed(case: Case, policy: PolicyVersion, activities: frozenset[ActivityKind]) -> bool | None:
    """Whether every standing choice has its activity among these; None if nobody chose one (domain.md 0.4, R39)."""
    choices = [wanted for person in choosers(case) if (wanted := wished(person, policy))]
    return all(wanted & activities for wanted in choices) if choices else None
