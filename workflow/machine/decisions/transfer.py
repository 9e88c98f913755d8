"""A case goes on at another provider of the scheme: the old one ends, a linked one opens (domain.md 10 row 17)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from schemas import commands as c
from schemas.events import CaseEvent, intake, life, people
from schemas.vocabulary import ClockStatus, ContactState, Purpose
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson, Condition
from workflow.machine.decision import Decision, TimerChange, derived
from workflow.machine.decisions.clock_facts import clock_seals
from workflow.machine.decisions.clock_timers import timers_of
from workflow.machine.decisions.endings import ending
from workflow.rules.dues import Dues, dues_of
from workflow.rules.facts import Facts
from workflow.rules.refusals import Reason, Refusal

REASONS: Mapping[str, Reason] = {
    "provider_is_the_same": Reason(rule="A case is transferred to another provider.", remedy="Name another provider."),
    "provider_unknown": Reason(
        rule="A case is transferred to a provider of the same scheme.", remedy="Name a provider from the register."
    ),
    "no_transfer_offered": Reason(rule="The case is offered to nobody.", remedy="Offer it first."),
    "not_the_receiving_provider": Reason(
        rule="The provider that the case is offered to accepts it.", remedy="Ask that provider."
    ),
}


def _offer(case: Case, command: c.TransferCase, facts: Facts, _now: datetime) -> Decision:
    if command.provider == case.provider:
        raise Refusal("provider_is_the_same")
    if command.provider not in facts.providers:
        raise Refusal("provider_unknown")
    return Decision(facts=(life.TransferOffered(provider=command.provider),))


def _accept(case: Case, command: c.AcceptTransfer, facts: Facts, now: datetime) -> Decision:
    """Clocks carry over with their first start; here they end with the case (domain.md 10 row 17, 13.9)."""
    if case.transfer_to is None:
        raise Refusal("no_transfer_offered")
    if facts.actor.organisation != case.transfer_to:
        raise Refusal("not_the_receiving_provider")
    opened = derived(case.id, case.version, "transfer")
    moved = life.CaseTransferred(provider=case.transfer_to, to_case=opened)
    happened = command.happened(now)
    linked = _opening(case, opened, case.transfer_to, dues_of(case, facts, happened))
    return replace(ending(case, moved, facts, happened), also=((opened, linked),))


def _opening(case: Case, opened: UUID, provider: str, dues: Dues) -> Decision:
    joined = (_joined(case, index) for index, referrer in enumerate(case.referrers) if not referrer.governs)
    contacts = (fact for person in case.affected for fact in _kept_wish(person))
    return Decision(
        facts=(_received(case, provider), *joined, *contacts, *_clocks(case), intake.ReferralAccepted()),
        seals=clock_seals(opened, case.participant, dues),
        timers=_timers(case, dues),
    )


def _received(case: Case, provider: str) -> intake.ReferralReceived:
    first = case.governing
    return intake.ReferralReceived(
        policy_version=case.policy_version,
        agency=first.agency,
        agency_kind=first.kind,
        agency_token=first.token,
        message_id=first.message_id,
        provider=provider,
        participant=case.participant,
        door=case.door,
        basis=case.basis,
        behaviour=case.behaviour,
        asb_type=case.asb_type,
        asb_heading=case.asb_heading,
        district=case.district,
        age_at_behaviour=case.age_at_behaviour,
        age_at_disposal=case.age_at_disposal,
        conditions=_left(case.conditions, case.credited_minutes),
        responsibility=case.responsibility,
        limitation=case.limitation,
        limitation_known=case.limitation_known,
        clearance=case.clearance,
        affected=tuple(_named(person) for person in case.affected),
        responsible_adults=case.responsible_adults,
        flags=case.flags,
        transferred_from=case.id,
        started_at=case.started_at,
        clearance_agency=case.clearance_agency,
        clearance_token=case.clearance_token,
    )


def _left(conditions: tuple[Condition, ...], credited: int) -> tuple[intake.ConditionSet, ...]:
    """What was done at the first provider is done: both together never exceed what was authorised (domain.md 0.5)."""
    left = []
    for part in conditions:
        done = 0 if part.purpose is Purpose.REHABILITATION else min(credited, part.minutes)
        credited -= done
        left.append(intake.ConditionSet(purpose=part.purpose, minutes=part.minutes - done))
    return tuple(left)


def _named(person: AffectedPerson) -> intake.AffectedPersonNamed:
    return intake.AffectedPersonNamed(
        token=person.token,
        permission=person.permission,
        wants_updates=person.wants_updates,
        code_victim=person.code_victim,
        kind=person.kind,
    )


def _joined(case: Case, index: int) -> intake.ReferrerJoined:
    other = case.referrers[index]
    return intake.ReferrerJoined(
        agency=other.agency,
        agency_kind=other.kind,
        agency_token=other.token,
        message_id=other.message_id,
        from_case=case.id,
    )


def _kept_wish(person: AffectedPerson) -> tuple[CaseEvent, ...]:
    """Whoever must not be contacted, left or wanted no part is not asked again by another provider."""
    match person.contact:
        case ContactState.DO_NOT_CONTACT:
            return (people.ContactForbidden(affected=person.token, contact=person.contact, reason="transferred"),)
        case ContactState.WITHDRAWN:
            return (people.AffectedPersonWithdrew(affected=person.token, contact=person.contact),)
        case ContactState.DECLINED:
            return (people.InvolvementDeclined(affected=person.token, contact=person.contact),)
        case _:
            return ()


def _clocks(case: Case) -> tuple[CaseEvent, ...]:
    started = (
        intake.ClockStarted(clock=k.name, origin=k.origin, status=k.status, authority=k.authority) for k in case.clocks
    )
    warned = (intake.ClockWarned(clock=k.name, origin=k.origin) for k in case.clocks if k.warned)
    return (*started, *warned)


def _timers(case: Case, dues: Dues) -> tuple[TimerChange, ...]:
    running = (clock for clock in case.clocks if clock.status is ClockStatus.RUNNING)
    return tuple(change for clock in running for change in timers_of(clock, dues.of(clock.name, clock.origin)))


RULES = {c.TransferCase: _offer, c.AcceptTransfer: _accept}
