"""What a scenario may leave out, filled with stated defaults; `amends rehearse --explain` prints them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from schemas.vocabulary import ActivityKind, AgencyKind, OrganisationKind
from workflow.rules.calendar import LONDON
from workflow.rules.facts import Caseworker, Organisation, Site, Slot

NAMESPACE = UUID("5f1d8a52-5a0e-4c5f-9a53-6d2f0d7f4c11")
PROVIDER, SECOND_PROVIDER = "first-provider", "second-provider"
AGENCIES: Mapping[AgencyKind, str] = MappingProxyType(
    {
        AgencyKind.POLICE: "county-police",
        AgencyKind.YOUTH_JUSTICE: "county-youth-justice",
        AgencyKind.HOUSING: "high-peak-homes",
    }
)
SITES = (("park", -1.4729, 52.8983), ("high-street", -1.4760, 52.9225), ("canal", -1.4500, 52.9100))
WORK = (
    ActivityKind.LITTER_PICKING,
    ActivityKind.GRAFFITI_CLEANING,
    ActivityKind.COMMUNITY_GARDEN,
    ActivityKind.ASB_WORKSHOP,
)
SLOT_TIMES = ((time(10), time(12)), (time(13), time(17)), (time(17), time(19)))
# The rules look this many days ahead; a scenario has slots for its own length and as many days beyond.
DAYS_AHEAD = 42

REFERRAL: Mapping[str, Any] = MappingProxyType(
    {
        "participant": {
            "given_name": "Robin",
            "family_name": "Ashdown",
            "birth_date": "1994-05-17",
            "home_local_authority": "E07000038",
        },
        "behaviour": {"kind": "criminal_damage", "place": {"text": "The bus shelter"}},
        "authorisation": {"minutes": 600},
        "limitation": {"kind": "none"},
        "affected_people": [],
        "responsibility": {"kind": "accepts", "recorded_by": "PC 1"},
    }
)
DOORS: Mapping[AgencyKind, Mapping[str, str]] = MappingProxyType(
    {
        AgencyKind.POLICE: {"door": "crime_oocr", "basis": "community_resolution"},
        AgencyKind.YOUTH_JUSTICE: {"door": "crime_oocr", "basis": "youth_conditional_caution"},
        AgencyKind.HOUSING: {"door": "no_crime", "basis": "tenancy_warning"},
    }
)
OWN: Mapping[AgencyKind, Mapping[str, Any]] = MappingProxyType(
    {
        AgencyKind.POLICE: {"incident_number": "260000001"},
        AgencyKind.YOUTH_JUSTICE: {"worker": "Y. Worker"},
        AgencyKind.HOUSING: {"referrer_kind": "landlord"},
    }
)


def referral_body(kind: AgencyKind, known_as: str, given: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a whole referral: what the scenario says, over the defaults, dated by the step's time."""
    body: dict[str, Any] = {
        **_deep(REFERRAL),
        **DOORS[kind],
        **OWN[kind],
        "message_id": str(uuid5(NAMESPACE, known_as)),
        "sent_at": now.isoformat(),
        "referrer_reference": f"REF-{known_as}",
        "agency": AGENCIES[kind],
    }
    merged = _merge(body, given)
    merged["behaviour"].setdefault("from", (now - timedelta(days=1)).isoformat())
    if merged.get("responsibility"):
        merged["responsibility"].setdefault("at", (now - timedelta(hours=2)).isoformat())
    if merged["door"] == "crime_oocr":
        merged.setdefault("police_decided_at", (now - timedelta(hours=2)).isoformat())
        merged.setdefault("disposal_at", (now - timedelta(hours=2)).isoformat())
    for number, person in enumerate(merged["affected_people"], start=1):
        person.setdefault("reference", f"person-{number}")
        person.setdefault("kind", "person")
        person.setdefault("permission_to_contact", True)
    return {name: value for name, value in merged.items() if value is not None}


def organisations(scheme: str) -> tuple[Organisation, ...]:
    """Return the organisations of every rehearsal: one agency a kind, two providers, two more landlords and a force."""
    agencies = [(slug, OrganisationKind(kind)) for kind, slug in AGENCIES.items()]
    more = [
        (PROVIDER, OrganisationKind.PROVIDER),
        (SECOND_PROVIDER, OrganisationKind.PROVIDER),
        ("valley-homes", OrganisationKind.HOUSING),
        ("neighbour-police", OrganisationKind.POLICE),
    ]
    return tuple(
        Organisation(slug=slug, tenant=scheme, kind=kind, name=slug.replace("-", " ").title())
        for slug, kind in (*agencies, *more)
    )


def sites() -> tuple[Site, ...]:
    """Return the sites of both providers."""
    return tuple(
        Site(
            id=f"{name}-{provider}",
            name=name,
            provider=provider,
            activities=frozenset(WORK),
            longitude=longitude,
            latitude=latitude,
        )
        for provider in (PROVIDER, SECOND_PROVIDER)
        for name, longitude, latitude in SITES
    )


def slots(begins: date, ends: date) -> tuple[Slot, ...]:
    """Return slots for each site, activity and day: 10-12, 13-17, 17-19 local time, two places each."""
    return tuple(
        _slot(site, begins + timedelta(days=day), activity, number)
        for site in sites()
        for day in range((ends - begins).days + DAYS_AHEAD)
        for activity in WORK
        for number in range(len(SLOT_TIMES))
    )


def _slot(site: Site, day: date, activity: ActivityKind, number: int) -> Slot:
    opens, closes = SLOT_TIMES[number]
    return Slot(
        id=f"{site.id}-{activity}-{day.isoformat()}-{number}",
        site=site.id,
        provider=site.provider,
        activity=activity,
        starts_at=datetime.combine(day, opens, LONDON),
        ends_at=datetime.combine(day, closes, LONDON),
        capacity=2,
        supervisor=f"supervisor-{site.id}",
    )


def caseworkers() -> tuple[Caseworker, ...]:
    """Return two caseworkers a provider; the second is not vetted for children."""
    return tuple(
        Caseworker(
            id=f"{provider}-worker-{number}",
            provider=provider,
            works_with_children=number == 1,
            max_cases=10,
            open_cases=0,
        )
        for provider in (PROVIDER, SECOND_PROVIDER)
        for number in (1, 2)
    )


def _deep(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _deep(inner) for name, inner in value.items()}
    return [_deep(inner) for inner in value] if isinstance(value, list) else value


def _merge(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for name, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(name), dict)
        merged[name] = _merge(merged[name], value) if both else _plain(value)
    return merged


def _plain(value: Any) -> Any:
    """Return YAML's dates as the text that JSON carries."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
