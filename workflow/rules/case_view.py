"""What a provider's worker reads of a case: tokens, states and counts, every clock with its origin."""

from datetime import datetime
from typing import Any

from schemas.vocabulary import ClockStatus
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson, Session
from workflow.schemes import PolicyVersion

START = "start_48h"


def case_view(case: Case, policy: PolicyVersion) -> dict[str, Any]:
    """Return a JSON-safe view; the governing origin of the start clock is named, and all four are shown."""
    return {
        "id": str(case.id),
        "scheme": case.tenant,
        "version": case.version,
        "state": str(case.state),
        "policy_version": case.policy_version,
        "door": str(case.door),
        "basis": str(case.basis),
        "behaviour": str(case.behaviour),
        "provider": case.provider,
        "agencies": [{"agency": r.agency, "kind": str(r.kind), "governs": r.governs} for r in case.referrers],
        "child": case.is_child,
        "age_at_behaviour": str(case.age_at_behaviour),
        "clearance": str(case.clearance),
        "stage": str(case.stage),
        "caseworker": case.caseworker,
        "minutes": {
            "authorised": case.authorised_minutes,
            "agreed": case.agreed_minutes,
            "credited": case.credited_minutes,
        },
        "clocks": _clocks(case, policy),
        "information_requested": list(case.information_requested),
        "consents": list(case.consents),
        "responsibility": case.responsibility and str(case.responsibility),
        "risk": case.risk,
        "plan": [
            {"activity": str(p.activity), "site": p.site, "minutes": p.minutes, "purpose": str(p.purpose)}
            for p in case.plan
        ],
        "proposal": {"first_slot": case.proposed_slot, "why": list(case.proposal_why)},
        "preference_followed": case.preference_followed,
        "sessions": [_session(session) for session in case.sessions],
        "affected": [_person(person) for person in case.affected],
        "matches": [{"case": str(m.other_case), "score": m.score, "decided": m.decided} for m in case.matches],
        "linked_to": case.linked_to and str(case.linked_to),
        "transfer_to": case.transfer_to,
        "transferred_from": case.transferred_from and str(case.transferred_from),
        "started_at": _iso(case.started_at),
        "received_at": _iso(case.received_at),
        "ended_at": _iso(case.ended_at),
        "end_reason": case.end_reason,
        "reoffended": case.reoffended,
    }


def _clocks(case: Case, policy: PolicyVersion) -> dict[str, Any]:
    governing = policy.clocks.start_48h.governing(case.door)
    origins = {str(c.origin): str(c.status) for c in case.clocks if c.name == START and c.origin}
    start = {"origin": str(governing), "status": origins.get(str(governing), str(ClockStatus.NOT_APPLICABLE))}
    limits = {c.name: {"status": str(c.status), "authority": str(c.authority)} for c in case.clocks if c.name != START}
    return {START: {**start, "by_origin": origins}, **limits}


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.id),
        "slot": session.slot,
        "site": session.site,
        "activity": str(session.activity),
        "starts_at": _iso(session.starts_at),
        "ends_at": _iso(session.ends_at),
        "outcome": session.outcome and str(session.outcome),
        "minutes": session.minutes,
        "travel_minutes": session.travel_minutes,
        "counts": session.counts,
        "enforceable": session.enforceable,
        "cancelled": session.cancelled,
    }


def _person(person: AffectedPerson) -> dict[str, Any]:
    return {
        "affected": str(person.token),
        "contact": str(person.contact),
        "kind": person.kind,
        "code_victim": person.code_victim,
        "wants_updates": person.wants_updates,
        "attempts": list(person.attempts),
        "remedy": person.remedy,
        "preference": person.preference and str(person.preference),
        "consulted": person.consulted,
        "satisfaction": person.satisfaction,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
