"""Ages in whole years, and the bands in which alone they leave the vault (domain.md 13.11)."""

from datetime import date

from schemas.vocabulary import CHILD_BANDS, AgeBand

# The first age of each band, oldest first.
BANDS = (
    (18, AgeBand.ADULT),
    (16, AgeBand.AGE_16_17),
    (14, AgeBand.AGE_14_15),
    (12, AgeBand.AGE_12_13),
    (10, AgeBand.AGE_10_11),
    (0, AgeBand.UNDER_10),
)


def age_on(birth_date: date, day: date) -> int:
    """Whole years on a day; a year begins with the birthday, for 29 February on 1 March (domain.md 13.11 [K])."""
    if day < birth_date:
        raise ValueError("the day lies before the birth date")
    # Month and day compare as a pair: 28 February comes before the 29th, 1 March after it.
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def band_of(age: int) -> AgeBand:
    """The band of an age in whole years."""
    return next(band for first, band in BANDS if age >= first)


def band_on(birth_date: date, day: date) -> AgeBand:
    """The band on a day: at behaviour, at disposal and at each session, never today (domain.md 13.11)."""
    return band_of(age_on(birth_date, day))


def is_child(band: AgeBand) -> bool:
    """Whether the band lies under eighteen years."""
    return band in CHILD_BANDS
