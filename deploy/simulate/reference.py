"""What must be there before the first referral: organisations, staff, sites and dated sessions, all from the seed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from deploy.simulate.draw import Draw
from deploy.simulate.incidents import Incident
from deploy.simulate.organisations import DemoOrganisation, Register, read_register
from deploy.simulate.plans import LONDON
from schemas.vocabulary import ActivityKind, Role

A = ActivityKind
MONTHS_OF_SLOTS = timedelta(days=100)
CELL = (0.012, 0.007)
SITES = (4, 2)
WORK = ((A.LITTER_PICKING, A.GRAFFITI_CLEANING, A.COMMUNITY_GARDEN), (A.LITTER_PICKING, A.COMMUNITY_CLEAN_UP))
# Hours of the day (local): a workshop, then work for adults and, after school, for children.
WORKSHOPS = ((time(9, 30), 2), (time(16), 2))
WEEKDAY_WORK = ((time(13), 4), (time(16), 2))
WEEKEND_WORKSHOPS = ((time(9), 2),)
WEEKEND_WORK = ((time(11), 4), (time(13), 3))
LONG_DAY = (time(9), 7)
SATURDAY = 5
REFERRALS_A_SHARE = 200
CASEWORKERS, MOST_CASES = (6, 4), (18, 12)
PLACES = (
    "Riverside path",
    "Canal towpath",
    "Old market square",
    "Upper recreation ground",
    "Mill lane verge",
    "Bandstand",
)
STAFF_ROLES = (Role.TRIAGE, Role.CASEWORKER, Role.AFFECTED_PERSON_WORKER, Role.SUPERVISOR, Role.MANAGER, Role.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSite:
    """A site near where incidents cluster."""

    id: str
    scheme: str
    provider: str
    name: str
    activities: tuple[str, ...]
    longitude: float
    latitude: float
    suits_children: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSlot:
    """A dated session with its places."""

    id: str
    scheme: str
    provider: str
    site: str
    activity: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    supervisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCaseworker:
    """A caseworker; `knows` are numbers of referrals whose participant is known personally."""

    id: str
    scheme: str
    provider: str
    works_with_children: bool
    max_cases: int
    knows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """Somebody who signs in, in one engagement."""

    login: str
    scheme: str
    organisation: str
    role: Role
    staff_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceData:
    """Everything of it; `as_json` is plain data."""

    organisations: tuple[DemoOrganisation, ...]
    sites: tuple[DemoSite, ...]
    slots: tuple[DemoSlot, ...]
    caseworkers: tuple[DemoCaseworker, ...]
    users: tuple[DemoUser, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data; instants stay datetimes."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """One provider's ground: which of the two it is, how many parallel sessions its referrals need."""

    scheme: str
    provider: str
    rank: int
    shares: int
    draw: Draw
    opens_on: date


def reference_data(
    incidents: Sequence[Incident], seed: int, opens_on: date, *, referrals: int = REFERRALS_A_SHARE
) -> ReferenceData:
    """Return the reference data; more referrals get more parallel sessions and caseworkers."""
    register, shares = read_register(), max(1, -(-referrals // REFERRALS_A_SHARE))
    grounds = [
        _Ground(scheme=scheme, provider=provider, rank=rank, shares=shares, draw=Draw(seed), opens_on=opens_on)
        for scheme in register.schemes()
        for rank, provider in enumerate(register.providers(scheme))
    ]
    sites = {ground: tuple(_sites(ground, incidents)) for ground in grounds}
    return ReferenceData(
        organisations=register.rows,
        sites=tuple(site for ground in grounds for site in sites[ground]),
        slots=tuple(slot for ground in grounds for slot in _slots(ground, sites[ground])),
        caseworkers=tuple(worker for ground in grounds for worker in _caseworkers(ground, referrals)),
        users=tuple(_users(register, grounds)),
    )


def _sites(ground: _Ground, incidents: Sequence[Incident]) -> Iterator[DemoSite]:
    """The centres of the cells that hold the most incidents; any ground will do where the file has none."""
    near = [one for one in incidents if one.scheme == ground.scheme] or list(incidents)
    cells = Counter((round(one.longitude / CELL[0]), round(one.latitude / CELL[1])) for one in near)
    fullest = sorted(cells, key=lambda cell: (-cells[cell], cell)) or [(0, 0)]
    for place in range(SITES[ground.rank]):
        east, north = fullest[place % len(fullest)]
        yield DemoSite(
            id=f"{ground.provider}-site-{place + 1}",
            scheme=ground.scheme,
            provider=ground.provider,
            name=PLACES[(place + 2 * ground.rank) % len(PLACES)],
            activities=tuple(kind.value for kind in (A.ASB_WORKSHOP, *WORK[ground.rank])),
            longitude=round(east * CELL[0], 4),
            latitude=round(north * CELL[1], 4),
            suits_children=place != SITES[0] - 1,
        )


def _slots(ground: _Ground, sites: Sequence[DemoSite]) -> Iterator[DemoSlot]:
    for ahead in range(MONTHS_OF_SLOTS.days):
        day = ground.opens_on + timedelta(days=ahead)
        for number, (kind, starts, hours) in enumerate(_day(ground, day, ahead)):
            site = sites[0] if kind is A.ASB_WORKSHOP else sites[(ahead + number) % len(sites)]
            starts_at = datetime.combine(day, starts, tzinfo=LONDON)
            few = kind is not A.ASB_WORKSHOP
            yield DemoSlot(
                id=f"{ground.provider}-{day:%m%d}-{number + 1:02}",
                scheme=ground.scheme,
                provider=ground.provider,
                site=site.id,
                activity=kind.value,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=hours),
                capacity=ground.draw.whole(1, 4, "capacity", ground.provider, ahead, number) if few else 4,
                supervisor=f"{ground.provider}-supervisor-{number % 3 + 1}",
            )


def _day(ground: _Ground, day: date, ahead: int) -> Iterator[tuple[ActivityKind, time, int]]:
    weekend = day.weekday() >= SATURDAY
    work = WORK[ground.rank]
    for _ in range(ground.shares):
        for starts, hours in WEEKEND_WORKSHOPS if weekend else WORKSHOPS:
            yield A.ASB_WORKSHOP, starts, hours
        for kind in work:
            for starts, hours in WEEKEND_WORK if weekend else WEEKDAY_WORK:
                yield kind, starts, hours
        if not weekend:
            yield work[ahead % len(work)], *LONG_DAY


def _caseworkers(ground: _Ground, referrals: int) -> Iterator[DemoCaseworker]:
    """One in three is not cleared for children; two know a participant of the demo."""
    for number in range(1, CASEWORKERS[ground.rank] * ground.shares + 1):
        known = number <= 2  # noqa: PLR2004 - two of them
        knows = (ground.draw.whole(1, referrals, "knows", ground.provider, number),) if known else ()
        yield DemoCaseworker(
            id=f"{ground.provider}-caseworker-{number}",
            scheme=ground.scheme,
            provider=ground.provider,
            works_with_children=number % 3 != 0,
            max_cases=MOST_CASES[ground.rank],
            knows=knows,
        )


def _users(register: Register, grounds: Sequence[_Ground]) -> Iterator[DemoUser]:
    for ground in grounds:
        for role in STAFF_ROLES:
            name = f"{ground.provider}-{role.replace('_', '-')}-1"
            yield DemoUser(login=name, scheme=ground.scheme, organisation=ground.provider, role=role, staff_id=name)
    for row in register.rows:
        if row.kind.value == Role.EVALUATOR.value:
            yield DemoUser(login=row.slug, scheme=row.scheme, organisation=row.slug, role=Role.EVALUATOR)
