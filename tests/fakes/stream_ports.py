"""The streams' ports over the shelves of a FakeStore; each passes the suite that its SQL adapter passes."""

from workflow.ports import DueTimer, FiredTimer, StalePositionError
from workflow.store.outward import case_event_record
from workflow.store.rows import event_rows, shard_of


class FakeLeases:
    """Names held until `seconds()` says that they are over."""

    def __init__(self, seconds):
        self._seconds = seconds
        self.held = {}

    async def take(self, names, holder, seconds):
        taken = {}
        for name in sorted(set(names)):
            owner, epoch, until = self.held.get(name, (holder, 1, 0.0))
            if owner == holder or until <= self._seconds():
                taken[name] = epoch if owner == holder else epoch + 1
                self.held[name] = (holder, taken[name], self._seconds() + seconds)
        return taken

    async def release(self, names, holder):
        for name in set(names) & self.held.keys():
            owner, epoch, _ = self.held[name]
            if owner == holder:
                self.held[name] = (owner, epoch, float("-inf"))


class FakeOutbox:
    """What waits on the shelves, and is removed under the epochs of the leases."""

    def __init__(self, kept, leases):
        self._kept, self._leases = kept, leases
        self._facts = {}

    async def left(self, after, most):
        waiting = {}
        for place in sorted(self._kept.outbox):
            shard = shard_of(place[0])
            if shard in after and place > after[shard] and len(waiting.get(shard, ())) < most:
                waiting.setdefault(shard, []).append(self.record(place))
        return waiting

    async def remove(self, held, records):
        ours = {shard for shard, epoch in held.items() if self._epoch(shard) == epoch}
        for one in records:
            if shard_of(one.case_id) in ours:
                self._kept.outbox.pop((one.case_id, one.sequence, one.part), None)
        return frozenset(held) - ours

    def record(self, key):
        """The exact bytes to which a pointer leads."""
        case_id, _, part = key
        if part:
            return self._kept.records[key]
        if key not in self._facts:
            ((tenant, _),) = (one for one in self._kept.events if one[1] == case_id)
            for row in event_rows(self._kept.events[tenant, case_id]):
                self._facts.setdefault((case_id, row.sequence, 0), case_event_record(row))
        return self._facts[key]

    def _epoch(self, shard):
        return self._leases.held.get(f"relay:{shard}", (None, 0, 0))[1]


class FakeTimers:
    """Timers on the shelves, without those of parked cases."""

    def __init__(self, kept):
        self._kept = kept

    async def due(self, shards, now, most):
        found = [one for one in self._waiting(shards) if one.due_at <= now]
        return sorted(found, key=lambda one: (one.due_at, one.timer.case_id, one.timer.name))[:most]

    async def next_due(self, shards):
        return min((one.due_at for one in self._waiting(shards)), default=None)

    def _waiting(self, shards):
        wanted = set(shards)
        for (tenant, case_id, name), kept in self._kept.timers.items():
            if shard_of(case_id) in wanted and (tenant, case_id) not in self._kept.parked:
                timer = FiredTimer(case_id=case_id, name=name, generation=kept.generation)
                yield DueTimer(tenant=tenant, timer=timer, due_at=kept.due_at, command=kept.command)


class FakePositions:
    """Positions on the shelves."""

    def __init__(self, kept):
        self._kept = kept
        self.lag = {}

    async def positions(self, cluster, partitions):
        offsets = self._kept.offsets
        return {one: offsets[cluster, *one] for one in partitions if (cluster, *one) in offsets}

    async def write_lag(self, lags):
        self.lag |= lags


class FakeRegister:
    """The organisations on the shelves."""

    def __init__(self, kept):
        self._kept = kept

    async def all_organisations(self):
        return dict(self._kept.organisations)


class FakeMailbox:
    """A mailbox and the book of what was sent; positions move as those of the store do."""

    def __init__(self, kept):
        self._kept = kept
        self.states, self.messages = {}, []

    async def deliver(self, messages, position=None):
        self._move(position)
        new = self._note("sent", messages)
        self.messages += list({one.ce_id: one for one in messages if one.ce_id in new}.values())
        return len(new)

    async def intend(self, messages):
        return frozenset(self._note("intent", messages))

    async def sent(self, ce_ids):
        self.states |= {name: "sent" for name in ce_ids if name in self.states}

    async def forget(self, ce_ids):
        for name in ce_ids:
            if self.states.get(name) == "intent":
                del self.states[name]

    def _note(self, state, messages):
        new = {one.ce_id for one in messages} - self.states.keys()
        self.states |= dict.fromkeys(sorted(new), state)
        return new

    def _move(self, position):
        if position is None:
            return
        place = (position.cluster, position.topic, position.partition)
        if self._kept.offsets.get(place) not in {None, position.expected}:
            raise StalePositionError(str(place))
        self._kept.offsets[place] = position.read_to


class FakeConsultations:
    """The log of reveals."""

    def __init__(self):
        self.rows = {}

    async def joined(self, tenant, people, fields, at):
        for notice, person in people:
            self.rows.setdefault((tenant, notice, person), (fields, at))
