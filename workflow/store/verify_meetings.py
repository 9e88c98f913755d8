"""Find bookings that bring together two people who must not meet: one place, times that overlap (domain.md 1.4, R3)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.store.report import FaultKind, Report

Person = tuple[str, UUID]
Apart = Mapping[Person, frozenset[UUID]]


class Booked(NamedTuple):
    """A session still to come or to be recorded, of somebody who must not meet somebody."""

    person: Person
    case_id: UUID
    session: Session


async def read_apart(connection: asyncpg.Connection) -> Apart:
    """Return whom each participant must not meet, by scheme and token."""
    apart: dict[Person, set[UUID]] = defaultdict(set)
    for row in await connection.fetch("SELECT tenant, participant, other FROM kept_apart"):
        apart[row["tenant"], row["participant"]].add(row["other"])
    return {person: frozenset(others) for person, others in apart.items()}


def booked_by(case: Case, apart: Apart) -> Iterator[Booked]:
    """Yield the open sessions of a case whose participant must not meet somebody."""
    person = (case.tenant, case.participant)
    if person in apart and not case.ended:
        yield from (Booked(person, case.id, session) for session in case.open_sessions)


def check_meetings(report: Report, apart: Apart, booked: Sequence[Booked]) -> None:
    """Name each pair of bookings once, by cases and sessions; nobody's name is known here."""
    of: dict[Person, list[Booked]] = defaultdict(list)
    for one in booked:
        of[one.person].append(one)
    for one in booked:
        tenant, _ = one.person
        for other in (other for name in sorted(apart[one.person], key=str) for other in of.get((tenant, name), ())):
            if one.session.id < other.session.id and _meet(one.session, other.session):
                subject = f"{one.case_id}/{one.session.id}, {other.case_id}/{other.session.id}"
                report.add(FaultKind.MEETING, subject, "two who must not meet are booked at one place and time")


def _meet(one: Session, other: Session) -> bool:
    return one.site == other.site and one.starts_at < other.ends_at and other.starts_at < one.ends_at
