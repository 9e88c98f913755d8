"""The summary of a demo, with the keys of contracts section 5: from the ledger, the database and the topics alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from schemas import topics
from schemas.vocabulary import ClockOrigin, ClockStatus
from workflow.case.case import Case
from workflow.rules.credit import Became, became

DISPOSITIONS = {
    "received": "applied",
    "repeated": "repeated",
    "conflicting": "conflicting",
    "rejected": "rejected",
    "quarantined": "quarantined",
}
START = "start_48h"
WARNINGS = {
    "warned": "case.warning.issued",
    "final_warned": "case.final_warning.issued",
    "withdrawn": "case.warning.withdrawn",
}
AUDIENCES = {
    "affected_person": topics.NOTICES_AFFECTED_PERSON,
    "participant": topics.NOTICES_PARTICIPANT,
    "police": "notices.police.",
    "youth_justice": "notices.youth-justice.",
    "housing": "notices.housing.",
}


def referrals_part(sent: int, dispositions: Iterable[str]) -> dict[str, int]:
    """Count distinct sendings by what became of each; `sent` is the ledger's, the rest the database's."""
    found = Counter(dispositions)
    return {"sent": sent, **{name: found[kind] for name, kind in DISPOSITIONS.items()}}


def cases_part(cases: Iterable[Case]) -> dict[str, Any]:
    """Count cases by state, door, basis and kind of agency."""
    every = tuple(cases)
    return {
        "total": len(every),
        "by_state": _counted(case.state for case in every),
        "by_door": _counted(case.door for case in every),
        "by_basis": _counted(case.basis for case in every),
        "by_agency_kind": _counted(case.governing.kind for case in every),
        "children": sum(case.is_child for case in every),
    }


def clocks_part(cases: Iterable[Case]) -> dict[str, Any]:
    """Return one row a scheme and origin; each row sums to the scheme's cases."""
    every = tuple(cases)
    schemes = sorted({case.tenant for case in every})
    rows = [
        _clock_row([c for c in every if c.tenant == scheme], scheme, at) for scheme in schemes for at in ClockOrigin
    ]
    return {START: rows}


def _clock_row(cases: Iterable[Case], scheme: str, origin: ClockOrigin) -> dict[str, Any]:
    statuses = Counter(_status(case, origin) for case in cases)
    return {"scheme": scheme, "origin": str(origin), **{str(status): statuses[status] for status in _ORDER}}


_ORDER = (
    ClockStatus.MET,
    ClockStatus.MISSED,
    ClockStatus.RUNNING,
    ClockStatus.ENDED_UNSTARTED,
    ClockStatus.NOT_APPLICABLE,
)


def _status(case: Case, origin: ClockOrigin) -> ClockStatus:
    clock = case.clock(START, origin)
    return clock.status if clock else ClockStatus.NOT_APPLICABLE


def work_part(cases: Iterable[Case]) -> dict[str, Any]:
    """Count minutes and sessions; booked = attended + missed + cancelled by the provider."""
    every = tuple(cases)
    sessions = Counter(became(session) for case in every for session in case.sessions)
    return {
        "minutes": {
            "authorised": sum(case.authorised_minutes for case in every),
            "credited": sum(case.credited_minutes for case in every),
        },
        "sessions": {
            "booked": sum(sessions.values()),
            "attended": sessions[Became.ATTENDED],
            "missed": sessions[Became.MISSED],
            "cancelled_by_provider": sessions[Became.CANCELLED_BY_PROVIDER],
        },
    }


def warnings_part(types: Mapping[str, int]) -> dict[str, int]:
    """Count the ladder's steps by the facts of each type."""
    return {name: types.get(wire, 0) for name, wire in WARNINGS.items()}


def notices_part(ids_by_topic: Mapping[str, set[str]]) -> dict[str, int]:
    """Count distinct notices by audience; receipts are answers to a sender and count with its notices."""
    return by_audience({topic: len(ids) for topic, ids in ids_by_topic.items()})


def by_audience(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by topic as counts by audience; what is no notice counts with none."""
    return {
        name: sum(count for topic, count in counts.items() if topic.startswith(place))
        for name, place in AUDIENCES.items()
    }


def readable(summary: Mapping[str, Any]) -> str:
    """Return a summary for people: a line a part, and a line a clock."""
    return "\n".join(line for name, part in summary.items() for line in _lines(name, part))


def _lines(name: str, part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        deep = {word: value for word, value in part.items() if isinstance(value, Mapping | list)}
        flat = [f"{word} {value}".replace("_", " ") for word, value in part.items() if word not in deep]
        if flat:
            yield f"{name:<18} {', '.join(flat)}".replace("_", " ")
        for word, value in deep.items():
            yield from _lines(word if name == "clocks" else f"{name} {word}", value)
    elif isinstance(part, list):
        for row in part:
            words = [value for value in row.values() if isinstance(value, str)]
            yield from _lines(" ".join((name, *words)), {w: value for w, value in row.items() if value not in words})
    else:
        yield f"{name:<18} {part}"


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(str(word) for word in words).items()))
