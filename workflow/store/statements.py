"""The statements of the hot path, over arrays: one round trip a batch, whatever its size."""

LOCK_CASES = """
SELECT id, version, head FROM cases WHERE tenant = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""

# Facts, records and pointers are inserted only where the guarded update kept every case, never beside it: a plain
# insert in the same statement would stand although the guard found no row. One count for all, and not a join a row.
KEEP_CASES = """
WITH given AS (
    SELECT * FROM unnest($3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
                         $10::text[], $11::uuid[], $12::bytea[], $13::bytea[])
        AS g(id, expected, version, state, provider, door, basis, caseworker, participant, body, head)
), updated AS (
    UPDATE cases c SET version = g.version, state = g.state, provider = g.provider, door = g.door, basis = g.basis,
        caseworker = g.caseworker, participant = g.participant, body = g.body, head = g.head, updated_at = $2
    FROM given g
    WHERE c.tenant = $1 AND c.id = g.id AND c.version = g.expected AND g.expected > 0
    RETURNING c.id
), opened AS (
    INSERT INTO cases (tenant, id, version, state, provider, door, basis, caseworker, participant, body, head,
                       updated_at)
    SELECT $1, id, version, state, provider, door, basis, caseworker, participant, body, head, $2
    FROM given WHERE expected = 0 ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id
), kept AS (
    SELECT (SELECT count(*) FROM updated) + (SELECT count(*) FROM opened) AS cases
), facts AS (
    INSERT INTO case_events (tenant, case_id, sequence, event_id, type, version, occurred_at, recorded_at,
                             correlation, causation, payload, prev_hash, hash)
    SELECT $1, e.* FROM unnest($14::uuid[], $15::bigint[], $16::uuid[], $17::text[], $18::int[], $19::timestamptz[],
                               $20::timestamptz[], $21::uuid[], $22::uuid[], $23::bytea[], $24::bytea[], $25::bytea[])
        AS e(case_id, sequence, event_id, type, version, occurred_at, recorded_at, correlation, causation, payload,
             prev_hash, hash)
    WHERE (SELECT cases FROM kept) = cardinality($3)
    RETURNING 1
), records AS (
    INSERT INTO outward_records (tenant, case_id, sequence, part, topic, key, ce_id, headers, value)
    SELECT $1, o.* FROM unnest($26::uuid[], $27::bigint[], $28::int[], $29::text[], $30::bytea[], $31::text[],
                               $32::bytea[], $33::bytea[])
        AS o(case_id, sequence, part, topic, key, ce_id, headers, value)
    WHERE (SELECT cases FROM kept) = cardinality($3)
    RETURNING 1
), pointers AS (
    INSERT INTO outbox (shard, case_id, sequence, part, tenant, queued_at)
    SELECT p.shard, p.case_id, p.sequence, p.part, $1, clock_timestamp()
    FROM unnest($34::int[], $14::uuid[] || $26::uuid[], $15::bigint[] || $27::bigint[], $35::int[])
        AS p(shard, case_id, sequence, part)
    WHERE (SELECT cases FROM kept) = cardinality($3)
    RETURNING 1
), parties AS (
    INSERT INTO case_referrers (tenant, case_id, agency, token)
    SELECT $1, r.* FROM unnest($36::uuid[], $37::text[], $38::uuid[]) AS r(case_id, agency, token)
    WHERE (SELECT cases FROM kept) = cardinality($3)
    ON CONFLICT DO NOTHING
)
SELECT (SELECT cases FROM kept) AS cases, (SELECT count(*) FROM facts) AS facts,
       (SELECT count(*) FROM records) AS records, (SELECT count(*) FROM pointers) AS pointers
"""

SET_TIMERS = """
INSERT INTO timers (tenant, case_id, name, shard, due_at, generation, command)
SELECT $1, t.case_id, t.name, t.shard, t.due_at, nextval('timer_generations'), t.command
FROM unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::bytea[])
    AS t(case_id, name, shard, due_at, command)
ORDER BY t.case_id, t.name
ON CONFLICT (tenant, case_id, name)
DO UPDATE SET due_at = excluded.due_at, generation = excluded.generation, command = excluded.command
"""

CANCEL_TIMERS = """
DELETE FROM timers t USING unnest($2::uuid[], $3::text[]) AS gone(case_id, name)
WHERE t.tenant = $1 AND t.case_id = gone.case_id AND t.name = gone.name
"""

TAKE_FIRED = """
DELETE FROM timers t USING unnest($2::uuid[], $3::text[], $4::bigint[]) AS fired(case_id, name, generation)
WHERE t.tenant = $1 AND t.case_id = fired.case_id AND t.name = fired.name AND t.generation = fired.generation
  AND t.due_at <= $5
RETURNING t.case_id
"""

MOVE_POSITION = """
INSERT INTO offsets AS o (cluster, topic, partition, position) VALUES ($1, $2, $3, $5)
ON CONFLICT (cluster, topic, partition) DO UPDATE SET position = excluded.position WHERE o.position = $4
RETURNING position
"""

# A rejection does not use up its id (contracts section 8): what comes after it takes its place.
KEEP_ANSWERS = """
INSERT INTO messages AS m (tenant, source, message_id, fingerprint, disposition, case_id, reply, at)
SELECT $1, a.*, $2 FROM unnest($3::text[], $4::text[], $5::bytea[], $6::text[], $7::uuid[], $8::bytea[])
    AS a(source, message_id, fingerprint, disposition, case_id, reply)
ORDER BY a.source, a.message_id
ON CONFLICT (tenant, source, message_id)
DO UPDATE SET fingerprint = excluded.fingerprint, disposition = excluded.disposition, case_id = excluded.case_id,
    reply = excluded.reply, at = excluded.at
WHERE m.disposition = 'rejected'
RETURNING source
"""

KEEP_SENDINGS = """
INSERT INTO sendings (tenant, source, number, disposition)
SELECT $1, s.* FROM unnest($2::text[], $3::text[], $4::text[]) AS s(source, number, disposition)
ORDER BY s.source, s.number
ON CONFLICT DO NOTHING
"""

KEEP_RECORDS = """
INSERT INTO outward_records (tenant, case_id, sequence, part, topic, key, ce_id, headers, value)
SELECT $1, o.* FROM unnest($2::uuid[], $3::bigint[], $4::int[], $5::text[], $6::bytea[], $7::text[], $8::bytea[],
                           $9::bytea[]) AS o(case_id, sequence, part, topic, key, ce_id, headers, value)
ORDER BY 2, 3, 4
ON CONFLICT DO NOTHING
"""

# A receipt that is made again carries a later time in its headers; the first one's bytes are sent again.
SAME_RECORDS = """
SELECT count(*) FROM outward_records r
JOIN unnest($2::uuid[], $3::bigint[], $4::int[], $5::text[], $6::bytea[], $7::text[], $8::bytea[], $9::bytea[])
    AS o(case_id, sequence, part, topic, key, ce_id, headers, value)
    ON (r.case_id, r.sequence, r.part, r.topic, r.key, r.ce_id, r.value)
     = (o.case_id, o.sequence, o.part, o.topic, o.key, o.ce_id, o.value)
WHERE r.tenant = $1
"""

QUEUE_RECORDS = """
INSERT INTO outbox (shard, case_id, sequence, part, tenant, queued_at)
SELECT q.shard, q.case_id, q.sequence, q.part, $1, clock_timestamp()
FROM unnest($2::int[], $3::uuid[], $4::bigint[], $5::int[]) AS q(shard, case_id, sequence, part)
ORDER BY 1, 2, 3, 4
ON CONFLICT DO NOTHING
"""

KEEP_OUTCOMES = """
INSERT INTO outcome_rows (tenant, study, token, value, dirty, released)
SELECT $1, o.study, o.token, o.value, true, 0
FROM unnest($2::text[], $3::uuid[], $4::bytea[]) AS o(study, token, value)
ORDER BY o.study, o.token
ON CONFLICT (tenant, study, token)
DO UPDATE SET value = excluded.value, dirty = outcome_rows.dirty OR outcome_rows.value <> excluded.value
"""

RELEASE_PLACES = """
DELETE FROM slot_places p USING unnest($2::text[], $3::int[], $4::uuid[]) AS given(slot, place, case_id)
WHERE p.tenant = $1 AND p.slot = given.slot AND p.place = given.place AND p.case_id = given.case_id
"""

CLAIM_PLACES = """
INSERT INTO slot_places (tenant, slot, place, case_id)
SELECT $1, c.slot, c.place, c.case_id FROM unnest($2::text[], $3::int[], $4::uuid[]) AS c(slot, place, case_id)
JOIN slots s ON s.tenant = $1 AND s.id = c.slot AND c.place BETWEEN 1 AND s.capacity
ORDER BY c.slot, c.place, c.case_id
ON CONFLICT DO NOTHING
RETURNING slot, place
"""

CHANGE_LOAD = """
UPDATE caseworkers SET open_cases = open_cases + $3::int,
    overridden = (overridden OR $4::boolean) AND open_cases + $3 > max_cases
WHERE tenant = $1 AND id = $2 AND ($3 < 0 OR $4 OR open_cases + $3 <= max_cases)
RETURNING open_cases
"""
