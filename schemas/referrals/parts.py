"""What of a referral is personal, part by part and JSON-safe: what the vault seals.

The parts together hold every personal value of a referral; what stands in none of them may leave the vault.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from schemas.referrals import HousingReferral, PoliceReferral, Referral, YouthJusticeReferral
from schemas.vocabulary import ClockOrigin

Details = dict[str, Any]
# The numbers by which people say on the telephone which referral they mean.
REFERENCES = ("referrer_reference", "incident_number", "occurrence_number")


def participant_details(referral: Referral) -> Details:
    """Return all that is said of the participant and of those responsible for him or her."""
    return referral.participant.model_dump(mode="json")


def behaviour_details(referral: Referral) -> Details:
    """Return what was done, with the exact times and place, and the call taker's assessment of it."""
    details: Details = {"behaviour": referral.behaviour.model_dump(mode="json")}
    if isinstance(referral, PoliceReferral) and referral.thrive is not None:
        details["thrive"] = referral.thrive.model_dump(mode="json")
    return details


def affected_details(referral: Referral) -> tuple[Details, ...]:
    """Return all that is said of each affected person, in the order sent."""
    return tuple(person.model_dump(mode="json") for person in referral.affected_people)


def referrer_details(referral: Referral) -> Details:
    """Return the people who speak in the referral: the officer, the worker, and who recorded or gave what."""
    details: Details = {
        "officer_contact": referral.officer_contact and referral.officer_contact.model_dump(mode="json"),
        "limitation_decided_by": referral.limitation and referral.limitation.decided_by,
        "responsibility_recorded_by": referral.responsibility and referral.responsibility.recorded_by,
        "consents_by": [consent.by for consent in referral.consents],
    }
    if isinstance(referral, YouthJusticeReferral):
        details["worker"] = referral.worker
        details["clearance_by"] = referral.clearance and referral.clearance.by
    return details


def identifiers(referral: Referral) -> dict[str, str]:
    """Return the numbers by which other systems know the person, the home or the matter; only those supplied."""
    return {name: value for name, value in _identifiers(referral) if value is not None}


def _identifiers(referral: Referral) -> Iterator[tuple[str, str | None]]:
    yield "referrer_reference", referral.referrer_reference
    yield "uprn", referral.participant.uprn
    yield "parent_uprn", referral.participant.parent_uprn
    if isinstance(referral, PoliceReferral):
        yield "incident_number", referral.incident_number
        yield "occurrence_number", referral.occurrence_number
        yield "urn", referral.urn
        yield "pnc_id", referral.pnc_id
    if isinstance(referral, YouthJusticeReferral):
        yield "assessment_reference", referral.assessment_reference
    if isinstance(referral, HousingReferral):
        yield "tenancy_reference", referral.tenancy_reference


def personal_parts(referral: Referral) -> Details:
    """Return every personal part under its name, in one JSON-safe object."""
    return {
        "participant": participant_details(referral),
        "behaviour": behaviour_details(referral),
        "affected_people": list(affected_details(referral)),
        "referrer": referrer_details(referral),
        "identifiers": identifiers(referral),
    }


def origins(referral: Referral) -> dict[ClockOrigin, datetime | None]:
    """Return the four moments from which the start clocks may count; None if not supplied (domain.md 0.1)."""
    return {
        ClockOrigin.BEHAVIOUR_FROM: referral.behaviour.began_at,
        ClockOrigin.REFERRAL_SENT: referral.sent_at,
        ClockOrigin.POLICE_DECIDED: referral.police_decided_at,
        ClockOrigin.DISPOSAL: referral.disposal_at,
    }
