"""Distances leave as bands, because exact ones to three sites would locate a home (engine.md section 7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.rules.distance import band, kilometres
from workflow.rules.facts import Distance

# Longitude and latitude of Derby's market place, in degrees; a degree of latitude is about 111.19 km.
DERBY = (-1.4764, 52.9228)
CHESTERFIELD = (-1.4276, 53.2350)
KM_A_DEGREE = 111.195
PLACES = st.tuples(st.floats(-6.0, 2.0), st.floats(49.9, 55.8))
INNER_TO_OUTER = [Distance.UNDER_3_KM, Distance.UNDER_8_KM, Distance.UNDER_20_KM, Distance.FURTHER]


def north_of_derby(km):
    return (DERBY[0], DERBY[1] + km / KM_A_DEGREE)


def test_derby_to_chesterfield_is_about_35_kilometres():
    assert kilometres(DERBY, CHESTERFIELD) == pytest.approx(34.9, abs=0.3)


def test_a_degree_of_longitude_is_shorter_in_the_north_than_at_the_equator():
    assert kilometres((0.0, 60.0), (1.0, 60.0)) == pytest.approx(KM_A_DEGREE / 2, rel=0.001)


@pytest.mark.parametrize(
    ("km", "expected"),
    [
        (0.0, Distance.UNDER_3_KM),
        (2.99, Distance.UNDER_3_KM),
        (3.01, Distance.UNDER_8_KM),
        (7.99, Distance.UNDER_8_KM),
        (8.01, Distance.UNDER_20_KM),
        (19.99, Distance.UNDER_20_KM),
        (20.01, Distance.FURTHER),
        (400.0, Distance.FURTHER),
    ],
)
def test_a_band_ends_before_its_limit(km, expected):
    assert band(DERBY, north_of_derby(km)) is expected


@given(PLACES, PLACES)
def test_it_is_as_far_there_as_back(here, there):
    assert kilometres(here, there) == pytest.approx(kilometres(there, here))
    assert band(here, there) in INNER_TO_OUTER


@given(PLACES)
def test_a_place_is_no_way_from_itself(here):
    assert kilometres(here, here) == 0.0


@given(st.floats(0, 100), st.floats(0, 100))
def test_what_is_further_is_never_in_a_nearer_band(one, other):
    nearer, further = (band(DERBY, north_of_derby(km)) for km in sorted((one, other)))

    assert INNER_TO_OUTER.index(nearer) <= INNER_TO_OUTER.index(further)
