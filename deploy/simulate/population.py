"""The dated file of rates, mixes and named parts by which people are invented; each value carries its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from schemas.vocabulary import AgencyKind, Basis, BehaviourKind

POPULATION = Path(__file__).parents[1] / "data" / "population.toml"

Fate = Literal[
    "complete",
    "declined",
    "linked",
    "ladder",
    "participant_withdraws",
    "consent_withdrawn",
    "referrer_withdraws",
    "refuses",
    "denies",
    "clearance_refused",
    "transfer",
    "no_fault",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A named part that one referral plays; what is None is drawn by the rates."""

    name: str
    fate: Fate
    scheme: str | None = None
    agency: AgencyKind | None = None
    basis: Basis | None = None
    child: bool | None = None
    minutes: int | None = None
    kinds: tuple[BehaviourKind, ...] = ()
    affected: tuple[str, ...] | None = None
    traits: frozenset[str] = frozenset()
    with_former: Literal["same_person", "alike"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Rates between 0 and 1, mixes as weights, and the parts in the order in which they are filled."""

    dated: date
    statement: str
    rates: Mapping[str, float]
    mixes: Mapping[str, Mapping[str, float]]
    sources: Mapping[str, str] = field(repr=False)
    parts: tuple[Part, ...]


def read_population(path: Path = POPULATION) -> Population:
    """Read the file; KeyError names what it lacks."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Population(
        dated=raw["dated"],
        statement=raw["statement"],
        rates={name: rate["value"] for name, rate in raw["rates"].items()},
        mixes={name: mix["weights"] for name, mix in raw["mixes"].items()},
        sources={name: entry["source"] for table in ("rates", "mixes") for name, entry in raw[table].items()},
        parts=tuple(_part(entry) for entry in raw["parts"]),
    )


def _part(entry: Mapping[str, Any]) -> Part:
    return Part(
        name=entry["name"],
        fate=entry["fate"],
        scheme=entry.get("scheme"),
        agency=AgencyKind(entry["agency"]) if "agency" in entry else None,
        basis=Basis(entry["basis"]) if "basis" in entry else None,
        child=entry.get("child"),
        minutes=entry.get("minutes"),
        kinds=tuple(BehaviourKind(kind) for kind in entry.get("kinds", ())),
        affected=tuple(entry["affected"]) if "affected" in entry else None,
        traits=frozenset(entry.get("traits", ())),
        with_former=entry.get("with_former"),
    )
