"""Real incidents from any file with the columns of data.police.uk; the people are invented elsewhere."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from deploy.simulate.draw import Draw
from schemas.vocabulary import BehaviourKind

REQUIRED = ("Month", "Longitude", "Latitude", "Crime type")
VIOLENCE_OR_SEXUAL = "violence and sexual offences"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
LONGITUDES, LATITUDES = (-9.0, 3.0), (49.0, 61.0)
NAMED_LINES = 10

KINDS: Mapping[str, BehaviourKind] = MappingProxyType(
    {
        "anti-social behaviour": BehaviourKind.ANTI_SOCIAL_BEHAVIOUR,
        "bicycle theft": BehaviourKind.BICYCLE_THEFT,
        "burglary": BehaviourKind.BURGLARY,
        "criminal damage and arson": BehaviourKind.CRIMINAL_DAMAGE,
        "drugs": BehaviourKind.DRUGS_POSSESSION,
        "other crime": BehaviourKind.OTHER_CRIME,
        "other theft": BehaviourKind.OTHER_THEFT,
        "possession of weapons": BehaviourKind.WEAPON,
        "public order": BehaviourKind.PUBLIC_ORDER,
        "robbery": BehaviourKind.ROBBERY,
        "shoplifting": BehaviourKind.SHOP_THEFT,
        "theft from the person": BehaviourKind.OTHER_THEFT,
        "vehicle crime": BehaviourKind.VEHICLE_CRIME,
    }
)


class IncidentFileError(Exception):
    """A file that cannot be used at all; its text is one plain line for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One row: what kind of thing, in which month, at an anonymous map point. It holds no person."""

    line: int
    month: str
    kind: BehaviourKind
    longitude: float
    latitude: float
    area: str
    force: str

    @property
    def scheme(self) -> str:
        """The scheme that hears of it: Derbyshire's own, and Durham as a stand-in for everybody else."""
        return "derbyshire" if "derby" in f"{self.force} {self.area}".lower() else "durham"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFile:
    """The rows that can be used, and the lines that cannot, each with the column at fault."""

    incidents: tuple[Incident, ...]
    bad: tuple[tuple[int, str], ...] = ()

    def complaint(self) -> str | None:
        """Name the bad lines in one sentence; None if every row was good."""
        if not self.bad:
            return None
        named = ", ".join(f"line {line} ({column})" for line, column in self.bad[:NAMED_LINES])
        more = "" if len(self.bad) <= NAMED_LINES else f" and {len(self.bad) - NAMED_LINES} more"
        return f"{len(self.bad)} rows were left out: {named}{more}."


def read_incidents(path: Path, *, seed: int, sexual_share: float) -> IncidentFile:
    """Read the file; IncidentFileError in one line if it is not there, is no such CSV, or no row is good."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = _read(path, csv.DictReader(file), Draw(seed), sexual_share)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise IncidentFileError(f"The incident file {path} cannot be read: {_why(error)}.") from None
    if not found.incidents:
        raise IncidentFileError(f"The incident file {path} has no usable row. {found.complaint() or ''}".strip())
    return found


def _why(error: Exception) -> str:
    return (error.strerror or "the system gave no reason") if isinstance(error, OSError) else "it is not a text CSV"


def _read(path: Path, rows: "csv.DictReader[str]", draw: Draw, sexual_share: float) -> IncidentFile:
    missing = [column for column in REQUIRED if column not in (rows.fieldnames or ())]
    if missing:
        known = "" if len(missing) == len(REQUIRED) else f"; it needs {', '.join(REQUIRED)}"
        raise IncidentFileError(f"The incident file {path} has no column {', '.join(missing)}{known}.")
    good: list[Incident] = []
    bad: list[tuple[int, str]] = []
    for row in rows:
        column = next(_faults(row), None)
        if column is None:
            good.append(_incident(row, rows.line_num, draw, sexual_share))
        else:
            bad.append((rows.line_num, column))
    return IncidentFile(incidents=tuple(good), bad=tuple(bad))


def _faults(row: Mapping[str, str | None]) -> Iterator[str]:
    if not MONTH.fullmatch((row["Month"] or "").strip()):
        yield "Month"
    for column, (low, high) in (("Longitude", LONGITUDES), ("Latitude", LATITUDES)):
        degrees = _degrees(row[column])
        if degrees is None or not low <= degrees <= high:
            yield column
    crime = (row["Crime type"] or "").strip().lower()
    if crime not in KINDS and crime != VIOLENCE_OR_SEXUAL:
        yield "Crime type"


def _degrees(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _incident(row: Mapping[str, str | None], line: int, draw: Draw, sexual_share: float) -> Incident:
    crime = (row["Crime type"] or "").strip().lower()
    return Incident(
        line=line,
        month=(row["Month"] or "").strip(),
        kind=KINDS.get(crime) or _split(draw, line, sexual_share),
        longitude=float(row["Longitude"] or ""),
        latitude=float(row["Latitude"] or ""),
        area=(row.get("Area") or row.get("LSOA name") or "").strip(),
        force=(row.get("Reported by") or row.get("Falls within") or "").strip(),
    )


def _split(draw: Draw, line: int, sexual_share: float) -> BehaviourKind:
    """The files join violence and sexual offences; a stated share of them counts as sexual and is declined."""
    return BehaviourKind.SEXUAL_OFFENCE if draw.chance(sexual_share, "sexual", line) else BehaviourKind.VIOLENCE
