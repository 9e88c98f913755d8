"""What a rehearsal fills in where a scenario says nothing: printed from the values themselves, so that it is true."""

from collections.abc import Iterator

import yaml

from deploy.rehearse import defaults
from schemas.vocabulary import OrganisationKind

WITHOUT_FILES = "derbyshire"


def explanation() -> str:
    """Return every stated default as a page for a person."""
    return "\n".join(line for part in (_referral(), _people_and_places(), _steps()) for line in part)


def _referral() -> Iterator[str]:
    yield "A referral, unless it says otherwise:"
    yield from _indented(yaml.safe_dump(dict(defaults.REFERRAL), sort_keys=False))
    for kind, door in defaults.DOORS.items():
        more = ", ".join(f"{name} {value}" for name, value in (*door.items(), *defaults.OWN[kind].items()))
        yield f"  from {kind.replace('_', '-')} ({defaults.AGENCIES[kind]}): {more}"
    yield "  The behaviour lies a day before the step; responsibility, decision and disposal two hours."
    yield "  Leave a field out of the referral by setting it to null."


def _people_and_places() -> Iterator[str]:
    yield "Organisations:"
    for row in defaults.organisations(WITHOUT_FILES):
        role = " (takes every new referral)" if row.slug == defaults.PROVIDER else ""
        yield f"  {row.slug}: {OrganisationKind(row.kind).replace('_', ' ')}{role}"
    yield "Caseworkers:"
    for worker in defaults.caseworkers():
        yield f"  {worker.id}: {'works with children' if worker.works_with_children else 'adults only'}"
    yield f"Sites: {', '.join(site.id for site in defaults.sites())}"
    yield f"Activities at each: {', '.join(defaults.WORK)}"
    times = ", ".join(f"{opens:%H:%M} to {closes:%H:%M}" for opens, closes in defaults.SLOT_TIMES)
    yield f"Slots at each site for each activity, every day, two places each: {times} local time."


def _steps() -> Iterator[str]:
    yield "A step without `at` happens at the time of the step above it."
    yield "A step without `by` is done by somebody who may. A session or slot left out is the next that fits:"
    yield "  first the workshop of the plan, once, then the soonest slot that the rules of planning would offer."
    yield "An attendance without times lasts as long as its session; sessions and affected people count from 1."


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {line}" for line in text.splitlines())
