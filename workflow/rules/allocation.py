"""Who may have a case, and who had better: hard constraints, then a score whose parts are said in words.

Vetting for children, room for one more case, nobody known to the worker (domain.md 10 row 6).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.case.case import Case
from workflow.rules.facts import Caseworker

NOT_OF_PROVIDER = "caseworker_unknown"
NOT_VETTED = "caseworker_not_vetted"
FULL = "caseworker_full"
CONFLICT = "conflict_of_interest"
ROOM_COUNTS, SPECIALISM_COUNTS = 100, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Suitable:
    """A caseworker who may have the case; a higher score is better, and `why` says its parts."""

    caseworker: str
    score: int
    why: tuple[str, ...]


def barred(worker: Caseworker, case: Case) -> str | None:
    """Why a caseworker may not have the case, as a code; load is counted in open cases (domain.md 10 row 6)."""
    if worker.provider != case.provider:
        return NOT_OF_PROVIDER
    if case.is_child and not worker.works_with_children:
        return NOT_VETTED
    if worker.knows & {case.participant, *(person.token for person in case.affected)}:
        return CONFLICT
    return FULL if worker.open_cases >= worker.max_cases else None


def ranked(workers: Iterable[Caseworker], case: Case) -> tuple[Suitable, ...]:
    """Everybody who may have the case, best first; equals in order of their ids, so that the answer is one."""
    suitable = (scored(worker, case) for worker in workers if barred(worker, case) is None)
    return tuple(sorted(suitable, key=lambda one: (-one.score, one.caseworker)))


def proposed(workers: Iterable[Caseworker], case: Case) -> Suitable | None:
    """The best of those who do not have the case already; None where nobody may have it."""
    return next(iter(ranked((worker for worker in workers if worker.id != case.caseworker), case)), None)


def scored(worker: Caseworker, case: Case) -> Suitable:
    """What speaks for a caseworker, barred or not: room is worth most, then being there for children or for adults."""
    free = worker.max_cases - worker.open_cases
    fits = worker.works_with_children is case.is_child
    why = (f"has {worker.open_cases} of at most {worker.max_cases} cases", _vetting(worker, case), "knows nobody in it")
    score = ROOM_COUNTS * free // max(worker.max_cases, 1) + (SPECIALISM_COUNTS if fits else 0)
    return Suitable(caseworker=worker.id, score=score, why=why)


def _vetting(worker: Caseworker, case: Case) -> str:
    if case.is_child:
        return "is cleared to work with children"
    return "could also take a child's case" if worker.works_with_children else "works with adults alone"
