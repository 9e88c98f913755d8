"""When each clock and limit of a case passes, from what the vault opened (domain.md 13.1, 13.9, R5, R7, R8, R9)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from schemas.vocabulary import Authority, Basis, ClockOrigin
from workflow.case.case import Case
from workflow.rules.calendar import Calendar, local_day, start_of_day
from workflow.rules.clocks import NOT_PAUSED, due_at, warn_at
from workflow.rules.facts import Facts
from workflow.rules.limits import Pause, limit_due, may_pause, return_by
from workflow.schemes import PolicyVersion
from workflow.schemes.parts import Limit

START = "start_48h"
LIMITATION = "limitation"
COMPLETE_BY = "complete_by"
# Limits that the referrer supplies by date, and whose they are; a supplied date never moves (domain.md 13.2).
SUPPLIED: Mapping[str, Authority] = {LIMITATION: Authority.STATUTE, COMPLETE_BY: Authority.CONTRACT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The instants (UTC) at which a clock is near its end, at its end, and told of as missed; and whose it is."""

    at: datetime
    warn_at: datetime
    tell_at: datetime
    authority: Authority


# Without slots, so that the limits are worked out once, however often a decision asks.
@dataclass(frozen=True, kw_only=True)
class Dues:
    """All that the due times of one case follow from; `supplied` are instants at which a given date is over."""

    policy: PolicyVersion
    basis: Basis
    calendar: Calendar
    origins: Mapping[ClockOrigin, datetime | None]
    supplied: Mapping[str, datetime]
    pauses: tuple[Pause, ...] = ()

    def of(self, name: str, origin: ClockOrigin | None) -> Due | None:
        """When that clock passes; None where nobody supplied what it counts from (domain.md 13.9)."""
        if name == START:
            return self._start(origin)
        return self._known.get(name)

    def waits(self, name: str) -> bool:
        """Whether a pause of the case holds this clock; statute and supplied dates never wait (domain.md 13.1)."""
        if name == START:
            return self.policy.clocks.start_48h.pauses
        limit = self._limit(name)
        return limit is not None and may_pause(limit)

    def limits(self) -> Iterator[str]:
        """Name the limits whose due time is known."""
        yield from self._known

    @cached_property
    def _known(self) -> Mapping[str, Due]:
        """When each limit passes whose due time is known."""
        basis = self.policy.bases.get(self.basis)
        limits = () if basis is None else basis.limits
        dues = {limit.name: self._limit_due(limit) for limit in limits if limit.name not in SUPPLIED}
        dues |= {name: self._supplied(name) for name in SUPPLIED}
        return {name: due for name, due in dues.items() if due is not None}

    @property
    def _grace(self) -> timedelta:
        """How long late paperwork may disprove a breach before people outside hear of it (domain.md 13.26)."""
        return timedelta(minutes=self.policy.grace_minutes)

    def _limit(self, name: str) -> Limit | None:
        basis = self.policy.bases.get(self.basis)
        return None if basis is None else basis.limit(name)

    def _start(self, origin: ClockOrigin | None) -> Due | None:
        since = None if origin is None else self.origins.get(origin)
        if since is None:
            return None
        clock, rested = self.policy.clocks.start_48h, NOT_PAUSED
        for pause in self.pauses:
            # A pause that began after the hours were over gives none of them back.
            if pause.started_at < due_at(since, clock, paused=rested):
                rested += pause.ended_at - pause.started_at
        due = due_at(since, clock, paused=rested)
        return Due(at=due, warn_at=warn_at(due, clock), tell_at=due + self._grace, authority=Authority.POLICY)

    def _supplied(self, name: str) -> Due | None:
        passes_at = self.supplied.get(name)
        return None if passes_at is None else self._with_lead(passes_at, SUPPLIED[name])

    def _limit_due(self, limit: Limit) -> Due | None:
        since = self.origins.get(limit.origin)
        if since is None:
            return None
        counted: tuple[Pause, ...] = ()
        for pause in self.pauses:
            if pause.started_at < limit_due(limit, since, self.calendar, pauses=counted).passes_at:
                counted = (*counted, pause)
        return self._with_lead(limit_due(limit, since, self.calendar, pauses=counted).passes_at, limit.authority)

    def _with_lead(self, passes_at: datetime, authority: Authority) -> Due:
        """Warn so many days ahead that a failing case still goes back in time (domain.md 10 row 15)."""
        last_day = local_day(passes_at - timedelta(microseconds=1))
        warn = start_of_day(return_by(last_day, self.policy.return_lead_days))
        return Due(at=passes_at, warn_at=warn, tell_at=passes_at + self._grace, authority=authority)


def dues_of(case: Case, facts: Facts, at: datetime) -> Dues:
    """Gather what a case's due times follow from; a pause that is still on counts up to `at`."""
    spans = case.pauses if case.paused_at is None else (*case.pauses, (case.paused_at, max(at, case.paused_at)))
    return Dues(
        policy=facts.policy,
        basis=case.basis,
        calendar=facts.calendar,
        origins=facts.origins,
        supplied={name: due for name, due in facts.limit_origins.items() if name in SUPPLIED},
        pauses=tuple(Pause(started_at=began, ended_at=ended) for began, ended in spans),
    )
