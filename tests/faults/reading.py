"""Read the history of a run: ledger, tables, topics from offset zero, mailbox, and the database's watchers."""

from collections import Counter, defaultdict
from dataclasses import replace

from deploy.demo.evidence import read_evidence, read_topics
from tests.faults.checking import History, Move, Setting
from tests.faults.letters import TENANT
from workflow.store.verify import verify

FACTS = """
SELECT type, correlation, recorded_at, xmin::text AS transaction FROM case_events ORDER BY case_id, sequence
"""
# What a timer puts there when it fires.
FIRED = frozenset({"case.clock.warned", "case.clock.breached", "case.session.reminded"})
UNDECIDED = "SELECT ce_id FROM deliveries WHERE state = 'intent'"
LEFT = """
SELECT (SELECT count(*) FROM outbox) AS outbox, (SELECT count(*) FROM timers t
    WHERE t.due_at <= (SELECT at FROM demo_clock) AND NOT EXISTS
        (SELECT FROM parked_cases p WHERE p.tenant = t.tenant AND p.case_id = t.case_id)) AS due_timers
"""


async def read_history(connection, senders, ids, options, *, ends, mailed=()):
    """Return all there is; `ends` are the ends of inbound partitions, `mailed` the ids of messages that left."""
    published = await read_topics(options)
    evidence = await read_evidence(connection, senders.ledger, published)
    undecided = {row["ce_id"] for row in await connection.fetch(UNDECIDED)}
    # Nobody can know whether these left; they are listed for a person, so they are not lost without notice.
    evidence = _with_mail(evidence, mailed, undecided)
    facts = await connection.fetch(FACTS)
    sendings = await connection.fetch("SELECT source, number, disposition FROM sendings")
    return History(
        evidence=evidence,
        letters=senders.letters,
        ledger={key: senders.ledger.status(*key) for key in senders.ledger.sendings()},
        accounted=[tuple(row) for row in sendings],
        effects=_effects(senders.letters.values(), facts, ids),
        moves=await _moves(connection, ends),
        ends=ends,
        broken=[str(fault) for fault in (await verify(connection)).faults],
        left=dict(await connection.fetchrow(LEFT)),
        timers=await _timers(connection, facts, ids),
        undecided=len(undecided),
    )


def _with_mail(evidence, mailed, undecided):
    delivered = [*evidence.delivered, *mailed]
    return replace(evidence, delivered=delivered, personal=evidence.personal - (undecided - set(delivered)))


def _effects(letters, facts, ids):
    """Count the facts that each message put there, found by the correlation that follows from its id."""
    found = Counter((fact["correlation"], fact["type"]) for fact in facts)
    return {
        (one.source, one.message_id): found[ids.derive("correlation", TENANT, one.source, one.message_id), one.effect]
        for one in letters
        if one.effect
    }


async def _moves(connection, ends):
    rows = await connection.fetch("SELECT by, topic, partition, before, after FROM watched.moves ORDER BY n")
    topics = {topic for topic, _ in ends}
    return [Move(**row) for row in rows if row["topic"] in topics]


async def _timers(connection, facts, ids):
    """Join each setting of a timer with its end, and with the facts whose correlation is that of its firing."""
    fired = defaultdict(list)
    for fact in facts:
        if fact["type"] in FIRED:
            fired[fact["correlation"]].append((fact["recorded_at"], fact["transaction"]))
    rows = await connection.fetch("SELECT * FROM watched.timers ORDER BY n")
    ended = defaultdict(list)
    for row in rows:
        if row["what"] == "ended":
            ended[row["generation"]].append(row["transaction"])
    return [_setting(row, ended, fired, ids) for row in rows if row["what"] == "set"]


def _setting(row, ended, fired, ids):
    name = f"{row['case_id']}:{row['name']}:{row['generation']}"
    return Setting(
        name=name,
        due_at=row["due_at"],
        ended_by=tuple(ended[row["generation"]]),
        fired=fired[ids.derive("correlation", TENANT, "timekeeper", name)],
    )
