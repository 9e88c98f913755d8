"""What holds after every rehearsal: events tell the case, no secret left the vault, an ended case has no clock left."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from deploy.rehearse.ground import Ground
from deploy.rehearse.player import Played
from schemas.vocabulary import ClockStatus
from workflow.case.case import Case
from workflow.case.evolve import fold

# Written by hand from domain.md section 5; the code never reads it.
PERSONAL = frozenset(
    {
        *("given_name", "family_name", "name", "organisation_name", "birth_date", "phone", "email", "address"),
        *("postcode", "uprn", "parent_uprn", "longitude", "latitude", "from", "to"),
        *("incident_number", "occurrence_number", "urn", "pnc_id", "referrer_reference"),
        *("tenancy_reference", "assessment_reference", "recorded_by", "decided_by", "by", "worker"),
        *("text", "description", "terms", "supporter", "times", "reason", "note", "views", "answers"),
        *("threat", "harm", "risk", "investigation", "vulnerability", "engagement"),
    }
)
A_WORD_OF_OURS = re.compile(r"[a-z_][a-z0-9_]*")
SHORTEST = 3
# Longer than any clock runs.
FOR_EVER = timedelta(days=3650)


def personal_values(played: Played) -> frozenset[str]:
    """Every personal value that was sent or asked with in a rehearsal."""
    asked = (command.model_dump(mode="json") for command in played.commands)
    texts = (text for part in (*played.referrals, *asked) for text in _texts(part, inside=False))
    return frozenset(text for text in texts if len(text) >= SHORTEST and not A_WORD_OF_OURS.fullmatch(text))


def _texts(value: Any, *, inside: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _texts(part, inside=inside or key in PERSONAL)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, inside=inside)
    elif inside and isinstance(value, str | float):
        yield str(value)


def leaks(values: Iterable[str], records: Iterable[str]) -> list[str]:
    """The values that stand in any record, whatever the case of their letters; a part of a word is no value."""
    text = "\n".join(records).casefold()
    return sorted(value for value in values if re.search(rf"(?<![\w-]){re.escape(value.casefold())}(?![\w-])", text))


async def faults(played: Played, ground: Ground) -> list[str]:
    """What of the properties does not hold."""
    records = [
        " ".join((record.topic, repr(record.headers), record.key.decode(), record.value.decode()))
        for _, record in await ground.outward(played.tenant)
    ]
    found = []
    async with ground.store.work(played.tenant) as work:
        stored = await work.cases(played.tenant, played.cases.values())
        for name, case_id in played.cases.items():
            history = await work.history(played.tenant, case_id)
            records += [f"{one.envelope} {one.fact.model_dump_json()}" for one in history]
            if fold(history) != stored[case_id]:
                found.append(f"the events of {name} tell another case than the stored one")
            if stored[case_id].ended:
                found += [f"{name} has ended, and {what}" for what in await _left_going(stored[case_id], ground)]
    return [*found, *(f"a personal value left the vault: {value}" for value in leaks(personal_values(played), records))]


async def _left_going(case: Case, ground: Ground) -> list[str]:
    """What still runs or waits in a case that has ended (domain.md 13.9)."""
    timers = await ground.due(case.tenant, case.received_at + FOR_EVER)
    waiting = [f"{timer.fired.name} is set" for timer in timers if timer.fired.case_id == case.id]
    running = [f"{clock.name} from {clock.origin} runs" for clock in case.clocks if clock.shown is ClockStatus.RUNNING]
    return [*waiting, *running]
