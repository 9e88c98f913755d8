"""Evolve's steps for intake, agreement and the affected person."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from schemas.envelope import Envelope
from schemas.events import CaseEvent, intake, people
from schemas.vocabulary import AgencyKind, Authority, Clearance, ClockStatus, Purpose
from workflow.case.case import Case, changed
from workflow.case.parts import AffectedPerson, Clock, Condition, Match, Referrer

Step = Callable[[Case, Any, Envelope], Case]


def _unchanged(case: Case, _: object, __: Envelope) -> Case:
    return case


def _amended(case: Case, fact: intake.ReferralAmended, _: Envelope) -> Case:
    amended = case
    if fact.authorised_minutes is not None:
        amended = changed(amended, conditions=_resized(case.conditions, fact.authorised_minutes))
    if fact.limitation is not None:
        amended = changed(amended, limitation=fact.limitation, limitation_known=bool(fact.limitation_known))
    return amended


def _resized(conditions: tuple[Condition, ...], minutes: int) -> tuple[Condition, ...]:
    kept = tuple(part for part in conditions if part.purpose is Purpose.REHABILITATION)
    return (Condition(purpose=Purpose.REPARATION, minutes=minutes), *kept)


def _match_proposed(case: Case, fact: intake.MatchProposed, _: Envelope) -> Case:
    return changed(case, matches=(*case.matches, Match(other_case=fact.other_case, score=fact.score)))


def _match_decided(case: Case, fact: intake.MatchConfirmed | intake.MatchRejected, _: Envelope) -> Case:
    matches = tuple(replace(m, decided=True) if m.other_case == fact.other_case else m for m in case.matches)
    return changed(case, matches=matches)


def _match_confirmed(case: Case, fact: intake.MatchConfirmed, envelope: Envelope) -> Case:
    decided = changed(_match_decided(case, fact, envelope), linked_to=fact.other_case)
    return changed(decided, ended_at=envelope.occurred_at, end_reason="linked") if fact.same_incident else decided


def _joined(case: Case, fact: intake.ReferrerJoined, _: Envelope) -> Case:
    referrer = Referrer(
        agency=fact.agency,
        kind=AgencyKind(fact.agency_kind),
        token=fact.agency_token,
        message_id=fact.message_id,
        governs=False,
    )
    return changed(case, referrers=(*case.referrers, referrer))


def _information_requested(case: Case, fact: intake.InformationRequested, _: Envelope) -> Case:
    return changed(case, information_requested=fact.fields)


def _information_provided(case: Case, fact: intake.InformationProvided, _: Envelope) -> Case:
    adults = case.responsible_adults if fact.responsible_adults is None else fact.responsible_adults
    disposed = fact.age_at_disposal or case.age_at_disposal
    answered = changed(case, information_requested=(), responsible_adults=adults, age_at_disposal=disposed)
    if fact.limitation is None:
        return answered
    return changed(answered, limitation=fact.limitation, limitation_known=fact.limitation_known)


def _declined(case: Case, fact: intake.ReferralDeclined, envelope: Envelope) -> Case:
    return changed(case, end_reason=fact.reason, ended_at=envelope.occurred_at)


def _clearance_requested(case: Case, fact: intake.ClearanceRequested, _: Envelope) -> Case:
    return changed(case, clearance=Clearance.AWAITED, clearance_agency=fact.agency, clearance_token=fact.agency_token)


def _clearance_recorded(case: Case, fact: intake.ClearanceRecorded, _: Envelope) -> Case:
    return changed(case, clearance=Clearance.GIVEN if fact.given else Clearance.REFUSED)


def _allocated(case: Case, fact: intake.CaseworkerAllocated, _: Envelope) -> Case:
    return changed(case, caseworker=fact.caseworker)


def _clocks_started(case: Case, fact: intake.ClocksStarted, _: Envelope) -> Case:
    started = tuple(
        Clock(name=one.clock, origin=one.origin, status=one.status, authority=Authority(one.authority))
        for one in fact.clocks
    )
    again = {(one.name, one.origin) for one in started}
    others = tuple(clock for clock in case.clocks if (clock.name, clock.origin) not in again)
    return changed(case, clocks=(*others, *started))


def _clocks_stopped(case: Case, fact: intake.ClocksStopped, envelope: Envelope) -> Case:
    for one in fact.clocks:
        case = _clock_result(case, one, envelope)
    return case


def _clock_set(case: Case, fact: Any, **changes: object) -> Case:
    clocks = tuple(
        replace(c, **changes) if (c.name, c.origin) == (fact.clock, fact.origin) else c  # type: ignore[arg-type]
        for c in case.clocks
    )
    return changed(case, clocks=clocks)


def _clock_warned(case: Case, fact: intake.ClockWarned, _: Envelope) -> Case:
    return _clock_set(case, fact, warned=True)


def _clock_breached(case: Case, fact: intake.ClockBreached, _: Envelope) -> Case:
    return _clock_set(case, fact, status=ClockStatus.MISSED, untold=True)


def _breach_told(case: Case, fact: intake.BreachTold, _: Envelope) -> Case:
    return _clock_set(case, fact, untold=False)


def _clock_result(case: Case, fact: intake.StoppedClock | intake.ClockCorrected, _: Envelope) -> Case:
    return _clock_set(case, fact, status=fact.status, untold=False)


def _breach_withdrawn(case: Case, fact: intake.BreachWithdrawn, _: Envelope) -> Case:
    return _clock_set(case, fact, status=ClockStatus.MET, untold=False)


def _consent_given(case: Case, fact: people.ConsentGiven, _: Envelope) -> Case:
    consent = f"{fact.purpose}:{fact.given_by}"
    return changed(case, consents=(*(c for c in case.consents if c != consent), consent))


def _consent_withdrawn(case: Case, fact: people.ConsentWithdrawn, _: Envelope) -> Case:
    return changed(case, consents=tuple(c for c in case.consents if not c.startswith(f"{fact.purpose}:")))


def _responsibility(case: Case, fact: people.ResponsibilityRecorded, _: Envelope) -> Case:
    return changed(case, responsibility=fact.kind)


def _risk(case: Case, fact: people.RiskAssessed, _: Envelope) -> Case:
    return changed(case, risk=fact.level, unsuitable=fact.unsuitable)


def _person_set(case: Case, fact: Any, **changes: object) -> Case:
    affected: tuple[AffectedPerson, ...] = tuple(
        replace(person, **changes) if person.token == fact.affected else person  # type: ignore[arg-type]
        for person in case.affected
    )
    return changed(case, affected=affected)


def _details(case: Case, fact: people.ContactDetailsRecorded, _: Envelope) -> Case:
    return _person_set(case, fact, permission=fact.permission, channels=fact.channels, tried=(), contact=fact.contact)


def _attempted(case: Case, fact: people.ContactAttempted, _: Envelope) -> Case:
    person = case.person(fact.affected)
    if person is None:
        return case
    return _person_set(
        case,
        fact,
        attempts=(*person.attempts, fact.channel),
        tried=() if fact.reached else (*person.tried, fact.channel),
        reached=person.reached or fact.reached,
        contact=fact.contact,
    )


def _views(case: Case, fact: people.ViewsRecorded, _: Envelope) -> Case:
    return _person_set(
        case,
        fact,
        contact=fact.contact,
        remedy=fact.remedy,
        preference=fact.preference,
        wants_updates=fact.wants_updates,
        consulted=True,
        **({"permission": True} if fact.wants_updates else {}),
    )


def _updates_only(case: Case, fact: people.UpdatesOnlyChosen, _: Envelope) -> Case:
    return _person_set(case, fact, contact=fact.contact, wants_updates=True, permission=True, consulted=True)


def _declined_involvement(case: Case, fact: people.InvolvementDeclined, _: Envelope) -> Case:
    return _person_set(case, fact, contact=fact.contact, wants_updates=False, consulted=True)


def _left(case: Case, fact: people.AffectedPersonEvent, _: Envelope) -> Case:
    return _person_set(case, fact, contact=fact.contact, wants_updates=False)


def _satisfied(case: Case, fact: people.SatisfactionRecorded, _: Envelope) -> Case:
    return _person_set(case, fact, satisfaction=fact.score)


def _reoffended(case: Case, _: people.ReoffendingFlagged, __: Envelope) -> Case:
    return changed(case, reoffended=True)


STEPS: Mapping[type[CaseEvent], Step] = {
    intake.ReferralAmended: _amended,
    intake.MatchProposed: _match_proposed,
    intake.MatchConfirmed: _match_confirmed,
    intake.MatchRejected: _match_decided,
    intake.ReferrerJoined: _joined,
    intake.InformationRequested: _information_requested,
    intake.InformationProvided: _information_provided,
    intake.ReferralAccepted: _unchanged,
    intake.ReferralDeclined: _declined,
    intake.ClearanceRequested: _clearance_requested,
    intake.ClearanceRecorded: _clearance_recorded,
    intake.CaseworkerAllocated: _allocated,
    intake.ClocksStarted: _clocks_started,
    intake.ClockWarned: _clock_warned,
    intake.ClockBreached: _clock_breached,
    intake.BreachTold: _breach_told,
    intake.ClocksStopped: _clocks_stopped,
    intake.ClockCorrected: _clock_result,
    intake.BreachWithdrawn: _breach_withdrawn,
    people.ConsentGiven: _consent_given,
    people.ConsentWithdrawn: _consent_withdrawn,
    people.ResponsibilityRecorded: _responsibility,
    people.RiskAssessed: _risk,
    people.ContactDetailsRecorded: _details,
    people.ContactAttempted: _attempted,
    people.ViewsRecorded: _views,
    people.UpdatesOnlyChosen: _updates_only,
    people.InvolvementDeclined: _declined_involvement,
    people.AffectedPersonUnreachable: _left,
    people.ContactForbidden: _left,
    people.AffectedPersonWithdrew: _left,
    people.SatisfactionRecorded: _satisfied,
    people.ReoffendingFlagged: _reoffended,
}
