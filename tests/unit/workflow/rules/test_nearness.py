from datetime import date
from uuid import UUID

from tests.builders.sessions import a_site
from workflow.rules.nearness import kept_away, near_affected, point_of

REGISTERED, LIVING_NEAR, LIVING_FAR = (UUID(int=number) for number in (1, 2, 3))
SITE = a_site(near_affected=frozenset({REGISTERED}))
HERE = {"longitude": SITE.longitude, "latitude": SITE.latitude}
FAR = {"longitude": SITE.longitude, "latitude": SITE.latitude + 0.01}
SITES = {SITE.id: SITE}


def test_a_site_is_near_whom_it_is_registered_near_and_whoever_lives_by_it():
    affected = {LIVING_NEAR: {"home_point": HERE}, LIVING_FAR: {"home_point": FAR}, UUID(int=4): {}}

    assert near_affected(SITE, affected) == {REGISTERED, LIVING_NEAR}


def test_a_site_is_kept_away_from_until_the_last_day_of_every_exclusion_near_it():
    until = [{"point": HERE, "until": "2026-03-05"}, {"point": HERE, "until": "2026-03-09"}]

    assert kept_away(SITES, {"exclusions": until}) == {SITE.id: date(2026, 3, 9)}
    assert kept_away(SITES, {"exclusions": [{"point": HERE, "until": None}]}) == {SITE.id: date.max}
    assert kept_away(SITES, {"exclusions": [{"point": FAR}, {"point": None}]}) == {}
    assert kept_away(SITES, {}) == {}


def test_a_site_is_near_whoever_wishes_a_place_by_it_kept_free():
    near, far = {"home_point": None, "exclusion_points": [FAR, HERE]}, {"exclusion_points": [FAR]}
    wishes = {LIVING_NEAR: near, LIVING_FAR: far}

    assert near_affected(SITE, wishes) == {REGISTERED, LIVING_NEAR}


def test_an_order_that_names_a_place_bars_the_sites_near_it():
    orders = [{"point": HERE, "until": "2026-03-05"}, {"point": None, "until": None}]

    assert kept_away(SITES, {"orders": orders, "exclusions": []}) == {SITE.id: date(2026, 3, 5)}


def test_a_point_that_nobody_gave_is_none():
    assert point_of({}) is point_of({"home_point": None}) is None
