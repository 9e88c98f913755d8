"""Distances as bands: exact ones to three sites would locate a home (engine.md section 7)."""

from math import asin, cos, radians, sin, sqrt

from workflow.rules.facts import Distance

EARTH_KM = 6371.0
BANDS = ((3.0, Distance.UNDER_3_KM), (8.0, Distance.UNDER_8_KM), (20.0, Distance.UNDER_20_KM))

Place = tuple[float, float]


def kilometres(here: Place, there: Place) -> float:
    """Return the great-circle distance in km between two (longitude, latitude) points in degrees."""
    (lon_a, lat_a), (lon_b, lat_b) = ((radians(lon), radians(lat)) for lon, lat in (here, there))
    across = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(across))


def band(here: Place, there: Place) -> Distance:
    """Return the band that the distance falls into."""
    away = kilometres(here, there)
    return next((name for limit, name in BANDS if away < limit), Distance.FURTHER)
