"""A slot that is asked for, and what the rules of booking look at."""

from datetime import datetime
from typing import NamedTuple

from schemas.vocabulary import AgeBand, Purpose
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.rules.agreement import band_at
from workflow.rules.calendar import local_day
from workflow.rules.credit import ATTENDED, counts_towards_hours
from workflow.rules.facts import Facts, Site, Slot
from workflow.rules.refusals import Reason, Refusal
from workflow.schemes.parts import BandHours


class Asked(NamedTuple):
    """A slot asked for at a time, for a new session or for one that moves."""

    case: Case
    slot: Slot
    facts: Facts
    happened: datetime
    moving: Session | None = None

    @property
    def site(self) -> Site:
        """Where the slot is."""
        return self.facts.sites[self.slot.site]

    @property
    def band(self) -> AgeBand:
        """The age on the day of the session sets supervision and hours (domain.md 13.11)."""
        return band_at(self.case, self.facts.birth_date, local_day(self.slot.starts_at))

    @property
    def hours(self) -> BandHours:
        """What that age may work (domain.md 6.4)."""
        return self.facts.policy.age_bands[self.band]

    @property
    def others(self) -> tuple[Session, ...]:
        """The sessions that were or are to be worked, without the one that moves."""
        held = (session for session in self.case.sessions if session != self.moving and not session.cancelled)
        return tuple(session for session in held if session.outcome is None or session.outcome in ATTENDED)

    def minutes_with(self, others: tuple[Session, ...]) -> int:
        """Minutes of elapsed time of this slot and of those sessions."""
        return self.slot.minutes + sum(int((s.ends_at - s.starts_at).total_seconds() // 60) for s in others)


def counts_for(case: Case, slot: Slot) -> bool:
    """Whether minutes in the slot use up authorised ones: not a workshop's (contracts section 8, domain.md 13.4)."""
    purposes = {part.purpose for part in case.plan if part.activity is slot.activity}
    return counts_towards_hours(slot.activity) and Purpose.REHABILITATION not in purposes


REASONS = {
    "slot_unknown": Reason(
        rule="A session is booked in a slot of the case's own provider.", remedy="Choose a slot from the list."
    ),
}


def the_slot(case: Case, slot_id: str, facts: Facts) -> Slot:
    """Return the slot of that id; another provider's does not exist here."""
    slot = facts.slots.get(slot_id)
    if slot is None or slot.provider != case.provider or slot.site not in facts.sites:
        raise Refusal("slot_unknown")
    return slot
