"""What a case holds of shared things, and how it gives them back."""

from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.machine.decision import Claim, ReleaseLoad, ReleasePlace


def release_of(session: Session) -> ReleasePlace:
    """Give back the place that a session holds."""
    return ReleasePlace(slot=session.slot, place=session.place)


def end_claims(case: Case) -> tuple[Claim, ...]:
    """Give back every place of an open session and the caseworker's share of work, as a case ends."""
    places = tuple(release_of(session) for session in case.open_sessions)
    return (*places, ReleaseLoad(caseworker=case.caseworker)) if case.caseworker else places
