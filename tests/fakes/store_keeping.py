"""How the FakeStore keeps a batch: every promise is checked before anything is changed."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from schemas.commands import Command
from workflow.machine.decision import ClaimLoad, SetTimer
from workflow.ports import ClaimLostError, StaleCaseError, StalePositionError
from workflow.store.claims import net_loads, net_places
from workflow.store.writing import check_batch


@dataclass(frozen=True, kw_only=True)
class KeptTimer:
    """A timer as it waits."""

    due_at: datetime
    generation: int
    command: Command


def keep(kept, batches, now):
    """Keep batches of several tenants whole, or raise and change nothing."""
    for batch in batches:
        _check(kept, batch, now)
    for batch in batches:
        kept.places, kept.caseworkers = _places_after(kept, batch), _loads_after(kept, batch)
        _put_cases(kept, batch)
        _put_timers(kept, batch)
        _put_the_rest(kept, batch)


def _check(kept, batch, now):
    check_batch(batch)
    _check_position(kept, batch.position)
    _check_versions(kept, batch)
    _places_after(kept, batch)
    _loads_after(kept, batch)
    _check_timers(kept, batch, now)
    _check_messages(kept, batch)


def _check_position(kept, position):
    if position is None:
        return
    found = kept.offsets.get((position.cluster, position.topic, position.partition))
    if found not in {None, position.expected}:
        raise StalePositionError


def _check_versions(kept, batch):
    for one in batch.cases:
        found = kept.cases.get((batch.tenant, one.case.id))
        if (found.version if found else 0) != one.expected:
            raise StaleCaseError
    for case_id, expected in batch.unmoved.items() if batch.cases else ():
        if kept.cases[batch.tenant, case_id].version != expected:
            raise StaleCaseError


def _places_after(kept, batch):
    places, net = dict(kept.places), net_places(batch.cases)
    for (slot, place, case_id), change in sorted(net.items()):
        if change < 0 and places.get((batch.tenant, slot, place)) == case_id:
            del places[batch.tenant, slot, place]
    for (slot, place, case_id), change in sorted(net.items()):
        if change <= 0:
            continue
        found = kept.slots.get((batch.tenant, slot))
        if found is None or not 1 <= place <= found.capacity or (batch.tenant, slot, place) in places:
            raise ClaimLostError(case_id)
        places[batch.tenant, slot, place] = case_id
    return places


def _loads_after(kept, batch):
    staff = dict(kept.caseworkers)
    for (name, case_id), change in sorted(net_loads(batch.cases).items(), key=lambda item: item[1]):
        worker = staff.get((batch.tenant, name))
        if change and (worker is None or not _has_room(worker, change, batch, case_id)):
            raise ClaimLostError(case_id)
        if change:
            staff[batch.tenant, name] = replace(worker, open_cases=worker.open_cases + change)
    return staff


def _has_room(worker, change, batch, case_id: UUID):
    claims = next(one.claims for one in batch.cases if one.case.id == case_id)
    overruled = any(isinstance(claim, ClaimLoad) and claim.overruled for claim in claims)
    return change < 0 or overruled or worker.open_cases + change <= worker.max_cases


def _check_timers(kept, batch, now):
    for fired in batch.fired:
        found = kept.timers.get((batch.tenant, fired.case_id, fired.name))
        if found is None or found.generation != fired.generation or found.due_at > now:
            raise StaleCaseError


def _check_messages(kept, batch):
    for answered in batch.answered:
        found = kept.messages.get(answered.key)
        if found is not None and found.disposition != "rejected":
            raise StaleCaseError


def _put_cases(kept, batch):
    for one in batch.cases:
        key = (batch.tenant, one.case.id)
        kept.cases[key] = one.case
        kept.events.setdefault(key, []).extend(one.events)
        for recorded in one.events:
            kept.outbox[one.case.id, recorded.envelope.sequence, 0] = batch.tenant
        _put_records(kept, batch.tenant, [record for record in one.outward if record.part > 0])
        for row in one.outcomes:
            kept.outcomes[row.study, row.token] = row.value


def _put_records(kept, tenant, records):
    for record in records:
        kept.records.setdefault((record.case_id, record.sequence, record.part), record)
        kept.outbox[record.case_id, record.sequence, record.part] = tenant


def _put_timers(kept, batch):
    for fired in batch.fired:
        del kept.timers[batch.tenant, fired.case_id, fired.name]
    for one in batch.cases:
        for change in one.timers:
            key = (batch.tenant, one.case.id, change.name)
            kept.timers.pop(key, None)
            if isinstance(change, SetTimer):
                kept.generations += 1
                kept.timers[key] = KeptTimer(due_at=change.due_at, generation=kept.generations, command=change.command)


def _put_the_rest(kept, batch):
    for answered in batch.answered:
        kept.messages[answered.key] = answered.seen
    for sending in batch.sendings:
        kept.sendings.setdefault((sending.source, sending.number), sending.disposition)
    _put_records(kept, batch.tenant, batch.outward)
    kept.quarantine.extend(batch.quarantined)
    for case_id, reason in batch.parked:
        kept.parked.setdefault((batch.tenant, case_id), reason)
    if batch.position:
        place = (batch.position.cluster, batch.position.topic, batch.position.partition)
        kept.offsets[place] = batch.position.read_to
