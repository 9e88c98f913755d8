"""The four-command process as every peer runs it: what each command makes of a case. Pure, and without any library."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

STEPS = ("SubmitReferral", "AcceptReferral", "AllocateCaseworker", "ProposePlan")
MOVES = {
    "SubmitReferral": (None, "received", "case.referral.received"),
    "AcceptReferral": ("received", "accepted", "case.referral.accepted"),
    "AllocateCaseworker": ("accepted", "assessing", "case.caseworker.allocated"),
    "ProposePlan": ("assessing", "assessing", "case.plan.proposed"),
}
NEEDED = ("message_id", "agency", "door", "basis", "behaviour", "participant", "authorisation")
ACTIVITIES = ("litter_picking", "graffiti_cleaning", "community_garden", "asb_workshop")
CASEWORKERS = 6


class Refused(Exception):
    """A command that the case's state does not allow."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a command makes of a case: its new state, and the one fact that says so."""

    state: str
    type: str
    fact: dict


def decide(state, command, case_id, given):
    """Return the change; `given` is the referral's text, or the caseworker whose load was claimed."""
    before, after, type_ = MOVES[command]
    if state != before:
        raise Refused(f"{command} in {state}")
    return Change(after, type_, _fact(command, case_id, given))


def _fact(command, case_id, given):
    if command == "SubmitReferral":
        body = json.loads(given)
        missing = [name for name in NEEDED if name not in body]
        if missing:
            raise Refused(f"no {', '.join(missing)}")
        return {name: body[name] for name in ("agency", "door", "basis", "authorisation")}
    if command == "AllocateCaseworker":
        return {"caseworker": given}
    if command == "ProposePlan":
        activity = ACTIVITIES[crc32(case_id.encode()) % len(ACTIVITIES)]
        return {"parts": [{"activity": activity, "minutes": 120}], "first_slot": f"{activity}-1"}
    return {}


def event_bytes(change, sequence):
    """What is published of a change."""
    return json.dumps(
        {"type": change.type, "sequence": sequence, "state_after": change.state, "fact": change.fact}
    ).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Where a peer reads and writes."""

    bootstrap: str
    dsn: str
    inbound: str
    outbound: str
    server: str = ""

    @classmethod
    def read(cls):
        """Read the plan that the command line names last."""
        return cls(**json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8")))
