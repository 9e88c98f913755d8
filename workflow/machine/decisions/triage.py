"""Triage: who it is, what is missing, yes or no, who has the case (domain.md 10 rows 2 to 6)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from schemas import commands as c
from schemas.commands import Command
from schemas.events import CaseEvent, intake
from schemas.vocabulary import Clearance, ClockOrigin, Responsibility, Role
from workflow.case.case import Case
from workflow.machine.decision import ClaimLoad, Decision, ReleaseLoad, derived
from workflow.machine.decisions.booking import cancelled
from workflow.machine.decisions.clock_facts import end_clocks
from workflow.machine.decisions.information import RULES as INFORMATION
from workflow.machine.decisions.information import note_seal
from workflow.machine.decisions.triage_reasons import REASONS
from workflow.rules import allocation
from workflow.rules.ages import age_on
from workflow.rules.agreement import UNSAFE_ADULT
from workflow.rules.calendar import local_day
from workflow.rules.eligibility import ineligible, limitation_gap
from workflow.rules.facts import Caseworker, Facts
from workflow.rules.refusals import Refusal


def _confirm_match(case: Case, command: c.ConfirmMatch, facts: Facts, now: datetime) -> Decision:
    """One incident joins both referrals in the other case; another incident only links (domain.md 10 row 2)."""
    _undecided(case, command.other_case_id)
    confirmed = intake.MatchConfirmed(other_case=command.other_case_id, same_incident=command.same_incident)
    if not command.same_incident:
        return Decision(facts=(confirmed,))
    other = facts.other_case
    if other is None or other.id != command.other_case_id:
        raise Refusal("matched_case_unknown")
    if other.ended:
        raise Refusal("matched_case_has_ended", state=other.state)
    clocks, timers = end_clocks(case, facts, command.happened(now), completed=False)
    joined = tuple(_joined(case, other))
    also = ((other.id, Decision(facts=joined)),) if joined else ()
    return Decision(facts=(*clocks, confirmed), timers=timers, also=also)


def _joined(case: Case, other: Case) -> Iterable[CaseEvent]:
    """Name each referrer that the other case does not know yet; hours never add (domain.md 13.10)."""
    known = {referrer.agency for referrer in other.referrers}
    for referrer in case.referrers:
        if referrer.agency not in known:
            yield intake.ReferrerJoined(
                agency=referrer.agency,
                agency_kind=referrer.kind,
                agency_token=referrer.token,
                message_id=referrer.message_id,
                from_case=case.id,
            )


def _reject_match(case: Case, command: c.RejectMatch, _: Facts, __: datetime) -> Decision:
    """A person says that it is somebody else (domain.md 10 row 2)."""
    _undecided(case, command.other_case_id)
    return Decision(facts=(intake.MatchRejected(other_case=command.other_case_id),))


def _undecided(case: Case, other: UUID) -> None:
    if not any(match.other_case == other and not match.decided for match in case.matches):
        raise Refusal("match_not_proposed")


def _accept_referral(case: Case, _: c.AcceptReferral, facts: Facts, __: datetime) -> Decision:
    """Take the case on if nothing stands against it; a child's case then waits for clearance (domain.md 10 row 5)."""
    if case.unresolved_match:
        raise Refusal("match_unresolved")
    gap = limitation_gap(case.door, case.limitation, known=case.limitation_known)
    if gap is not None:
        raise Refusal("limitation_unknown", field=gap)
    _must_be_eligible(case, facts)
    if case.is_child and not _safe_adults(case):
        raise Refusal("no_responsible_adult")
    return Decision(facts=(intake.ReferralAccepted(), *_clearance_asked(case, facts)))


def _must_be_eligible(case: Case, facts: Facts) -> None:
    """Behaviour, age, basis on the day of disposal or else of referral, minutes, admission (domain.md 0.3, 1.3)."""
    began = facts.origins.get(ClockOrigin.BEHAVIOUR_FROM)
    age = age_on(facts.birth_date, local_day(began)) if facts.birth_date and began else None
    code = ineligible(case, facts.policy, day=_basis_day(case, facts), age=age)
    if code is not None:
        raise Refusal(code, basis=case.basis, behaviour=case.behaviour)
    if case.responsibility is Responsibility.DENIES and not facts.policy.bases[case.basis].accepts(case.responsibility):
        raise Refusal("responsibility_denied", basis=case.basis)


def _basis_day(case: Case, facts: Facts) -> date:
    disposed, sent = facts.origins.get(ClockOrigin.DISPOSAL), facts.origins.get(ClockOrigin.REFERRAL_SENT)
    return local_day(disposed or sent or case.received_at)


def _safe_adults(case: Case) -> int:
    """How many people responsible for the child may be spoken to (domain.md 13.7)."""
    return case.responsible_adults - sum(flag.startswith(f"{UNSAFE_ADULT}:") for flag in case.flags)


def _clearance_asked(case: Case, facts: Facts) -> Iterable[CaseEvent]:
    if case.clearance is Clearance.AWAITED and facts.youth_justice and facts.clearance_token:
        yield intake.ClearanceRequested(agency=facts.youth_justice, agency_token=facts.clearance_token)


def _decline_referral(case: Case, command: c.DeclineReferral, facts: Facts, now: datetime) -> Decision:
    """Say no with a reason for the referrer; clocks that ran end unstarted (domain.md 10 row 4, 13.9)."""
    clocks, timers = end_clocks(case, facts, command.happened(now), completed=False)
    return Decision(facts=(*clocks, intake.ReferralDeclined(reason=command.reason)), timers=timers)


def _record_clearance(case: Case, command: c.RecordYouthJusticeClearance, _: Facts, now: datetime) -> Decision:
    """Youth justice answers, by itself or through triage; it may change its answer (domain.md 13.6).

    After a refusal no child comes to what was booked on the earlier answer.
    """
    if case.clearance is Clearance.NOT_NEEDED:
        raise Refusal("clearance_not_needed")
    if case.clearance is (Clearance.GIVEN if command.given else Clearance.REFUSED):
        raise Refusal("clearance_already_recorded")
    ahead = () if command.given else tuple(one for one in case.open_sessions if one.starts_at > now)
    fallen = [cancelled(session, "clearance_refused") for session in ahead]
    return Decision(
        facts=(intake.ClearanceRecorded(given=command.given), *(fact for one in fallen for fact in one.facts)),
        timers=tuple(timer for one in fallen for timer in one.timers),
        claims=tuple(claim for one in fallen for claim in one.claims),
    )


def _allocate_caseworker(case: Case, command: c.AllocateCaseworker, facts: Facts, _: datetime) -> Decision:
    """The best by the rules; somebody else with a reason, for a manager somebody full too (domain.md 10 row 6)."""
    proposed = allocation.proposed(facts.caseworkers, case)
    best = proposed.caseworker if proposed else ""
    named = command.caseworker or best
    if not named:
        raise Refusal("no_caseworker_free")
    if named == case.caseworker:
        raise Refusal("caseworker_has_the_case")
    worker, full = _named(named, case, facts, command.reason)
    overruled = full or named != best
    if overruled and not command.reason:
        raise Refusal("overruling_needs_a_reason", proposed=best)
    note = derived(case.id, case.version, "note") if command.reason else None
    why = allocation.scored(worker, case).why
    allocated = intake.CaseworkerAllocated(caseworker=named, why=why, overruled=overruled, note=note)
    released = (ReleaseLoad(caseworker=case.caseworker),) if case.caseworker else ()
    return Decision(
        facts=(allocated,),
        claims=(ClaimLoad(caseworker=named, overruled=full), *released),
        seals=note_seal(case, note, {"reason": command.reason}),
    )


def _named(named: str, case: Case, facts: Facts, reason: str | None) -> tuple[Caseworker, bool]:
    """Return the caseworker, and whether there is no room: a manager may overrule that, nobody vetting or a conflict.

    Only a manager, who may know of conflicts: one is shown to others as no room (contracts section 3).
    """
    worker = next((worker for worker in facts.caseworkers if worker.id == named), None)
    if worker is None:
        raise Refusal(allocation.NOT_OF_PROVIDER, caseworker=named)
    code = allocation.barred(worker, case)
    full = code == allocation.FULL
    if code is not None and not (full and reason and Role.MANAGER in facts.actor.roles):
        raise Refusal(code, caseworker=named)
    return worker, full


RULES: Mapping[type[Command], Callable[..., Decision]] = {
    **INFORMATION,
    c.ConfirmMatch: _confirm_match,
    c.RejectMatch: _reject_match,
    c.AcceptReferral: _accept_referral,
    c.DeclineReferral: _decline_referral,
    c.RecordYouthJusticeClearance: _record_clearance,
    c.AllocateCaseworker: _allocate_caseworker,
}

__all__ = ["REASONS", "RULES"]
