"""Places and loads that a transaction has claimed or given back, laid over what the database shows of them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from workflow.machine.decision import Claim, ClaimLoad, ClaimPlace, ReleasePlace
from workflow.rules.facts import Caseworker, Facts, Slot


@dataclass(slots=True)
class Claimed:
    """What became of each place that was touched (None: given back), and how many cases each caseworker gained."""

    places: dict[str, dict[int, UUID | None]] = field(default_factory=dict)
    loads: Counter[str] = field(default_factory=Counter)

    def note(self, case_id: UUID, claims: Iterable[Claim]) -> None:
        """Add the claims of a decision, in the order in which they were made."""
        for claim in claims:
            if isinstance(claim, ClaimPlace | ReleasePlace):
                holder = case_id if isinstance(claim, ClaimPlace) else None
                self.places.setdefault(claim.slot, {})[claim.place] = holder
            else:
                self.loads[claim.caseworker] += 1 if isinstance(claim, ClaimLoad) else -1

    def laid_over(self, facts: Facts) -> Facts:
        """Return the facts as they are with these claims; the same ones where none of the claims is about them."""
        slots, workers = self._slots(facts.slots), self._caseworkers(facts.caseworkers)
        if slots is facts.slots and workers is facts.caseworkers:
            return facts
        return replace(facts, slots=slots, caseworkers=workers)

    def _slots(self, slots: Mapping[str, Slot]) -> Mapping[str, Slot]:
        touched = self.places.keys() & slots.keys()
        return {**slots, **{name: self._slot(slots[name]) for name in touched}} if touched else slots

    def _slot(self, slot: Slot) -> Slot:
        taken = {**slot.taken, **self.places[slot.id]}
        return replace(slot, taken={place: case_id for place, case_id in taken.items() if case_id is not None})

    def _caseworkers(self, workers: tuple[Caseworker, ...]) -> tuple[Caseworker, ...]:
        if not any(self.loads[worker.id] for worker in workers):
            return workers
        return tuple(replace(worker, open_cases=worker.open_cases + self.loads[worker.id]) for worker in workers)
