"""Closed lists that only a policy file uses; what appears on the wire is in schemas.vocabulary."""

from enum import StrEnum


class LimitUnit(StrEnum):
    """How a limit is counted; weeks, months and days are calendar dates in Europe/London (domain.md 13.2)."""

    ELAPSED_HOURS = "elapsed_hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class ChoiceRoot(StrEnum):
    """The law under which an affected person's choice binds whoever decides (domain.md 13.3, R39, R201, R202)."""

    S102 = "s102"
    S23ZA = "s23ZA"
    S66BA = "s66BA"
    NONE = "none"


class LadderStep(StrEnum):
    """What follows an unexcused failure (domain.md 13.5)."""

    NOTIFY_OFFICER = "notify_officer"
    WARN = "warn"
    FINAL_WARN = "final_warn"
    RETURN = "return"


class ClearanceRule(StrEnum):
    """Whether a child's first booking waits for youth justice (domain.md 13.6)."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"


class Handling(StrEnum):
    """What triage does with a finding: go on, ask the referrer, or decline (domain.md 1.3)."""

    ALLOW = "allow"
    ASK = "ask"
    DECLINE = "decline"


class Channel(StrEnum):
    """How somebody is reached; a call comes first because texts and letters got no answer (domain.md 3, R170)."""

    CALL = "call"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    IN_PERSON = "in_person"


class Weekday(StrEnum):
    """The days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
