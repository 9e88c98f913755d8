"""The simulator's reference data as the store takes it: one mapping for the demo and for a scheme to play with."""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from deploy.simulate.reference import DemoCaseworker, DemoUser, ReferenceData
from deploy.stack.people import Engaged
from deploy.stack.reference import StartingData, StartingUser
from schemas.vocabulary import ActivityKind
from workflow.rules.facts import Caseworker, Organisation, Site, Slot

T = TypeVar("T")


def nobody_known(_: DemoCaseworker) -> frozenset[UUID]:
    """Return the tokens of the people whom a caseworker knows where no referral is planned."""
    return frozenset()


def invented_data(
    reference: ReferenceData, *, knows: Callable[[DemoCaseworker], frozenset[UUID]] = nobody_known
) -> StartingData:
    """Return organisations, sites, slots and staff; `knows` leads to the tokens of people with whom one has to do."""
    organisations = (
        Organisation(slug=row.slug, tenant=row.scheme, kind=row.kind, name=row.name, area=row.area)
        for row in reference.organisations
    )
    return StartingData(
        organisations=tuple(organisations),
        sites=_by_scheme(reference.sites, _site),
        slots=_by_scheme(reference.slots, _slot),
        caseworkers=_by_scheme(reference.caseworkers, lambda row: _caseworker(row, knows(row))),
    )


def invented_user(user: DemoUser, password: str) -> StartingUser:
    """Return somebody who may sign in with this password, in his or her one engagement."""
    engaged = Engaged(organisation=user.organisation, role=user.role, staff_id=user.staff_id)
    return StartingUser(login=user.login, password=password, engagements=(engaged,))


def _by_scheme(rows: Iterable[Any], made: Callable[[Any], T]) -> Mapping[str, tuple[T, ...]]:
    ordered = sorted(rows, key=lambda row: (row.scheme, row.id))
    return {scheme: tuple(map(made, group)) for scheme, group in groupby(ordered, key=lambda row: row.scheme)}


def _site(row: Any) -> Site:
    return Site(
        id=row.id,
        name=row.name,
        provider=row.provider,
        activities=frozenset(ActivityKind(kind) for kind in row.activities),
        longitude=row.longitude,
        latitude=row.latitude,
        suits_children=row.suits_children,
    )


def _slot(row: Any) -> Slot:
    return Slot(
        id=row.id,
        site=row.site,
        provider=row.provider,
        activity=ActivityKind(row.activity),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        capacity=row.capacity,
        supervisor=row.supervisor,
    )


def _caseworker(row: DemoCaseworker, knows: frozenset[UUID]) -> Caseworker:
    return Caseworker(
        id=row.id,
        provider=row.provider,
        works_with_children=row.works_with_children,
        max_cases=row.max_cases,
        open_cases=0,
        knows=knows,
    )
