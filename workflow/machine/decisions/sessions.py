"""Every rule about sessions, and why it may refuse."""

from collections.abc import Mapping

from workflow.machine.decisions import attendance, booking, slot_checks, slots
from workflow.rules.refusals import Reason

RULES = {**booking.RULES, **attendance.RULES}
REASONS: Mapping[str, Reason] = {**slots.REASONS, **slot_checks.REASONS, **booking.REASONS, **attendance.REASONS}
