"""The one place that decides who learns what: (fact, audience, case) -> fields (domain.md section 10, 13.7, 13.10).

Notices, agency topics, agencies' GETs and the outcome stream come from here and from nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from schemas.envelope import Recorded
from schemas.notices import AgencyNotice, Notice
from schemas.vocabulary import AgencyKind, Audience, ClockOrigin, ContactState
from workflow.case.case import Case
from workflow.rules.calendar import local_day
from workflow.rules.disclosure_table import ROWS, Row
from workflow.schemes import PolicyVersion

SILENT = frozenset(
    {ContactState.DECLINED, ContactState.DO_NOT_CONTACT, ContactState.WITHDRAWN, ContactState.AWAITING_DETAILS}
)
CONTACT_WORDS = MappingProxyType(
    {
        ContactState.VIEWS_GIVEN: "views_taken",
        ContactState.UPDATES_ONLY: "views_taken",
        ContactState.DECLINED: "declined",
        ContactState.UNREACHABLE: "unreachable",
    }
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """One receiver of one case: an agency by its slug, or a person by token.

    An agency may govern, or be the youth justice service that clears: an audience of its own, though it refers too.
    """

    audience: Audience
    token: UUID
    agency: str | None = None
    governs: bool = False
    clears: bool = False

    @property
    def in_full(self) -> bool:
        """Whether it hears more than the state: the other referrer does not (domain.md 13.6, 13.10)."""
        return self.agency is None or self.governs or self.clears


@dataclass(frozen=True, slots=True)
class Telling:
    """A recorded fact, the case after it, who would be told, and the policy it happened under."""

    recorded: Recorded
    case: Case
    to: Recipient
    policy: PolicyVersion

    @property
    def fact(self) -> Any:
        """The fact itself; each row reads only the fields that its fact has."""
        return self.recorded.fact


def notices_of(recorded: Recorded, case: Case, policy: PolicyVersion) -> tuple[Notice, ...]:
    """Return every notice that one fact leads to, agencies first; `case` is the case after the fact."""
    rows = ROWS_OF.get(type(recorded.fact), ())
    tellings = ((row, Telling(recorded, case, to, policy)) for row in rows for to in recipients(case))
    return tuple(_notice(row, telling) for row, telling in tellings if _told(row, telling))


def recipients(case: Case) -> Iterator[Recipient]:
    """Yield everybody whom this case could concern: referrers, clearance, the participant, affected people."""
    asked = case.clearance_agency
    for referrer in case.referrers:
        clears = referrer.agency == asked
        yield Recipient(Audience(referrer.kind), referrer.token, referrer.agency, referrer.governs, clears)
    if asked and case.clearance_token and all(referrer.agency != asked for referrer in case.referrers):
        yield Recipient(Audience.YOUTH_JUSTICE, case.clearance_token, asked, clears=True)
    yield Recipient(Audience.PARTICIPANT, case.participant)
    for person in case.affected:
        yield Recipient(Audience.AFFECTED_PERSON, person.token)


def agency_view(case: Case, agency: str, policy: PolicyVersion) -> Mapping[str, object]:
    """Return what one agency may read of a case at any time; another's case is an empty answer (13.10)."""
    found = next((to for to in recipients(case) if to.agency == agency), None)
    if found is None:
        return MappingProxyType({})
    hidden = _withheld(policy, found.audience)
    return MappingProxyType({name: shown for name, shown in _agency_view(case, found).items() if name not in hidden})


def has_a_part(case: Case, agency: str) -> bool:
    """Whether the case is one that this agency may read of at all."""
    return any(to.agency == agency for to in recipients(case))


def _withheld(policy: PolicyVersion, audience: Audience) -> frozenset[str]:
    """The fields that this scheme keeps from an audience; a policy can take away and never reveal."""
    return frozenset(one.field for one in policy.withheld if one.audience is audience)


def _agency_view(case: Case, found: Recipient) -> Mapping[str, object]:
    view: dict[str, object] = {"referral": str(found.token), "state": case.state}
    if found.audience is Audience.HOUSING or not found.in_full:
        return view
    return view | {
        "clearance": case.clearance,
        "authorised_minutes": case.authorised_minutes + case.carried_minutes,
        "agreed_minutes": case.agreed_minutes + case.carried_minutes,
        "credited_minutes": case.credited_minutes + case.carried_minutes,
        "stage": case.stage,
        "clocks": {f"{c.name}:{c.origin}" if c.origin else c.name: c.shown for c in case.clocks},
    }


def _told(row: Row, telling: Telling) -> bool:
    to = telling.to
    if to.audience not in row.audiences:
        return False
    return row.when is None or CONDITIONS[row.when](telling)


def _notice(row: Row, telling: Telling) -> Notice:
    to, envelope = telling.to, telling.recorded.envelope
    hidden = _withheld(telling.policy, to.audience)
    names = row.fields if to.in_full else ("state",)
    fields = {_public(name): FIELDS[name](telling) for name in names if _public(name) not in hidden}
    told = Notice(
        id=uuid5(envelope.event_id, f"{to.token}:{row.kind}"),
        tenant=envelope.tenant,
        audience=to.audience,
        recipient=to.token,
        kind=row.kind,
        fields={name: value for name, value in fields.items() if value is not None},
    )
    if to.agency is None:
        return told
    return AgencyNotice(**told.model_dump(), organisation=to.agency, organisation_kind=AgencyKind(to.audience))


def _public(name: str) -> str:
    return (
        name.removesuffix("_if_justice").removesuffix("_if_enforceable").removeprefix("session_")
        if name != "session_outcome"
        else "outcome"
    )


def _person(telling: Telling) -> Any:
    return telling.case.person(telling.to.token)


def _wants_updates(telling: Telling) -> bool:
    person = _person(telling)
    return bool(person and person.permission and person.wants_updates and person.contact not in SILENT)


def _session(telling: Telling) -> Any:
    return telling.case.session(telling.fact.session)


def _activities(telling: Telling) -> list[str]:
    kinds = [part.activity for part in telling.case.plan if part.purpose != "rehabilitation"]
    return sorted(set(kinds))


def _start_clocks(telling: Telling) -> dict[str, str]:
    clocks = telling.case.clocks
    return {str(ClockOrigin(c.origin)): str(c.shown) for c in clocks if c.name == "start_48h" and c.origin}


def _started_on(telling: Telling) -> str | None:
    started = telling.case.started_at
    return local_day(started).isoformat() if started else None


def _ended_on(telling: Telling) -> str:
    return local_day(telling.recorded.envelope.occurred_at).isoformat()


def _consequence(telling: Telling) -> str:
    """Return the key of the consequence wording of the basis that governs (domain.md 13.5, 13.10)."""
    return telling.policy.bases[telling.case.basis].consequence


def _credited_if_justice(telling: Telling) -> int | None:
    return None if telling.to.audience is Audience.HOUSING else _in_all(telling, telling.case.credited_minutes)


def _in_all(telling: Telling, minutes: int) -> int:
    """Minutes of the whole referral, as agencies and affected people hear of them; a participant, of those here."""
    return minutes if telling.to.audience is Audience.PARTICIPANT else minutes + telling.case.carried_minutes


CONDITIONS: Mapping[str, Callable[[Telling], bool]] = MappingProxyType(
    {
        "governs": lambda t: t.to.governs,
        "clears": lambda t: t.to.clears,
        "in_full": lambda t: t.to.in_full,
        "promised_updates": _wants_updates,
        "wants_updates": _wants_updates,
        "wants_updates_and_no_start": lambda t: _wants_updates(t) and t.case.started_at is None,
        "same_incident": lambda t: t.fact.same_incident,
        "is_the_joining_agency": lambda t: t.to.agency == t.fact.agency,
        "enforceable": lambda t: t.fact.enforceable,
        "enforceable_and_in_full": lambda t: t.fact.enforceable and t.to.in_full,
        "told_otherwise": lambda t: t.fact.enforceable is not t.fact.was_enforceable,
        "told_otherwise_and_in_full": lambda t: t.fact.enforceable is not t.fact.was_enforceable and t.to.in_full,
        "was_told_and_in_full": lambda t: t.fact.was_told and t.to.in_full,
        "child": lambda t: t.case.is_child,
    }
)
FIELDS: Mapping[str, Callable[[Telling], Any]] = MappingProxyType(
    {
        "state": lambda t: str(t.recorded.envelope.state_after),
        "fields_asked": lambda t: list(t.fact.fields),
        "decline_reason": lambda t: t.fact.reason,
        "door": lambda t: str(t.case.door),
        "basis": lambda t: str(t.case.basis),
        "behaviour": lambda t: str(t.case.behaviour),
        "age_band": lambda t: str(t.case.age_at_behaviour),
        "clearance": lambda t: str(t.case.clearance),
        "caseworker": lambda t: t.fact.caseworker,
        "clock": lambda t: t.fact.clock,
        "origin": lambda t: t.fact.origin and str(t.fact.origin),
        "clock_status": lambda t: str(t.fact.status),
        "contact": lambda t: CONTACT_WORDS.get(t.fact.contact),
        "activities": _activities,
        "agreed_minutes": lambda t: _in_all(t, t.case.agreed_minutes),
        "credited_minutes": lambda t: _in_all(t, t.case.credited_minutes),
        "credited_minutes_if_justice": _credited_if_justice,
        "preference_followed": lambda t: t.case.preference_followed,
        "consequence": _consequence,
        "started_on": _started_on,
        "has_started": lambda t: t.case.started_at is not None,
        "start_clocks": _start_clocks,
        "site": lambda t: t.fact.site,
        "starts_at": lambda t: t.fact.starts_at.isoformat(),
        "ends_at": lambda t: t.fact.ends_at.isoformat(),
        "activity": lambda t: str(t.fact.activity),
        "session_site": lambda t: _session(t).site,
        "session_starts_at": lambda t: _session(t).starts_at.isoformat(),
        "outcome": lambda t: str(t.fact.outcome),
        # Why somebody was excused may be about health: only a failure is named (domain.md section 10).
        "outcome_if_enforceable": lambda t: str(t.fact.outcome) if t.fact.enforceable else None,
        "session_outcome": lambda t: str(_session(t).outcome),
        "stage": lambda t: str(t.case.stage),
        "return_reason": lambda t: t.fact.reason,
        "provider": lambda t: t.fact.provider,
        "ended_on": _ended_on,
        "hours_done": lambda t: _in_all(t, t.case.credited_minutes) // 60,
    }
)
ROWS_OF: Mapping[type, tuple[Row, ...]] = MappingProxyType(
    {fact: tuple(row for row in ROWS if row.fact is fact) for fact in {row.fact for row in ROWS}}
)
