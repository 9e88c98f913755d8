"""Working days of England and Wales, local time, and real hours across summer time (domain.md 7, R148)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)
MONDAY, SATURDAY = 0, 5
MONTHS_A_YEAR = 12
SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Published bank holidays and the last year that they cover; later years are computed and provisional."""

    holidays: frozenset[date]
    last_known_year: int

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a bank holiday, published or computed."""
        return day in (computed_holidays(day.year) if self.is_provisional(day) else self.holidays)

    def is_provisional(self, day: date) -> bool:
        """Whether nobody has published the holidays of that year yet (R148)."""
        return day.year > self.last_known_year

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday and no bank holiday (domain.md 7 [K])."""
        return day.weekday() < SATURDAY and not self.is_holiday(day)


def add_working_days(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day after a day, in days; the day of the event is day 0 (domain.md 7 [K])."""
    for _ in range(n):
        day = next_working_day(day + ONE_DAY, calendar)
    return day


def next_working_day(day: date, calendar: Calendar) -> date:
    """The day itself if it is a working day, else the first one after it."""
    while not calendar.is_working_day(day):
        day += ONE_DAY
    return day


def working_days_between(after: date, until: date, calendar: Calendar) -> int:
    """How many working days lie after one day and up to another, in days."""
    return sum(calendar.is_working_day(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


def add_elapsed_hours(instant: datetime, hours: int) -> datetime:
    """Real hours later, in UTC, so that a change of the clocks neither adds nor takes one (domain.md 7)."""
    return _utc(instant) + timedelta(hours=hours)


def local(instant: datetime) -> datetime:
    """The same instant as a clock in London shows it."""
    return _utc(instant).astimezone(LONDON)


def local_day(instant: datetime) -> date:
    """The date in London at that instant."""
    return local(instant).date()


def start_of_day(day: date) -> datetime:
    """Local midnight at which the day begins, in UTC."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The instant at which the day is over, in UTC."""
    return start_of_day(day + ONE_DAY)


def add_months(day: date, months: int) -> date:
    """The corresponding date so many calendar months later, else that month's last day (domain.md 13.2)."""
    total = day.year * MONTHS_A_YEAR + day.month - 1 + months
    first = date(total // MONTHS_A_YEAR, total % MONTHS_A_YEAR + 1, 1)
    following = (first + timedelta(days=SHORTEST_MONTH + 3)).replace(day=1)
    return first + timedelta(days=min(day.day, (following - first).days) - 1)


@cache
def computed_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England and Wales by rule, substitutes for weekends included (domain.md 7 [K])."""
    easter = easter_sunday(year)
    fixed = (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26))
    days = {
        easter - timedelta(days=2),
        easter + ONE_DAY,
        _monday_on_or_after(date(year, 5, 1)),
        _monday_on_or_after(date(year, 5, 25)),
        _monday_on_or_after(date(year, 8, 25)),
        *(day for day in fixed if day.weekday() < SATURDAY),
    }
    for weekend in (day for day in fixed if day.weekday() >= SATURDAY):
        days.add(next(day for day in _weekdays_after(weekend) if day not in days))
    return frozenset(days)


def easter_sunday(year: int) -> date:
    """Easter of the Gregorian calendar, by the anonymous rule of 1876."""
    century = year // 100
    golden = year % 19
    moved = century - century // 4 - (8 * century + 13) // 25
    epact = (19 * golden + moved + 15) % 30
    epact -= (epact // 28) * (1 - (epact // 28) * (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def _monday_on_or_after(day: date) -> date:
    return day + timedelta(days=(MONDAY - day.weekday()) % 7)


def _weekdays_after(day: date) -> Iterator[date]:
    while True:
        day += ONE_DAY
        if day.weekday() < SATURDAY:
            yield day


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(UTC)
