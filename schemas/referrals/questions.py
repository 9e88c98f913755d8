"""What a readable referral leaves open: no reason to refuse it, but triage will have to ask."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from schemas.problems import Problem, problem_at
from schemas.referrals import Referral
from schemas.referrals.lists import AffectedKind, ResponsiblePersonAuthority
from schemas.vocabulary import LimitationKind

ADULT_FROM: Final = 18


def open_questions(referral: Referral) -> tuple[Problem, ...]:
    """Return what is still to be asked, worded like problems: pointer, code, sentence."""
    return (*_about_limitation(referral), *_about_responsible_adults(referral), *_about_affected_people(referral))


def is_child_at(birth_date: date, moment: datetime) -> bool:
    """Say whether someone is under eighteen; born on 29 February, eighteen on 1 March (domain.md 13.11)."""
    on = moment.date()
    birthday_to_come = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - birthday_to_come < ADULT_FROM


def _about_limitation(referral: Referral) -> Iterator[Problem]:
    """A limitation date is asked for, never derived (domain.md 13.2)."""
    if referral.limitation is None:
        yield problem_at(
            ("limitation",), "limitation_unknown", "{field} is not stated; say none, date or summary_only."
        )
    elif referral.limitation.kind is LimitationKind.SUMMARY_ONLY and referral.limitation.on is None:
        yield problem_at(("limitation", "on"), "limitation_date_unknown", "{field} is not stated; give the last day.")


def _about_responsible_adults(referral: Referral) -> Iterator[Problem]:
    """A child's agreement needs an adult who is safe and whose authority is on record (domain.md 13.7)."""
    participant, place = referral.participant, ("participant", "responsible_adults")
    if not is_child_at(participant.birth_date, referral.behaviour.began_at):
        return
    safe = [adult for adult in participant.responsible_adults if not adult.unsafe]
    if not safe:
        yield problem_at(
            place, "responsible_adult_unknown", "{field} name nobody safe; say who may agree for the child."
        )
    elif all(adult.authority is ResponsiblePersonAuthority.UNKNOWN for adult in safe):
        yield problem_at(place, "authority_unknown", "{field} name nobody with known authority; say who has it.")


def _about_affected_people(referral: Referral) -> Iterator[Problem]:
    """Somebody who may be contacted cannot be without a phone, e-mail or address."""
    for index, person in enumerate(referral.affected_people):
        reachable = person.phone or person.email or person.address
        if person.permission_to_contact and person.kind is not AffectedKind.COMMUNITY and not reachable:
            place = ("affected_people", index)
            yield problem_at(place, "contact_details_unknown", "{field} may be contacted; say how.")
