"""The checker: promises P1 to P8 held against what was read after a run; a pure function that asks nobody."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.demo.matching import Evidence, judge
from tests.faults.letters import Letter

PROMISES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8")
RECEIPTS = {
    "received": {"applied", "repeated"},
    "rejected": {"rejected", "repeated"},
    "conflicting": {"conflicting"},
    "done": {"applied", "repeated"},
    "refused": {"refused", "repeated"},
}
Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Move:
    """A position that moved; one `by` somebody else than a worker begins a new reading."""

    by: str
    topic: str
    partition: int
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A timer as it was set once: when it ended, by which transaction, and the facts that its firing put there."""

    name: str
    due_at: object
    ended_by: tuple[str, ...] = ()
    fired: Sequence[tuple[object, str]] = ()


@dataclass(frozen=True, kw_only=True)
class History:
    """All that was read: ledger, tables, topics, mailbox, and what the database's own watchers wrote.

    `effects` counts, a message, the facts of the kind that it puts there; `left` is what waited at the end,
    and `undecided` how many messages left, or did not, when a notifier died: they are listed for a person.
    """

    evidence: Evidence
    letters: Mapping[Key, Letter]
    ledger: Mapping[Key, str | None]
    accounted: Sequence[tuple[str, str, str]]
    effects: Mapping[Key, int] = field(default_factory=dict)
    moves: Sequence[Move] = ()
    ends: Mapping[tuple[str, int], int] = field(default_factory=dict)
    broken: Sequence[str] = ()
    left: Mapping[str, int] = field(default_factory=dict)
    timers: Sequence[Setting] = ()
    undecided: int = 0


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What breaks each promise, in words; and the counts that everybody asks for."""

    promises: Mapping[str, Sequence[str]]
    lost: int
    doubled: int
    over_capacity: int
    out_of_order: int
    stuck: int

    @property
    def sound(self):
        """Whether every promise was kept."""
        return not self.over_capacity and not any(self.promises.values())


def check(history):
    """Return what breaks each promise."""
    matched = judge(history.evidence)
    effects = list(_effects(history))
    records = [one for one in matched.every if one.startswith("record ")]
    messages = [one for one in (*matched.lost, *matched.doubled) if one not in records]
    promises = {
        "P1": [*messages, *effects, *matched.over_capacity],
        "P2": matched.gaps,
        "P3": [*records, *matched.out_of_order],
        "P4": list(history.broken),
        "P5": [*_accounts(history), *_readings(history)],
        "P6": [*_left(history)],
        "P7": [wrong for one in history.timers for wrong in _timer(one)],
        "P8": list(_receipts(history)),
    }
    lost = len(matched.lost) + sum("no effect" in one or "never" in one for one in (*effects, *promises["P5"]))
    doubled = len(matched.doubled) + sum("times" in one for one in effects)
    return Verdict(
        promises=promises,
        lost=lost,
        doubled=doubled,
        over_capacity=len(matched.over_capacity),
        out_of_order=len(matched.gaps) + len(matched.out_of_order),
        stuck=len(promises["P6"]),
    )


def _effects(history):
    """What was applied left its fact once; what was not, never."""
    dispositions = {(source, number): found for source, number, found in history.accounted}
    for key, letter in history.letters.items():
        if letter.effect is None:
            continue
        found = history.effects.get((letter.source, letter.message_id), 0)
        if dispositions.get(key) == "applied" and not found:
            yield f"{letter.number}: applied, and no effect"
        if found > 1 or (found and dispositions.get(key) not in {"applied", None}):
            yield f"{letter.number}: {letter.effect} {found} times, and counted as {dispositions.get(key)}"


def _accounts(history):
    """Each sending in the ledger has one disposition, one that it may have, and there is no other."""
    found = defaultdict(list)
    for source, number, disposition in history.accounted:
        found[source, number].append(disposition)
    for key in history.ledger:
        became = found.get(key, [])
        if not became:
            yield f"{key[1]} was never accounted for"
        elif len(became) > 1 or became[0] not in history.letters[key].becomes:
            yield f"{key[1]} became {', '.join(became)}"
    yield from (f"{number} of {source} is in no ledger" for source, number in found.keys() - history.ledger.keys())


def _readings(history):
    """Each reading of a partition takes every record once: its moves join without gap or overlap, from 0 to the end."""
    at = dict.fromkeys(history.ends, 0)
    for move in history.moves:
        place = move.topic, move.partition
        if move.by != "amends_worker":
            at[place] = move.after
            continue
        if move.before != at.get(place, 0) or move.after <= move.before:
            yield f"{move.topic}:{move.partition} read from {move.before} to {move.after}, not from {at.get(place, 0)}"
        at[place] = move.after


def _left(history):
    """What waits although all had time to come to rest: records unread, records unpublished, timers unfired."""
    at = {(move.topic, move.partition): move.after for move in history.moves}
    for place, end in history.ends.items():
        if at.get(place, 0) != end:
            yield f"{place[0]}:{place[1]} was read to {at.get(place, 0)} of {end}"
    yield from (f"{count} {what} left" for what, count in history.left.items() if count)


def _timer(setting):
    """A timer fires once, not before it is due, in the transaction that takes it away; or never."""
    times = Counter(transaction for _, transaction in setting.fired)
    if len(setting.ended_by) > 1 or len(times) > 1 or any(count > 1 for count in times.values()):
        yield f"{setting.name} ended {len(setting.ended_by)} times and fired {times.total()} times"
    if any(at < setting.due_at for at, _ in setting.fired):
        yield f"{setting.name} fired before {setting.due_at}"
    if any(transaction not in setting.ended_by for transaction in times):
        yield f"{setting.name} fired, and was also cancelled or left"


def _receipts(history):
    """What the ledger holds a receipt of is in the database, as the receipt says."""
    found = {(source, number): disposition for source, number, disposition in history.accounted}
    for key, status in history.ledger.items():
        if status is not None and found.get(key) not in RECEIPTS[status]:
            yield f"{key[1]} was receipted as {status} and is {found.get(key, 'unknown')}"
