"""Plain words for what the engine says in codes, and the two forms of a refusal (contracts section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from schemas.vocabulary import OrganisationKind
from workflow.machine.decisions import REASONS
from workflow.portal.permissions import KNOWING_ROLES
from workflow.portal_ports import Caller

COVERS = frozenset(reason.cover for reason in REASONS.values() if reason.cover)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal as one caller may read it."""

    code: str
    rule: str
    remedy: str
    facts: Mapping[str, object]


def knows(caller: Caller) -> bool:
    """Whether the caller may learn that an affected person's safety is behind a refusal."""
    return caller.kind is OrganisationKind.PROVIDER and bool(caller.roles & KNOWING_ROLES)


def refused(code: str, facts: Mapping[str, object], caller: Caller) -> Refused:
    """Return the full form for those who may know, else the cover: equal in every part to an ordinary refusal."""
    shown = code if knows(caller) else REASONS[code].cover or code
    # An ordinary refusal of a code that covers others tells no facts either, or the two could be told apart.
    told = facts if knows(caller) or (shown == code and code not in COVERS) else {}
    if caller.kind is not OrganisationKind.PROVIDER:
        told = {}
    reason = REASONS[shown]
    return Refused(code=shown, rule=reason.rule, remedy=reason.remedy, facts=MappingProxyType(dict(told)))


def plain(word: object) -> str:
    """Return a code or a value of a closed list as people read it."""
    return str(word).replace("_", " ")


def titled(word: object) -> str:
    """Return the same with a capital."""
    text = plain(word)
    return text[:1].upper() + text[1:]


def command_words(name: str) -> str:
    """Return a command's name as the button that asks for it: RecordAttendance -> Record attendance."""
    parts = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return parts[:1].upper() + parts[1:]


def event_words(wire: str) -> str:
    """Return a fact's wire name as a plain sentence: case.session.attended -> Session attended."""
    return titled(" ".join(wire.split(".")[1:]))
