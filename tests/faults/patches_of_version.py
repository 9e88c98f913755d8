"""An invented second version of the engine: one kind of fact is written anew, and still read as it was before."""

from schemas.events.people import RiskAssessed
from workflow.store import rows

WIRE = RiskAssessed.wire


def second_version():
    """Write version 1 of a fact, and bring version 0 up; return how to undo that."""
    before = rows.recorded_of.__defaults__
    RiskAssessed.version = 1
    rows.recorded_of.__defaults__ = ({(WIRE, 0): dict},)

    def undo():
        RiskAssessed.version = 0
        rows.recorded_of.__defaults__ = before

    return undo
