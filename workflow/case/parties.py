"""Who has a part in a case, what each knows it by, and where the case goes on."""

from uuid import UUID

from schemas.vocabulary import GOES_ON_ELSEWHERE
from workflow.case.case import Case
from workflow.case.parts import Referrer


def referrer_of(case: Case, agency: str) -> Referrer | None:
    """Return that agency as a referrer of the case, or None."""
    return next((referrer for referrer in case.referrers if referrer.agency == agency), None)


def token_of(case: Case, agency: str) -> UUID | None:
    """Return the token by which an agency knows the case, or None where it has no part in it."""
    referrer = referrer_of(case, agency)
    if referrer is not None:
        return referrer.token
    return case.clearance_token if agency == case.clearance_agency else None


def goes_on_in(case: Case) -> UUID | None:
    """Return the case in which this one goes on, after a transfer or a match of one incident, or None."""
    return case.linked_to if case.state in GOES_ON_ELSEWHERE else None
