"""What the provider's people read of a case as data; agencies read the disclosure rules' view and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from schemas.envelope import Recorded
from schemas.vocabulary import OrganisationKind
from workflow.case.case import Case
from workflow.case.evolve import evolve
from workflow.case.parts import AffectedPerson, Clock, Session
from workflow.portal.wording import event_words, knows
from workflow.portal_ports import Caller
from workflow.rules.disclosure import agency_view
from workflow.schemes import PolicyVersion

PLAIN_FIELDS = (
    "id",
    "state",
    "version",
    "policy_version",
    "door",
    "basis",
    "behaviour",
    "asb_type",
    "asb_heading",
    "district",
    "provider",
    "participant",
    "age_at_behaviour",
    "age_at_disposal",
    "clearance",
    "received_at",
    "flags",
    "responsible_adults",
    "responsibility",
    "caseworker",
    "consents",
    "risk",
    "unsuitable",
    "information_requested",
    "agreed_minutes",
    "authorised_minutes",
    "credited_minutes",
    "carried_minutes",
    "preference_followed",
    "started_at",
    "stage",
    "officer_told",
    "proposed_slot",
    "proposal_why",
    "transfer_to",
    "linked_to",
    "transferred_from",
    "end_reason",
    "ended_at",
    "is_child",
    "limitation",
    "limitation_known",
)
INNER = {"agency_token", "clearance_token"}
SNAPSHOT_FIELDS = ("state", "stage", "clearance", "caseworker", "agreed_minutes", "credited_minutes", "started_at")


def case_view(case: Case, caller: Caller, policy: PolicyVersion) -> dict[str, Any]:
    """Return the case as this caller may read it; an agency's view names no inner id."""
    if caller.kind is not OrganisationKind.PROVIDER:
        return dict(agency_view(case, caller.organisation, policy))
    view = {name: getattr(case, name) for name in PLAIN_FIELDS}
    view |= {
        "clocks": clocks_view(case, policy),
        "referrers": [
            {"agency": referrer.agency, "kind": referrer.kind, "governs": referrer.governs}
            for referrer in case.referrers
        ],
        "conditions": case.conditions,
        "proposal": case.proposal,
        "plan": case.plan,
        "sessions": [session_view(session) for session in case.sessions],
        "matches": case.matches,
        "affected": [_affected_view(person, caller) for person in case.affected],
    }
    return _json(view)


def clocks_view(case: Case, policy: PolicyVersion) -> dict[str, dict[str, Any]]:
    """Return clocks by name; the start clock stands for the origin that policy judges by, beside all four."""
    governing = policy.clocks.start_48h.governing(case.door)
    shown: dict[str, dict[str, Any]] = {}
    for clock in sorted(case.clocks, key=lambda one: one.origin != governing):
        entry = shown.setdefault(clock.name, _clock_view(clock))
        if clock.origin is not None:
            entry.setdefault("origins", {})[str(clock.origin)] = clock.status
    return shown


def session_view(session: Session) -> dict[str, Any]:
    """Return one session."""
    names = (name for name in Session.__dataclass_fields__ if name != "place")
    return {name: getattr(session, name) for name in names}


def timeline_view(history: Sequence[Recorded], caller: Caller) -> list[dict[str, Any]]:
    """Return each fact with the case as it was just after it; what concerns affected people by role."""
    entries = []
    case: Case | None = None
    for recorded in history:
        case = evolve(case, recorded)
        entries.append(_entry(recorded, case, caller))
    return entries


def _entry(recorded: Recorded, case: Case, caller: Caller) -> dict[str, Any]:
    fact, envelope = recorded.fact, recorded.envelope
    about = type(fact).model_fields.get("affected")
    closed = about is not None and about.annotation is UUID and not knows(caller)
    hidden = INNER if knows(caller) else INNER | {"affected"}
    return _json(
        {
            "sequence": envelope.sequence,
            "type": fact.wire,
            "words": event_words(fact.wire),
            "occurred_at": envelope.occurred_at,
            "recorded_at": envelope.recorded_at,
            "actor": envelope.actor,
            "state_before": envelope.state_before,
            "state_after": envelope.state_after,
            "fact": {} if closed else fact.model_dump(mode="json", exclude=hidden),
            "snapshot": {name: getattr(case, name) for name in SNAPSHOT_FIELDS},
        }
    )


def _clock_view(clock: Clock) -> dict[str, Any]:
    return {
        "status": clock.status,
        "origin": clock.origin,
        "authority": clock.authority,
        "warned": clock.warned,
    }


def _affected_view(person: AffectedPerson, caller: Caller) -> dict[str, Any]:
    """Tokens and how contact stands are for those who work with affected people (domain.md section 10)."""
    shown: dict[str, Any] = {
        "kind": person.kind,
        "consulted": person.consulted,
        "remedy": person.remedy,
        "preference": person.preference,
    }
    if not knows(caller):
        return shown
    return shown | {
        "token": person.token,
        "contact": person.contact,
        "wants_updates": person.wants_updates,
        "code_victim": person.code_victim,
        "permission": person.permission,
        "attempts": person.attempts,
        "reached": person.reached,
        "satisfaction": person.satisfaction,
    }


def _json(value: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = to_jsonable_python(value)
    return plain
