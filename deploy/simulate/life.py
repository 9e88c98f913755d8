"""One referral's life as an agenda: each step is taken when its time has come, and may put further steps on it."""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from deploy.simulate.draw import Draw
from deploy.simulate.office import CaseFile, Request, ask, ask_as_agency, refresh
from deploy.simulate.plans import LONDON, ReferralPlan
from deploy.simulate.population import Population
from deploy.simulate.referrals import message_id
from deploy.simulate.world import Stage, World
from schemas.vocabulary import Role

Act = Callable[["Life"], Awaitable[None]]
OFFICE_HOURS = (9, 11, 14, 16)
SUNDAY, SATURDAY, SATURDAY_HOUR = 6, 5, 10


@dataclass(order=True, slots=True)
class _Step:
    when: datetime
    ordinal: int
    act: Act = field(compare=False)
    shared: bool = field(compare=False)
    after_end: bool = field(compare=False)


@dataclass(slots=True)
class Life:
    """What the steps of one life share. `fate` may change on the way; `memory` is for the steps alone."""

    plan: ReferralPlan
    population: Population
    stage: Stage
    world: World
    draw: Draw
    fate: str
    provider: str
    at_end: Callable[["Life"], None] = lambda _: None
    case: CaseFile | None = None
    memory: dict[str, Any] = field(default_factory=dict)
    _agenda: list[_Step] = field(default_factory=list)
    _ordinal: int = 0
    _keys: int = 0

    @property
    def now(self) -> datetime:
        """The present instant, in London."""
        return self.stage.now().astimezone(LONDON)

    @property
    def file(self) -> CaseFile:
        """The case, once it was found."""
        if self.case is None:
            raise LookupError("the case of this life was not found yet")
        return self.case

    def then(self, when: datetime, act: Act, *, shared: bool = False, after_end: bool = False) -> None:
        """Put a step on the agenda; steps of a case that has ended fall away unless they are for after the end."""
        self._ordinal += 1
        heapq.heappush(self._agenda, _Step(when, self._ordinal, act, shared, after_end))

    async def run(self) -> None:
        """Take step after step until none is left."""
        while self._agenda:
            step = heapq.heappop(self._agenda)
            if self._falls_away(step):
                continue
            await self.stage.at(step.when, (self.plan.number, step.ordinal), shared=step.shared)
            await step.act(self)
            if self.case is not None and self.case.ended:
                self.at_end(self)

    def _falls_away(self, step: _Step) -> bool:
        ended = self.case is not None and self.case.ended
        return ended and not step.after_end

    async def ask(self, role: Role, name: str, **data: Any) -> str | None:
        """Ask for a command in a role; None once applied, else the code of the refusal."""
        return await ask(self.world, self.file, self._request(role, name, data))

    async def ask_as_agency(self, name: str, **data: Any) -> str | None:
        """The referring agency asks, about its own referral; the case's version is read again later."""
        request = self._request(Role.TRIAGE, name, data)
        return await ask_as_agency(self.world, self.plan.agency.slug, message_id(self.plan), request)

    async def look(self, role: Role = Role.CASEWORKER) -> dict[str, Any]:
        """Read the case in a role."""
        return dict(await refresh(self.world, self.file, role))

    def often(self, rate: str, *what: object) -> bool:
        """Whether something happens that the population's rate speaks of."""
        return self.draw.chance(self.population.rates[rate], rate, self.plan.number, *what)

    def mixed(self, mix: str, *what: object) -> str:
        """Return one of a mix of the population."""
        return self.draw.weighted(self.population.mixes[mix], mix, self.plan.number, *what)

    def office(self, after: timedelta = timedelta()) -> datetime:
        """Return the next time at which people work on files, so much later at the earliest."""
        return office_time(self.now + after)

    def _request(self, role: Role, name: str, data: dict[str, Any]) -> Request:
        """Each asking of a life has its own number, so that asking again after a kill is the same asking."""
        self._keys += 1
        key = str(self.draw.uuid("step", self.plan.number, self._keys))
        told = {what: _plain(value) for what, value in data.items()}
        return Request(role=role, type=name, data=told, key=key)


def office_time(earliest: datetime) -> datetime:
    """Return the first hour for files at or after an instant: four a weekday, one on Saturday."""
    day = earliest.astimezone(LONDON).replace(minute=0, second=0, microsecond=0, hour=0)
    while True:
        for hour in _hours_on(day):
            if day.replace(hour=hour) >= earliest:
                return day.replace(hour=hour)
        day += timedelta(days=1)


def _hours_on(day: datetime) -> tuple[int, ...]:
    if day.weekday() == SUNDAY:
        return ()
    return (SATURDAY_HOUR,) if day.weekday() == SATURDAY else OFFICE_HOURS


def quarter(instant: datetime) -> datetime:
    """Return the first quarter of an hour at or after an instant."""
    over = timedelta(minutes=instant.minute % 15, seconds=instant.second, microseconds=instant.microsecond)
    return instant if not over else instant - over + timedelta(minutes=15)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
