"""One rule a command: (case, command, facts, now) -> Decision, or a Refusal whose reason stands beside it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from schemas.commands import Command
from workflow.case.case import Case
from workflow.machine.decision import Decision
from workflow.machine.decisions import affected, clocks, compliance, intake, life, people, plan, sessions, triage
from workflow.rules.facts import Facts
from workflow.rules.refusals import Reason

Rule = Callable[[Case, Any, Facts, datetime], Decision]
_MODULES = (intake, triage, clocks, people, affected, plan, sessions, compliance, life)
RULES: Mapping[type[Command], Rule] = {command: rule for module in _MODULES for command, rule in module.RULES.items()}
REASONS: Mapping[str, Reason] = {code: reason for module in _MODULES for code, reason in module.REASONS.items()}

__all__ = [
    "REASONS",
    "RULES",
    "affected",
    "clocks",
    "compliance",
    "intake",
    "life",
    "people",
    "plan",
    "sessions",
    "triage",
]
