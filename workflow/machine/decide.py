"""decide: (case, command, facts, now) -> a Decision or a Refusal; record: a Decision -> events in their envelopes."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from schemas import commands as c
from schemas.commands import Command
from schemas.envelope import Envelope, Recorded
from schemas.vocabulary import CaseState
from workflow.case.case import Case
from workflow.case.evolve import evolve
from workflow.machine import decisions
from workflow.machine.decision import Decision, derived
from workflow.machine.machines import next_state
from workflow.machine.permitted import refusal_of
from workflow.rules.facts import Facts
from workflow.rules.permissions import may
from workflow.rules.refusals import Refusal

# What a case records may have happened before its referral came, but not that long: our own choice.
LONG_BEFORE = timedelta(days=366)
# What is decided about a referral follows its receipt.
OF_THE_REFERRAL = frozenset(
    {c.AcceptReferral, c.DeclineReferral, c.RequestInformation, c.ConfirmMatch, c.RejectMatch, c.AllocateCaseworker}
)
Rule = Callable[[Case, Any, Facts, datetime], Decision]
RULES: Mapping[type[Command], Rule] = decisions.RULES


class Record(NamedTuple):
    """What a decision made of a case: the case in the end, its new facts, and the case after each of them."""

    case: Case
    facts: tuple[Recorded, ...]
    cases: tuple[Case, ...]


class Circumstance(NamedTuple):
    """When and by whom something was asked, for the envelopes of what follows from it."""

    now: datetime
    occurred_at: datetime
    actor: str
    correlation: UUID
    causation: UUID | None = None


def decide(case: Case, command: Command, facts: Facts, now: datetime) -> Decision:
    """Return what follows from `command`, or raise the Refusal that names the rule."""
    if not may(facts.actor, type(command), case):
        raise Refusal("role_may_not", command=type(command).__name__)
    code = refusal_of(type(command), case.state)
    if code is not None:
        raise Refusal(code, state=case.state, command=type(command).__name__)
    if command.happened(now) > now:
        raise Refusal("happened_in_the_future", command=type(command).__name__)
    if type(command) in OF_THE_REFERRAL and command.happened(now) < case.received_at:
        raise Refusal("happened_before_receipt", command=type(command).__name__)
    if command.happened(now) < case.received_at - LONG_BEFORE:
        raise Refusal("happened_too_early", command=type(command).__name__, days=LONG_BEFORE.days)
    return RULES[type(command)](case, command, facts, now)


def record(case: Case | None, case_id: UUID, tenant: str, decision: Decision, asked: Circumstance) -> Record:
    """Number the facts of a decision, move the state by the table, and fold them into the case."""
    recorded: list[Recorded] = []
    cases: list[Case] = []
    for fact in decision.facts:
        before = case.state if case else None
        after = next_state(case.state, fact, case.paused_from) if case else CaseState.RECEIVED
        sequence = (case.version if case else 0) + 1
        envelope = Envelope(
            tenant=tenant,
            case_id=case_id,
            sequence=sequence,
            event_id=derived(case_id, sequence, "event"),
            occurred_at=asked.occurred_at,
            recorded_at=asked.now,
            state_before=before,
            state_after=after,
            actor=asked.actor,
            correlation=asked.correlation,
            causation=asked.causation,
        )
        recorded.append(Recorded(envelope=envelope, fact=fact))
        case = evolve(case, recorded[-1])
        cases.append(case)
    if case is None:
        msg = "a decision about no case holds no facts"
        raise ValueError(msg)
    return Record(case, tuple(recorded), tuple(cases))
