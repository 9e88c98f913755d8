from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import AgeBand
from workflow.rules.ages import age_on, band_of, band_on, is_child

BIRTHS = st.dates(min_value=date(1930, 1, 1), max_value=date(2020, 12, 31))


def test_eighteen_begins_with_the_birthday():
    born = date(2008, 6, 10)

    assert age_on(born, date(2026, 6, 9)) == 17
    assert age_on(born, date(2026, 6, 10)) == 18
    assert is_child(band_on(born, date(2026, 6, 9)))
    assert not is_child(band_on(born, date(2026, 6, 10)))


def test_who_was_born_on_29_february_turns_eighteen_on_1_march():
    born = date(2008, 2, 29)

    assert age_on(born, date(2026, 2, 28)) == 17
    assert age_on(born, date(2026, 3, 1)) == 18


def test_who_was_born_on_29_february_has_the_birthday_itself_in_leap_years():
    assert age_on(date(2008, 2, 29), date(2028, 2, 28)) == 19
    assert age_on(date(2008, 2, 29), date(2028, 2, 29)) == 20


def test_nobody_has_an_age_before_birth():
    with pytest.raises(ValueError, match="before the birth date"):
        age_on(date(2010, 1, 2), date(2010, 1, 1))


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, AgeBand.UNDER_10),
        (9, AgeBand.UNDER_10),
        (10, AgeBand.AGE_10_11),
        (11, AgeBand.AGE_10_11),
        (12, AgeBand.AGE_12_13),
        (13, AgeBand.AGE_12_13),
        (14, AgeBand.AGE_14_15),
        (15, AgeBand.AGE_14_15),
        (16, AgeBand.AGE_16_17),
        (17, AgeBand.AGE_16_17),
        (18, AgeBand.ADULT),
        (99, AgeBand.ADULT),
    ],
)
def test_a_band_holds_two_years_of_childhood_or_all_later_ones(age, band):
    assert band_of(age) is band


@given(born=BIRTHS, years=st.integers(min_value=0, max_value=100))
def test_an_age_grows_by_one_on_the_birthday_and_on_no_other_day(born, years):
    year = born.year + years
    leapling_in_a_common_year = (born.month, born.day) == (2, 29) and not (
        (year % 4 == 0 and year % 100) or year % 400 == 0
    )
    birthday = date(year, 3, 1) if leapling_in_a_common_year else born.replace(year=year)

    assert age_on(born, birthday) == years
    assert years == 0 or age_on(born, date.fromordinal(birthday.toordinal() - 1)) == years - 1
