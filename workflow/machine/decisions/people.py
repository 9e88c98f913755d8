"""The participant's agreement, responsibility and risk (domain.md 0.3, 13.7, 13.12, R102)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schemas import commands as c
from schemas.commands import Command
from schemas.events import life, people
from schemas.vocabulary import Responsibility, Role
from workflow.case.case import Case
from workflow.machine.decision import Decision, Seal, derived
from workflow.machine.decisions.endings import ending
from workflow.rules.agreement import AUTHORITY_UNKNOWN, TAKE_PART, UNSAFE_ADULT, has_given, is_informed, needs_an_adult
from workflow.rules.calendar import local_day
from workflow.rules.facts import Facts
from workflow.rules.refusals import Reason, Refusal

Rule = Callable[[Case, Any, Facts, datetime], Decision]
OF_AN_ADULT = "responsible_adult"
ALTERNATIVE = "manager_alternative"


def participant_note(case: Case, text: str | None, what: str) -> tuple[Seal, ...]:
    """Seal words about the participant; nothing was said, nothing is sealed."""
    if text is None:
        return ()
    ref = derived(case.id, case.version, what)
    return (Seal(person=case.participant, ref=ref, kind="note", fields={"text": text}),)


def _record_consent(case: Case, command: c.RecordConsent, facts: Facts, now: datetime) -> Decision:
    """An agreement is informed, and for a child somebody entitled gives it (domain.md 13.7, 13.12)."""
    if not is_informed(command.explanation):
        raise Refusal("agreement_not_informed", purpose=command.purpose)
    by_adult = needs_an_adult(case, facts.birth_date, local_day(command.happened(now)))
    if by_adult is (command.given_by == "participant"):
        raise Refusal(_WHO_AGREES[by_adult], given_by=command.given_by)
    if command.given_by == OF_AN_ADULT:
        _check_authority(case, command.responsible_adult or 0)
    if command.given_by == ALTERNATIVE:
        _check_alternative(command, facts)
    seals = participant_note(case, command.reason, "consent-note")
    fact = people.ConsentGiven(
        purpose=command.purpose,
        given_by=command.given_by,
        responsible_adult=command.responsible_adult,
        explained_as=command.explanation.format,
        minutes_to_consider=command.explanation.minutes_to_consider,
        note=next((seal.ref for seal in seals), None),
    )
    return Decision(facts=(fact,), seals=seals)


_WHO_AGREES = {True: "child_needs_an_adult", False: "adult_agrees_in_person"}


def _check_authority(case: Case, adult: int) -> None:
    """One of the referral's adults, whose authority is known and who is safe (domain.md 13.7)."""
    barred = {f"{UNSAFE_ADULT}:{adult}", f"{AUTHORITY_UNKNOWN}:{adult}"}
    if not 0 <= adult < case.responsible_adults or not barred.isdisjoint(case.flags):
        raise Refusal("no_adult_with_authority", adults_with_authority=case.responsible_adults)


def _check_alternative(command: c.RecordConsent, facts: Facts) -> None:
    if Role.MANAGER not in facts.actor.roles:
        raise Refusal("alternative_needs_manager", purpose=command.purpose)
    if command.reason is None:
        raise Refusal("alternative_needs_reason", purpose=command.purpose)


def _withdraw_consent(case: Case, command: c.WithdrawConsent, facts: Facts, now: datetime) -> Decision:
    """An agreement may be taken back at any stage; without taking part the case ends (R56, domain.md 10 row 16)."""
    if not has_given(case, command.purpose):
        raise Refusal("agreement_not_given", purpose=command.purpose)
    withdrawn = people.ConsentWithdrawn(purpose=command.purpose)
    if command.purpose != TAKE_PART:
        return Decision(facts=(withdrawn,))
    ended = ending(case, life.CaseWithdrawn(by="participant"), facts, command.happened(now))
    return replace(ended, facts=(withdrawn, *ended.facts))


def _record_responsibility(case: Case, command: c.RecordResponsibility, facts: Facts, _: datetime) -> Decision:
    """What is said is recorded, denials too; only an admission that the basis needs cannot be waived (0.3)."""
    basis = facts.policy.bases[case.basis]
    if command.kind is Responsibility.NOT_REQUIRED and not basis.accepts(command.kind):
        raise Refusal("admission_cannot_be_waived", basis=case.basis)
    return Decision(facts=(people.ResponsibilityRecorded(kind=command.kind),))


def _assess_risk(case: Case, command: c.AssessRisk, _: Facts, __: datetime) -> Decision:
    """The latest assessment holds; it is about harm from the process (domain.md 4, R102)."""
    seals = participant_note(case, command.note, "risk-note")
    fact = people.RiskAssessed(
        level=command.level, unsuitable=command.unsuitable, note=next((seal.ref for seal in seals), None)
    )
    return Decision(facts=(fact,), seals=seals)


RULES: Mapping[type[Command], Rule] = MappingProxyType(
    {
        c.RecordConsent: _record_consent,
        c.WithdrawConsent: _withdraw_consent,
        c.RecordResponsibility: _record_responsibility,
        c.AssessRisk: _assess_risk,
    }
)
REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "agreement_not_informed": Reason(
            rule="An agreement counts only if the person knew of advice and of refusing freely, and had time to think.",
            remedy="Explain both, give time, and record the agreement then.",
        ),
        "child_needs_an_adult": Reason(
            rule="A child's agreement comes from a responsible adult with recorded authority.",
            remedy="Ask a responsible adult, or have a manager approve an alternative with a reason.",
        ),
        "adult_agrees_in_person": Reason(
            rule="An adult agrees in person; nobody else can.",
            remedy="Record the agreement as given by the participant.",
        ),
        "no_adult_with_authority": Reason(
            rule="The adult must be one whose authority is on record and who is safe to contact.",
            remedy="Name another adult, or have a manager approve an alternative with a reason.",
        ),
        "alternative_needs_manager": Reason(
            rule="Only a manager approves an alternative to a responsible adult's agreement.",
            remedy="Ask a manager to record it.",
        ),
        "alternative_needs_reason": Reason(
            rule="An alternative to a responsible adult's agreement needs a reason.",
            remedy="Give the reason; it is sealed.",
        ),
        "agreement_not_given": Reason(
            rule="Only an agreement that stands can be taken back.",
            remedy="If the participant wants to stop, withdraw the case.",
        ),
        "admission_cannot_be_waived": Reason(
            rule="This basis needs an admission, so responsibility cannot be recorded as not required.",
            remedy="Record what the participant says; if it is a denial, return the case to the referrer.",
        ),
    }
)
