"""Was anything lost or doubled? Ids matched one by one between ledger, tables, topics and mailbox; a pure function.

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
    """

    accepted: Sequence[tuple[str, str]]
    opened: Sequence[tuple[str, str]]
    kept: Mapping[str, str]
    published: Sequence[tuple[str, str]]
    personal: frozenset[str] = frozenset()
    delivered: Sequence[str] = ()


@dataclass(slots=True)
class Verdict:
    """Each thing lost or doubled, by what it is."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def judge(evidence: Evidence) -> Verdict:
    """Return what was lost and what was doubled."""
    verdict = Verdict()
    _referrals(evidence, verdict)
    _records(evidence, verdict)
    _messages(evidence, verdict)
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


def _each(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys(pairs)
