"""A case goes on at another provider of the scheme: the old one ends, a linked one opens (domain.md 10 row 17)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from schemas import commands as c
from schemas.events import CaseEvent, intake, life
from schemas.vocabulary import ClockStatus, Purpose
from workflow.case.case import Case
from workflow.case.parts import AffectedPerson, Condition
from workflow.machine.decision import Decision, TimerChange, derived
from workflow.machine.decisions.clock_facts import clock_seals
from workflow.machine.decisions.clock_timers import timers_of
from workflow.machine.decisions.endings import ending
from workflow.rules.dues import Dues, dues_of
from workflow.rules.facts import Facts
from workflow.rules.ladder import failures
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

# What a referral says of itself, whichever provider works it.
SAME = (
    *("policy_version", "participant", "door", "basis", "behaviour", "asb_type", "asb_heading", "district"),
    *("age_at_behaviour", "age_at_disposal", "responsibility", "limitation", "limitation_known", "clearance"),
    *("clearance_agency", "clearance_token", "responsible_adults", "flags", "started_at"),
)


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
    return Decision(
        facts=(_received(case, provider, dues), *joined, *_clocks(case), intake.ReferralAccepted()),
        seals=clock_seals(opened, case.participant, dues),
        timers=_timers(case, dues),
    )


def _received(case: Case, provider: str, dues: Dues) -> intake.ReferralReceived:
    first = case.governing
    return intake.ReferralReceived(
        agency=first.agency,
        agency_kind=first.kind,
        agency_token=first.token,
        message_id=first.message_id,
        provider=provider,
        conditions=_left(case.conditions, case.credited_minutes),
        affected=tuple(_named(person) for person in case.affected),
        transferred_from=case.id,
        carried=_carried(case, dues),
        **{name: getattr(case, name) for name in SAME},
    )


def _carried(case: Case, dues: Dues) -> intake.Carried:
    """What statute and ladder go on counting at the next provider; a pause under way ends as it takes over."""
    return intake.Carried(
        minutes=case.carried_minutes + case.credited_minutes,
        pauses=tuple((pause.started_at, pause.ended_at) for pause in dues.pauses),
        stage=case.stage,
        warned_for=case.warned_for,
        failures=tuple(intake.FailureCarried(session=one.id, ended_at=one.ends_at) for one in failures(case)),
        officer_told=case.officer_told,
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
    """Nobody is asked again what he or she has said already, or sought again who wanted no contact (domain.md 0.6)."""
    return intake.AffectedPersonNamed(
        token=person.token,
        permission=person.permission,
        wants_updates=person.wants_updates,
        code_victim=person.code_victim,
        kind=person.kind,
        contact=person.contact,
        channels=person.channels,
        attempts=person.attempts,
        tried=person.tried,
        reached=person.reached,
        remedy=person.remedy,
        preference=person.preference,
        consulted=person.consulted,
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


def _clocks(case: Case) -> tuple[CaseEvent, ...]:
    started = tuple(
        intake.StartedClock(clock=k.name, origin=k.origin, status=k.status, authority=k.authority) for k in case.clocks
    )
    warned = (intake.ClockWarned(clock=k.name, origin=k.origin) for k in case.clocks if k.warned)
    return (intake.ClocksStarted(clocks=started), *warned)


def _timers(case: Case, dues: Dues) -> tuple[TimerChange, ...]:
    running = (clock for clock in case.clocks if clock.status is ClockStatus.RUNNING)
    return tuple(change for clock in running for change in timers_of(clock, dues.of(clock.name, clock.origin)))


RULES = {c.TransferCase: _offer, c.AcceptTransfer: _accept}
