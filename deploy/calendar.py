"""The published bank holidays, from the copy that the package carries: the network is never asked."""

from datetime import date

from govuk_bank_holidays.bank_holidays import BankHolidays

from workflow.rules.calendar import Calendar


def govuk_calendar(division: str = BankHolidays.ENGLAND_AND_WALES) -> Calendar:
    """The calendar of a division; holidays are published by whole years, so the last year named is known in full."""
    published = BankHolidays(use_cached_holidays=True).get_holidays(division=division)
    days: frozenset[date] = frozenset(holiday["date"] for holiday in published)
    return Calendar(holidays=days, last_known_year=max(day.year for day in days))
