"""Evolve's steps for the case's own life."""

from collections.abc import Callable, Mapping
from typing import Any

from schemas.envelope import Envelope
from schemas.events import CaseEvent, life
from workflow.case.case import Case, changed

Step = Callable[[Case, Any, Envelope], Case]


def _paused(case: Case, _: life.CasePaused, envelope: Envelope) -> Case:
    return changed(case, paused_from=envelope.state_before, paused_at=envelope.occurred_at)


def _resumed(case: Case, _: life.CaseResumed, envelope: Envelope) -> Case:
    return _awake(case, envelope)


def _awake(case: Case, envelope: Envelope) -> Case:
    """The case with its pause over, if there was one."""
    if case.paused_at is None:
        return case
    pauses = (*case.pauses, (case.paused_at, envelope.occurred_at))
    return changed(case, paused_from=None, paused_at=None, pauses=pauses)


def ended(case: Case, envelope: Envelope, reason: str) -> Case:
    """The case at its end, with which a pause is over too."""
    return changed(_awake(case, envelope), ended_at=envelope.occurred_at, end_reason=reason)


def _offered(case: Case, fact: life.TransferOffered, _: Envelope) -> Case:
    return changed(case, transfer_to=fact.provider)


def _transferred(case: Case, fact: life.CaseTransferred, envelope: Envelope) -> Case:
    return changed(ended(case, envelope, "transferred"), linked_to=fact.to_case)


def _ended(reason: Callable[[Any], str]) -> Step:
    def step(case: Case, fact: Any, envelope: Envelope) -> Case:
        return ended(case, envelope, reason(fact))

    return step


def _reopened(case: Case, _: life.CaseReopened, __: Envelope) -> Case:
    return changed(case, end_reason=None, ended_at=None)


STEPS: Mapping[type[CaseEvent], Step] = {
    life.CasePaused: _paused,
    life.CaseResumed: _resumed,
    life.CaseWithdrawn: _ended(lambda fact: f"withdrawn_by_{fact.by}"),
    life.TransferOffered: _offered,
    life.CaseTransferred: _transferred,
    life.CaseCompleted: _ended(lambda _: "completed"),
    life.CaseClosedWithoutFault: _ended(lambda fact: str(fact.reason)),
    life.CaseReopened: _reopened,
}
