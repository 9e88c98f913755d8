"""Lost, doubled, over capacity, out of order? Ids matched between ledger, tables, topics and mailbox; a pure function.

Nothing here leans on a constraint that forbids the fault: a table that lost its constraint would be counted the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was read: from the ledger file, the tables, the topics from offset zero, and the mailbox.

    `accepted` are (source, message id) that were receipted as received; `opened` the same of every case that a
    referral opened; `kept` and `published` map a record's id to a digest of its bytes, one entry a copy for the latter;
    `personal` are ids of notices to people; `delivered` the ids of messages in the mailbox, one entry a message.
    `numbered` are (case, sequence) of the facts kept, `told` the same of their copies in the order of their topic;
    `booked` are (slot, session) of sessions that hold a place, of as many as `capacity` gives their slot.
    """

    accepted: Sequence[tuple[str, str]]
    opened: Sequence[tuple[str, str]]
    kept: Mapping[str, str]
    published: Sequence[tuple[str, str]]
    personal: frozenset[str] = frozenset()
    delivered: Sequence[str] = ()
    numbered: Sequence[tuple[str, int]] = ()
    told: Sequence[tuple[str, int]] = ()
    booked: Sequence[tuple[str, str]] = ()
    capacity: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Verdict:
    """Each thing that is wrong, by what it is."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    over_capacity: list[str] = field(default_factory=list)

    @property
    def every(self) -> list[str]:
        """All that is wrong."""
        return [*self.lost, *self.doubled, *self.gaps, *self.out_of_order, *self.over_capacity]


def judge(evidence: Evidence) -> Verdict:
    """Return what is wrong."""
    verdict = Verdict()
    _referrals(evidence, verdict)
    _records(evidence, verdict)
    _messages(evidence, verdict)
    verdict.gaps += [*_gaps("kept", evidence.numbered), *_gaps("told", dict.fromkeys(evidence.told))]
    _order(evidence, verdict)
    _places(evidence, verdict)
    return verdict


def _referrals(evidence: Evidence, verdict: Verdict) -> None:
    opened = Counter(evidence.opened)
    verdict.lost += [
        f"referral {source} {name}" for source, name in _each(evidence.accepted) if not opened[source, name]
    ]
    verdict.doubled += [f"referral {source} {name}" for (source, name), times in opened.items() if times > 1]


def _records(evidence: Evidence, verdict: Verdict) -> None:
    """A copy of the same bytes is allowed (at least once); other bytes under one id are a second record."""
    digests: dict[str, set[str]] = {}
    for name, digest in evidence.published:
        digests.setdefault(name, set()).add(digest)
    verdict.lost += [
        f"record {name}" for name, digest in evidence.kept.items() if digest not in digests.get(name, set())
    ]
    verdict.doubled += [f"record {name}" for name, found in digests.items() if len(found) > 1]


def _messages(evidence: Evidence, verdict: Verdict) -> None:
    delivered = Counter(evidence.delivered)
    verdict.lost += [f"message {name}" for name in sorted(evidence.personal) if not delivered[name]]
    verdict.doubled += [f"message {name}" for name, times in delivered.items() if times > 1]


def _gaps(where: str, facts: Iterable[tuple[str, int]]) -> Iterable[str]:
    """Name each case whose facts are not numbered 1, 2, 3 and so on, each number once."""
    numbers: dict[str, list[int]] = {}
    for case, sequence in facts:
        numbers.setdefault(case, []).append(sequence)
    for case, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"{where} facts of {case}: {sorted(found)}"


def _order(evidence: Evidence, verdict: Verdict) -> None:
    """First copies come in the order of their numbers; a repeated copy may come at any time."""
    latest: dict[str, int] = {}
    for case, sequence in dict.fromkeys(evidence.told):
        if sequence < latest.get(case, 0):
            verdict.out_of_order.append(f"fact {case}/{sequence} after {latest[case]}")
        latest[case] = max(sequence, latest.get(case, 0))


def _places(evidence: Evidence, verdict: Verdict) -> None:
    taken = Counter(slot for slot, _ in dict.fromkeys(evidence.booked))
    verdict.over_capacity += [
        f"slot {slot}: {times} booked of {evidence.capacity.get(slot, 0)}"
        for slot, times in taken.items()
        if times > evidence.capacity.get(slot, 0)
    ]


def _each(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys(pairs)
