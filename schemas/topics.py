"""Where a topic's name is spelled. Stored records name their topic, so the names belong to what is said."""

from schemas.vocabulary import AgencyKind

CASE_COMMANDS = "case.commands"
CASE_EVENTS = "case.events"
NOTICES_AFFECTED_PERSON = "notices.affected-person"
NOTICES_PARTICIPANT = "notices.participant"
OUTCOMES_EVALUATION = "outcomes.evaluation"
AUDIT_CHECKPOINTS = "audit.checkpoints"
DEAD_LETTERS = "dead-letters"


def hyphened(word: str) -> str:
    """Return a word as topics and addresses write it."""
    return word.replace("_", "-")


def referrals(kind: AgencyKind, agency: str) -> str:
    """Return the topic that one agency alone writes."""
    return f"referrals.{hyphened(kind)}.{agency}"


def notices(kind: AgencyKind, agency: str) -> str:
    """Return the topic that one agency alone reads."""
    return f"notices.{hyphened(kind)}.{agency}"


def outcomes(study: str) -> str:
    """Return a study's topic."""
    return f"outcomes.{study}"
