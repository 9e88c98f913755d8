"""Evolve's steps for the case's own life."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from schemas.envelope import Envelope
from schemas.events import CaseEvent, life
from workflow.case.case import Case

Step = Callable[[Case, Any, Envelope], Case]


def _paused(case: Case, _: life.CasePaused, envelope: Envelope) -> Case:
    return replace(case, paused_from=envelope.state_before, paused_at=envelope.occurred_at)


def _resumed(case: Case, _: life.CaseResumed, envelope: Envelope) -> Case:
    began = case.paused_at or envelope.occurred_at
    minutes = case.paused_minutes + int((envelope.occurred_at - began).total_seconds() // 60)
    pauses = (*case.pauses, (began, envelope.occurred_at))
    return replace(case, paused_from=None, paused_at=None, paused_minutes=minutes, pauses=pauses)


def _offered(case: Case, fact: life.TransferOffered, _: Envelope) -> Case:
    return replace(case, transfer_to=fact.provider)


def _transferred(case: Case, fact: life.CaseTransferred, envelope: Envelope) -> Case:
    return replace(case, linked_to=fact.to_case, ended_at=envelope.occurred_at, end_reason="transferred")


def _ended(reason: Callable[[Any], str]) -> Step:
    def step(case: Case, fact: Any, envelope: Envelope) -> Case:
        return replace(case, end_reason=reason(fact), ended_at=envelope.occurred_at)

    return step


def _reopened(case: Case, _: life.CaseReopened, __: Envelope) -> Case:
    return replace(case, end_reason=None, ended_at=None)


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
