"""A plan is proposed, agreed and revised: within what was authorised, capped and wished for (domain.md 10 row 9)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schemas import commands as c
from schemas.commands import Command
from schemas.events import CaseEvent, work
from schemas.vocabulary import CaseState, Purpose
from workflow.case.case import Case
from workflow.case.parts import PlanPart
from workflow.machine.decision import Decision, derived
from workflow.machine.decisions.people import participant_note
from workflow.machine.decisions.plan_checks import check_people, check_plan, planned_minutes
from workflow.machine.decisions.plan_reasons import REASONS
from workflow.rules.agreement import preference_followed
from workflow.rules.facts import Facts
from workflow.rules.planning import options
from workflow.rules.refusals import Refusal

Rule = Callable[[Case, Any, Facts, datetime], Decision]


def _propose(case: Case, command: c.ProposePlan, facts: Facts, now: datetime) -> Decision:
    """The best of what nothing rules out; a place barred for somebody's sake is not there (contracts section 3)."""
    best = next(options(case, facts, command.happened(now)), None)
    if best is None:
        raise Refusal("no_free_session")
    fact = work.PlanProposed(parts=_said(best.parts), first_slot=best.first_slot.id, score=best.score, why=best.why)
    return Decision(facts=(fact,))


def _agree(case: Case, command: c.AgreePlan, facts: Facts, now: datetime) -> Decision:
    """The participant signs; consultation that still goes on never holds the 48 hours up (domain.md 10 row 8)."""
    return _signed(case, command, facts, now, work.PlanAgreed)


def _revise(case: Case, command: c.RevisePlan, facts: Facts, now: datetime) -> Decision:
    """The same rules again, and never below what is credited; reaching that, the hours are met (domain.md 6.2)."""
    parts = _parts(case, command)
    if planned_minutes(parts) < case.credited_minutes:
        raise Refusal("minutes_below_credited", planned=planned_minutes(parts), credited=case.credited_minutes)
    signed = _signed(case, command, facts, now, work.PlanRevised)
    if case.state is not CaseState.ACTIVE or case.credited_minutes < planned_minutes(parts):
        return signed
    met: CaseEvent = work.HoursMet(credited=case.credited_minutes)
    return Decision(facts=(*signed.facts, met), seals=signed.seals)


def _signed(case: Case, command: c.AgreePlan, facts: Facts, now: datetime, fact: type[work.PlanAgreed]) -> Decision:
    happened, parts = command.happened(now), _parts(case, command)
    check_people(case, facts, happened)
    check_plan(case, facts, parts, happened)
    followed = preference_followed(case, facts.policy, frozenset(part.activity for part in parts))
    departs = bool(case.proposal) and parts != case.proposal
    if command.reason is None:
        _check_reason(departs=departs, followed=followed)
    seals = participant_note(case, command.reason, "plan-note")
    agreed = fact(
        parts=_said(parts),
        minutes=planned_minutes(parts),
        preference_followed=followed,
        overruled=departs,
        note=derived(case.id, case.version, "plan-note") if seals else None,
    )
    return Decision(facts=(agreed,), seals=seals)


def _check_reason(*, departs: bool, followed: bool | None) -> None:
    """Who departs from an affected person's choice, or from the proposal, says why (domain.md 0.4, R39)."""
    if followed is False:
        raise Refusal("choice_needs_reason")
    if departs:
        raise Refusal("departure_needs_reason")


def _parts(case: Case, command: c.AgreePlan) -> tuple[PlanPart, ...]:
    """The activities named, else those of the proposal."""
    if command.activities is not None:
        return tuple(
            PlanPart(activity=part.activity, site=part.site, minutes=part.minutes, purpose=Purpose(part.purpose))
            for part in command.activities
        )
    if not case.proposal:
        raise Refusal("nothing_proposed")
    return case.proposal


def _said(parts: tuple[PlanPart, ...]) -> tuple[work.PlanPart, ...]:
    return tuple(
        work.PlanPart(activity=part.activity, site=part.site, minutes=part.minutes, purpose=part.purpose)
        for part in parts
    )


RULES: Mapping[type[Command], Rule] = MappingProxyType(
    {c.ProposePlan: _propose, c.AgreePlan: _agree, c.RevisePlan: _revise}
)
__all__ = ["REASONS", "RULES"]
