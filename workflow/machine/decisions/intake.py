"""From a referral to a case: what is received, what looks like somebody known, what is missing, which clocks run."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from schemas.commands import Command
from schemas.commands.intake import SubmitReferral
from schemas.events import CaseEvent, intake
from schemas.referrals import HousingReferral, Limitation, PoliceReferral, Referral, YouthJusticeReferral, parts
from schemas.referrals.lists import ResponsiblePersonAuthority
from schemas.referrals.people import SafeContact
from schemas.vocabulary import CHILD_BANDS, AgeBand, AgencyKind, Clearance, Door, LimitationKind, Purpose
from workflow.machine.decision import Decision, Seal, derived
from workflow.machine.decisions.clock_facts import clock_seals, open_clocks
from workflow.rules.ages import band_on
from workflow.rules.agreement import AUTHORITY_UNKNOWN, UNSAFE_ADULT
from workflow.rules.calendar import add_months, end_of_day, local_day
from workflow.rules.clocks import start_origins
from workflow.rules.dues import COMPLETE_BY, LIMITATION, Dues
from workflow.rules.eligibility import CO_ACCUSED, REPEAT, SERVED_ELSEWHERE, STALE, UNDER_ORDER, limitation_gap
from workflow.rules.facts import Facts
from workflow.rules.matching import PROPOSE_AT
from workflow.rules.permissions import AGENCIES, may_refer
from workflow.rules.refusals import Reason, Refusal
from workflow.rules.safe_contact import safe_ways
from workflow.schemes.words import ClearanceRule

ADULTS = "/participant/responsible_adults"
KINDS: Mapping[type[Referral], AgencyKind] = {
    PoliceReferral: AgencyKind.POLICE,
    YouthJusticeReferral: AgencyKind.YOUTH_JUSTICE,
    HousingReferral: AgencyKind.HOUSING,
}


def open_case(command: SubmitReferral, facts: Facts, now: datetime) -> Decision:
    """Open a case: received, possible matches, clocks, and a question where something is missing (domain.md 10)."""
    if not may_refer(facts.actor):
        raise Refusal("role_may_not", command="SubmitReferral")
    if facts.provider is None or not facts.person_tokens:
        raise Refusal("no_provider_for_referral")
    referral = command.referral
    received = _received(referral, facts, facts.provider, now)
    dues = _dues(referral, facts)
    clocks, timers = open_clocks(dues, now)
    found = (*_cleared(referral, received), *_matches(facts), *clocks, *_asked(referral, received))
    return Decision(
        facts=(received, *found), timers=timers, seals=(*_seals(referral, facts), *_clock_seals(facts, dues))
    )


def _received(referral: Referral, facts: Facts, provider: str, now: datetime) -> intake.ReferralReceived:
    behaved, disposed = _bands(referral)
    limitation = referral.limitation
    return intake.ReferralReceived(
        policy_version=facts.policy.version,
        agency=facts.actor.organisation if facts.actor.kind in AGENCIES else referral.agency,
        agency_kind=facts.agency_kind or KINDS[type(referral)],
        agency_token=facts.agency_token or derived(facts.case_id, 0, "agency"),
        message_id=referral.message_id,
        provider=provider,
        participant=facts.person_tokens[0],
        door=referral.door,
        basis=referral.basis,
        behaviour=referral.behaviour.kind,
        asb_type=referral.behaviour.asb_type,
        asb_heading=referral.behaviour.asb_heading,
        district=referral.participant.home_local_authority,
        age_at_behaviour=behaved,
        age_at_disposal=disposed,
        conditions=_conditions(referral),
        responsibility=referral.responsibility.kind if referral.responsibility else None,
        limitation=limitation.kind if limitation else None,
        limitation_known=limitation_known(limitation),
        clearance=_clearance(referral.door, behaved, disposed, facts),
        affected=_affected(referral, facts),
        responsible_adults=len(referral.participant.responsible_adults),
        flags=tuple(_flags(referral, facts, now)),
    )


def limitation_known(limitation: Limitation | None) -> bool:
    """Whether nothing is left to ask about the limitation: it is none, or its date was supplied (domain.md 13.2)."""
    return limitation is not None and (limitation.kind is LimitationKind.NONE or limitation.on is not None)


def _bands(referral: Referral) -> tuple[AgeBand, AgeBand | None]:
    """Ages at behaviour and at disposal, on the local day, never today (domain.md 13.11)."""
    born = referral.participant.birth_date
    behaved = band_on(born, max(born, local_day(referral.behaviour.began_at)))
    disposed = None if referral.disposal_at is None else band_on(born, max(born, local_day(referral.disposal_at)))
    return behaved, disposed


def _conditions(referral: Referral) -> tuple[intake.ConditionSet, ...]:
    """Minutes by purpose; a referral without conditions authorises reparation alone (domain.md 13.4)."""
    named = referral.authorisation.conditions
    if not any(one.purpose is Purpose.REPARATION for one in named):
        reparation = intake.ConditionSet(purpose=Purpose.REPARATION, minutes=referral.authorisation.minutes)
        return (reparation, *(intake.ConditionSet(purpose=one.purpose, minutes=one.minutes) for one in named))
    return tuple(intake.ConditionSet(purpose=one.purpose, minutes=one.minutes) for one in named)


def _clearance(door: Door, behaved: AgeBand, disposed: AgeBand | None, facts: Facts) -> Clearance:
    """Awaited for a child at behaviour or at disposal where this door asks for it (domain.md 13.6, 13.11)."""
    child = behaved in CHILD_BANDS or disposed in CHILD_BANDS
    asked = facts.policy.clearance_on(door) is ClearanceRule.REQUIRED
    return Clearance.AWAITED if child and asked else Clearance.NOT_NEEDED


def _affected(referral: Referral, facts: Facts) -> tuple[intake.AffectedPersonNamed, ...]:
    named = zip(facts.person_tokens[1:], referral.affected_people, strict=True)
    return tuple(
        intake.AffectedPersonNamed(
            token=token,
            permission=person.permission_to_contact and _has_a_way(person.safe_contact),
            wants_updates=bool(person.wants_updates),
            code_victim=person.code_victim,
            kind=person.kind,
            channels=_safe_ways(person.safe_contact),
        )
        for token, person in named
    )


def _safe_ways(safe: SafeContact | None) -> tuple[str, ...]:
    return () if safe is None else safe_ways(safe.channels, do_not_write=safe.do_not_write)


def _has_a_way(safe: SafeContact | None) -> bool:
    """Not where each way that is named is in writing, and in writing it is not safe: details are asked for then."""
    return safe is None or not safe.channels or bool(_safe_ways(safe))


def _flags(referral: Referral, facts: Facts, now: datetime) -> Iterator[str]:
    """Coarse marks that eligibility and agreement ask about; adults are named by their place in the referral."""
    participant = referral.participant
    last_day = add_months(local_day(referral.behaviour.began_at), facts.policy.eligibility.stale_after_months)
    marks = {
        REPEAT: referral.repeat,
        CO_ACCUSED: referral.co_accused,
        UNDER_ORDER: bool(participant.orders),
        SERVED_ELSEWHERE: bool(participant.other_services),
        STALE: local_day(now) > last_day,
    }
    yield from (mark for mark, holds in marks.items() if holds)
    for place, adult in enumerate(participant.responsible_adults):
        if adult.unsafe:
            yield f"{UNSAFE_ADULT}:{place}"
        if adult.authority is ResponsiblePersonAuthority.UNKNOWN:
            yield f"{AUTHORITY_UNKNOWN}:{place}"


def _cleared(referral: Referral, received: intake.ReferralReceived) -> Iterator[CaseEvent]:
    """Youth justice that refers may have cleared the child already (domain.md 13.6)."""
    if received.clearance is not Clearance.AWAITED:
        return
    if isinstance(referral, YouthJusticeReferral) and referral.clearance is not None:
        yield intake.ClearanceRecorded(given=referral.clearance.given)


def _matches(facts: Facts) -> Iterator[CaseEvent]:
    """Propose the likely ones, each case once; a person decides (domain.md 10 row 2)."""
    likely = {one.case_id: one for one in facts.candidates if one.score >= PROPOSE_AT and one.case_id != facts.case_id}
    for one in likely.values():
        yield intake.MatchProposed(other_case=one.case_id, score=one.score, agreeing=one.agreeing)


def _asked(referral: Referral, received: intake.ReferralReceived) -> Iterator[CaseEvent]:
    """Ask at once for what acceptance would be refused for (domain.md 13.2, 13.7)."""
    gap = limitation_gap(received.door, received.limitation, known=received.limitation_known)
    child = received.age_at_behaviour in CHILD_BANDS or received.age_at_disposal in CHILD_BANDS
    safe = any(not adult.unsafe for adult in referral.participant.responsible_adults)
    fields = (*((gap,) if gap else ()), *((ADULTS,) if child and not safe else ()))
    if fields:
        yield intake.InformationRequested(fields=fields)


def _dues(referral: Referral, facts: Facts) -> Dues:
    on = referral.limitation.on if referral.limitation else None
    dates = {LIMITATION: on, COMPLETE_BY: referral.authorisation.complete_by}
    return Dues(
        policy=facts.policy,
        basis=referral.basis,
        calendar=facts.calendar,
        origins=start_origins(
            referral.door,
            behaviour_from=referral.behaviour.began_at,
            sent_at=referral.sent_at,
            police_decided_at=referral.police_decided_at,
            disposal_at=referral.disposal_at,
        ),
        supplied={name: end_of_day(day) for name, day in dates.items() if day is not None},
    )


def _clock_seals(facts: Facts, dues: Dues) -> tuple[Seal, ...]:
    return clock_seals(facts.case_id, facts.person_tokens[0], dues)


def _seals(referral: Referral, facts: Facts) -> Iterator[Seal]:
    """All that is personal, each part under the key of its own person (engine.md section 7)."""
    participant, *others = facts.person_tokens
    kept = {
        "participant": parts.participant_details(referral),
        "behaviour": parts.behaviour_details(referral),
        "identifiers": parts.identifiers(referral),
        "referrer": parts.referrer_details(referral),
    }
    for kind, fields in kept.items():
        yield _seal(facts.case_id, participant, kind, fields)
    for place, (token, details) in enumerate(zip(others, parts.affected_details(referral), strict=True)):
        yield Seal(person=token, ref=derived(facts.case_id, 0, f"affected:{place}"), kind="affected", fields=details)


def _seal(case_id: UUID, person: UUID, kind: str, fields: Mapping[str, object]) -> Seal:
    return Seal(person=person, ref=derived(case_id, 0, kind), kind=kind, fields=fields)


RULES: Mapping[type[Command], Callable[..., Decision]] = {}
REASONS: Mapping[str, Reason] = {
    "no_provider_for_referral": Reason(
        rule="A referral is taken by a provider of the scheme.",
        remedy="Register a provider for the scheme, then send the referral again.",
    ),
    "referral_not_accepted_yet": Reason(
        rule="Casework begins once the referral is accepted.",
        remedy="Accept the referral first, or decline it.",
    ),
    "triage_is_decided": Reason(
        rule="Triage decides once; the referral was accepted before.",
        remedy="Return, withdraw or close the case if it should not go on.",
    ),
    "nothing_was_asked": Reason(
        rule="Information is provided in answer to a question.",
        remedy="Amend the referral, or ask for the information first.",
    ),
    "information_is_awaited": Reason(
        rule="A referral is not accepted while the referrer has yet to answer.",
        remedy="Record the answer, or decline the referral.",
    ),
    "no_caseworker_yet": Reason(
        rule="Planning begins once a caseworker has the case.",
        remedy="Allocate a caseworker first.",
    ),
}
