"""What a schedule left behind, as the checker of the fault experiments reads it."""

from collections import Counter, defaultdict
from hashlib import sha256

from deploy.demo.matching import Evidence
from schemas import topics
from tests.faults.checking import History, Setting
from tests.faults.letters import TENANT
from tests.simulation.crew import IDS
from workflow.case.evolve import fold

FIRED = frozenset({"case.clock.warned", "case.clock.breached", "case.session.reminded"})
INBOUND = ("referrals.", topics.CASE_COMMANDS)


async def history_of(world):
    """Read everything."""
    kept = world.database.kept
    facts = [recorded for of_case in kept.events.values() for recorded in of_case]
    return History(
        evidence=_evidence(world, facts),
        letters=world.senders.letters,
        ledger=_ledger(world.senders),
        accounted=[(*key, disposition) for key, disposition in kept.sendings.items()],
        effects=_effects(world.senders.letters.values(), facts),
        moves=[move for move in world.database.moves if move.topic.startswith(INBOUND)],
        ends={(place.topic, place.partition): len(log) for place, log in world.broker.logs.items() if _is_read(place)},
        broken=[f"{key} does not fold" for key, case in kept.cases.items() if fold(kept.events[key]) != case],
        left={
            "outbox": len(kept.outbox),
            "due timers": len(await world.due()),
            "workers that ended": sum(len(one.ended) for one in world.workers),
        },
        timers=_timers(world.database, facts),
    )


def _is_read(place):
    return place.topic.startswith(INBOUND)


def _ledger(senders):
    return {
        key: senders.receipts.get(letter.message_id) if letter.receipted and not key[1].endswith("again") else None
        for key, letter in senders.letters.items()
    }


def _evidence(world, facts):
    kept, outbox = world.database.kept, world.database.outbox
    records = [outbox.record((one.envelope.case_id, one.envelope.sequence, 0)) for one in facts]
    records += kept.records.values()
    published = [record for place, log in world.broker.logs.items() if not _is_read(place) for record in log]
    told = [record for record in published if record.topic == topics.CASE_EVENTS]
    return Evidence(
        accepted=[
            (one.source, one.message_id)
            for one in world.senders.letters.values()
            if one.receipted and world.senders.receipts.get(one.message_id) == "received"
        ],
        opened=[
            (one.fact.agency, str(one.fact.message_id)) for one in facts if one.fact.wire == "case.referral.received"
        ],
        kept={f"{one.topic} {one.event_id}": _digest(one.value) for one in records},
        published=[(f"{one.topic} {_header(one, 'ce_id')}", _digest(one.value)) for one in published],
        personal=frozenset(world.personal()),
        delivered=[message.ce_id for message in world.database.mailbox.messages],
        numbered=[(str(one.envelope.case_id), one.envelope.sequence) for one in facts],
        told=[(one.key.decode(), int(_header(one, "ce_casesequence"))) for one in told],
        booked=[
            (session.slot, str(session.id))
            for case in kept.cases.values()
            for session in case.sessions
            if not session.cancelled and (session.outcome is not None or not case.ended)
        ],
        capacity={name: slot.capacity for (_, name), slot in kept.slots.items()},
    )


def _digest(value):
    return sha256(value or b"").hexdigest()


def _header(record, wanted):
    return next((value.decode() for name, value in record.headers if name == wanted), "")


def _effects(letters, facts):
    found = Counter((one.envelope.correlation, one.fact.wire) for one in facts)
    return {
        (one.source, one.message_id): found[IDS.derive("correlation", TENANT, one.source, one.message_id), one.effect]
        for one in letters
        if one.effect
    }


def _timers(database, facts):
    fired, ended = defaultdict(list), defaultdict(list)
    for one in facts:
        if one.fact.wire in FIRED:
            at = one.envelope.recorded_at, database.facts[one.envelope.event_id]
            fired[one.envelope.correlation].append(at)
    for generation, transaction in database.ended:
        ended[generation].append(transaction)
    return [_setting(key, timer, ended, fired) for key, timer in database.set]


def _setting(key, timer, ended, fired):
    _, case_id, name = key
    told = f"{case_id}:{name}:{timer.generation}"
    return Setting(
        name=told,
        due_at=timer.due_at,
        ended_by=tuple(ended[timer.generation]),
        fired=fired[IDS.derive("correlation", TENANT, "timekeeper", told)],
    )
