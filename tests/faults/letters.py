"""What the senders send, drawn from a seed: referrals, the commands that follow each, and what must not be taken."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from deploy.rehearse.defaults import AGENCIES, PROVIDER, referral_body
from schemas import topics
from schemas.vocabulary import AgencyKind

TENANT = "derbyshire"
AGENCY = AGENCIES[AgencyKind.POLICE]
INBOUND = topics.referrals(AgencyKind.POLICE, AGENCY)
NOTICES = topics.notices(AgencyKind.POLICE, AGENCY)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST_SLOT = datetime(2026, 3, 4, 10, tzinfo=UTC)
# Each kind of command of a life with the one fact that it puts there when it is applied.
STEPS = (
    ("AcceptReferral", {}, "case.referral.accepted"),
    ("AllocateCaseworker", {}, "case.caseworker.allocated"),
    ("RecordConsent", {}, "case.consent.given"),
    ("AssessRisk", {"level": "low"}, "case.risk.assessed"),
    ("ProposePlan", {}, "case.plan.proposed"),
    ("AgreePlan", {}, "case.plan.agreed"),
    ("BookSession", None, "case.session.booked"),
)
LETTERS = str.maketrans("0123456789", "bdefgklmnr")
TAKEN = frozenset({"applied"})
TAKEN_OR_REFUSED = frozenset({"applied", "refused"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One sending: `becomes` are the dispositions it may end with, `effect` the fact it puts there if applied."""

    topic: str
    source: str
    number: str
    message_id: str | None
    key: bytes
    value: bytes | None
    becomes: frozenset[str] = TAKEN
    effect: str | None = None
    receipted: bool = False

    @property
    def headers(self):
        """The sending's number travels with it, however often it is sent."""
        return [("amends-sending", self.number.encode())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A referral, and the commands that its provider sends once it is receipted."""

    referral: Letter
    commands: tuple[Letter, ...]


def lives(seed, count, case_of, slots=4, now=NOW):
    """So many lives; `case_of` gives the id of the case that a message opens; `slots` are those they all want."""
    drawn = Random(seed)
    return [_life(drawn, number, case_of, slots, now) for number in range(1, count + 1)]


def _life(drawn, number, case_of, slots, now):
    message = _uuid(drawn)
    person = {
        "given_name": _name(drawn),
        "family_name": _name(drawn),
        "birth_date": str((now - (20 + drawn.randrange(40)) * 365 * DAY - drawn.randrange(365) * DAY).date()),
        "email": f"someone{number}@example.org",
    }
    body = referral_body(AgencyKind.POLICE, f"faults-{number}", {"message_id": message, "participant": person}, now)
    referral = a_letter(f"r-{number}", body, message_id=message)
    slot = f"slot-{drawn.randrange(slots)}"
    commands = tuple(
        _command(drawn, f"c-{number}-{step}", case_of(message), name, data if data is not None else {"slot": slot})
        for step, (name, data, _) in enumerate(STEPS)
    )
    return Life(referral=referral, commands=commands)


def a_letter(number, body, *, message_id=None, **changes):
    """A record of the agency: a body to be spelled as JSON, or bytes that are none."""
    letter = Letter(
        topic=INBOUND,
        source=AGENCY,
        number=number,
        message_id=message_id,
        key=number.encode(),
        value=json.dumps(body).encode() if isinstance(body, dict) else body,
        effect="case.referral.received" if message_id else None,
        receipted=message_id is not None,
    )
    return replace(letter, **changes)


def again(letter, number, **changes):
    """The same message under another sending number: a repeat."""
    return replace(letter, number=number, effect=None, **{"becomes": frozenset({"repeated"}), **changes})


def _command(drawn, number, case_id, name, data):
    message = _uuid(drawn)
    body = {
        "message_id": message,
        "organisation": PROVIDER,
        "case_id": str(case_id),
        "type": name,
        "data": data,
        "by": {"id": "manager-1", "roles": ["manager"]},
    }
    return Letter(
        topic=topics.CASE_COMMANDS,
        source=PROVIDER,
        number=number,
        message_id=message,
        key=str(case_id).encode(),
        value=json.dumps(body).encode(),
        becomes=TAKEN_OR_REFUSED if name == "BookSession" else TAKEN,
        effect=next(effect for step, _, effect in STEPS if step == name),
    )


def _name(drawn):
    """A name of letters: digits count for nothing when people are compared, and all would be one family."""
    return str(drawn.randrange(10**9)).translate(LETTERS).title()


def _uuid(drawn):
    return str(UUID(int=drawn.getrandbits(128), version=4))
