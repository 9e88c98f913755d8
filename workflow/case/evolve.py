"""Evolve: (case, recorded fact) -> case. Replay is a reduce over this; it never reads the vault."""

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from schemas.envelope import Envelope, Recorded
from schemas.events import CaseEvent
from schemas.events.intake import AffectedPersonNamed, Carried, ReferralReceived
from schemas.vocabulary import ContactState, Responsibility
from workflow.case import evolve_life, evolve_people, evolve_work
from workflow.case.case import Case, changed
from workflow.case.parts import AffectedPerson, Condition, Failure, Referrer

Step = Callable[[Case, Any, Envelope], Case]
STEPS: Mapping[type[CaseEvent], Step] = {**evolve_people.STEPS, **evolve_work.STEPS, **evolve_life.STEPS}


class UnknownFactError(Exception):
    """A fact for which no step is written, or a case that does not begin with a referral."""


def evolve(case: Case | None, recorded: Recorded) -> Case:
    """Return the case after one more fact; the envelope's state and number always hold."""
    fact, envelope = recorded.fact, recorded.envelope
    if isinstance(fact, ReferralReceived):
        return _carried(_opened(fact, envelope), fact)
    step = STEPS.get(type(fact))
    if case is None or step is None:
        raise UnknownFactError(fact.wire)
    moved = step(case, fact, envelope)
    return changed(moved, version=envelope.sequence, state=envelope.state_after)


def fold(history: Iterable[Recorded]) -> Case:
    """Fold a whole history, first fact first, into the case it tells of."""
    case: Case | None = reduce(evolve, history, None)
    if case is None:
        raise UnknownFactError("empty history")
    return case


def _opened(fact: ReferralReceived, envelope: Envelope) -> Case:
    return Case(
        id=envelope.case_id,
        tenant=envelope.tenant,
        version=envelope.sequence,
        state=envelope.state_after,
        policy_version=fact.policy_version,
        door=fact.door,
        basis=fact.basis,
        behaviour=fact.behaviour,
        asb_type=fact.asb_type,
        asb_heading=fact.asb_heading,
        district=fact.district,
        provider=fact.provider,
        participant=fact.participant,
        age_at_behaviour=fact.age_at_behaviour,
        age_at_disposal=fact.age_at_disposal,
        referrers=(_first_referrer(fact),),
        conditions=tuple(Condition(purpose=c.purpose, minutes=c.minutes) for c in fact.conditions),
        limitation=fact.limitation,
        limitation_known=fact.limitation_known,
        clearance=fact.clearance,
        received_at=envelope.occurred_at,
        responsible_adults=fact.responsible_adults,
        flags=fact.flags,
        responsibility=Responsibility(fact.responsibility) if fact.responsibility else None,
        affected=tuple(_named(person) for person in fact.affected),
    )


def _carried(case: Case, fact: ReferralReceived) -> Case:
    """What a case brings along from the provider that it was transferred from."""
    carried = fact.carried or Carried()
    return changed(
        case,
        carried_minutes=carried.minutes,
        carried_failures=tuple(Failure(id=one.session, ends_at=one.ended_at) for one in carried.failures),
        pauses=carried.pauses,
        stage=carried.stage,
        warned_for=carried.warned_for,
        officer_told=carried.officer_told,
        transferred_from=fact.transferred_from,
        started_at=fact.started_at,
        carried_start=fact.started_at,
        clearance_agency=fact.clearance_agency,
        clearance_token=fact.clearance_token,
    )


def _first_referrer(fact: ReferralReceived) -> Referrer:
    return Referrer(
        agency=fact.agency,
        kind=fact.agency_kind,
        token=fact.agency_token,
        message_id=fact.message_id,
        governs=True,
    )


def _first_contact(person: AffectedPersonNamed) -> ContactState:
    return ContactState.CONTACT_PERMITTED if person.permission else ContactState.AWAITING_DETAILS


def _named(person: AffectedPersonNamed) -> AffectedPerson:
    return AffectedPerson(
        token=person.token,
        contact=person.contact or _first_contact(person),
        kind=person.kind,
        code_victim=person.code_victim,
        wants_updates=person.wants_updates,
        permission=person.permission,
        channels=person.channels,
        attempts=person.attempts,
        tried=person.tried,
        reached=person.reached,
        remedy=person.remedy,
        preference=person.preference,
        consulted=person.consulted,
    )
