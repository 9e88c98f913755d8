CREATE SCHEMA vault

CREATE SCHEMA keyring

CREATE TABLE case_events (
    tenant VARCHAR NOT NULL,
    case_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    event_id UUID NOT NULL,
    type VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    correlation UUID NOT NULL,
    causation UUID,
    payload BYTEA NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (tenant, case_id, sequence)
)

CREATE TABLE case_referrers (
    tenant VARCHAR NOT NULL,
    case_id UUID NOT NULL,
    agency VARCHAR NOT NULL,
    PRIMARY KEY (tenant, case_id, agency)
)

CREATE INDEX case_referrers_by_agency ON case_referrers (tenant, agency, case_id)

CREATE TABLE cases (
    tenant VARCHAR NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    door VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    caseworker VARCHAR,
    participant UUID NOT NULL,
    body BYTEA NOT NULL,
    head BYTEA NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, id)
)
 WITH (fillfactor = 80)

CREATE INDEX cases_by_participant ON cases (tenant, participant)

CREATE INDEX cases_by_state ON cases (tenant, provider, state, id)

CREATE TABLE caseworkers (
    tenant VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    works_with_children BOOLEAN NOT NULL,
    max_cases INTEGER NOT NULL,
    open_cases INTEGER NOT NULL,
    overridden BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, id),
    CHECK (open_cases >= 0),
    CONSTRAINT caseworkers_load CHECK (overridden OR open_cases <= max_cases)
)
 WITH (fillfactor = 80)

CREATE TABLE checkpoints (
    tenant VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    root BYTEA NOT NULL,
    body BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, number)
)

CREATE TABLE consultations (
    id UUID NOT NULL,
    tenant VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    person UUID NOT NULL,
    fields TEXT[] NOT NULL,
    why VARCHAR,
    refused BOOLEAN NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
)

CREATE INDEX consultations_by_person ON consultations (tenant, person, at)

CREATE TABLE credentials (
    id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    tenant VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    study VARCHAR,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
)

CREATE TABLE deliveries (
    ce_id VARCHAR NOT NULL,
    tenant VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (ce_id)
)

CREATE TABLE demo_clock (
    one BOOLEAN NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (one)
)

CREATE TABLE denied_lookups (
    id UUID NOT NULL,
    tenant VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    what VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id)
)

CREATE TABLE engagements (
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    tenant VARCHAR NOT NULL,
    organisation VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    staff_id VARCHAR,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_until TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
)

CREATE INDEX ix_engagements_user_id ON engagements (user_id)

CREATE TABLE kept_apart (
    tenant VARCHAR NOT NULL,
    participant UUID NOT NULL,
    other UUID NOT NULL,
    PRIMARY KEY (tenant, participant, other)
)

CREATE TABLE keyring.erasures (
    tenant VARCHAR NOT NULL,
    person UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, person)
)

CREATE TABLE keyring.person_keys (
    tenant VARCHAR NOT NULL,
    person UUID NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (tenant, person)
)

CREATE TABLE leases (
    name VARCHAR NOT NULL,
    holder VARCHAR NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (name)
)

CREATE TABLE mailbox (
    ce_id VARCHAR NOT NULL,
    tenant VARCHAR NOT NULL,
    recipient VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    body VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (ce_id)
)

CREATE TABLE messages (
    tenant VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    fingerprint BYTEA NOT NULL,
    disposition VARCHAR NOT NULL,
    case_id UUID,
    reply BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, source, message_id)
)

CREATE TABLE offsets (
    cluster VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    partition INTEGER NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (cluster, topic, partition)
)
 WITH (fillfactor = 50)

CREATE TABLE organisations (
    slug VARCHAR NOT NULL,
    tenant VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    area VARCHAR,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (slug)
)

CREATE INDEX ix_organisations_tenant ON organisations (tenant)

CREATE TABLE outbox (
    shard INTEGER NOT NULL,
    case_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    part INTEGER NOT NULL,
    tenant VARCHAR NOT NULL,
    queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (shard, case_id, sequence, part)
)
 WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500)

CREATE TABLE outcome_releases (
    tenant VARCHAR NOT NULL,
    study VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    rows INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, study, period)
)

CREATE TABLE outcome_rows (
    tenant VARCHAR NOT NULL,
    study VARCHAR NOT NULL,
    token UUID NOT NULL,
    value BYTEA NOT NULL,
    dirty BOOLEAN NOT NULL,
    released INTEGER NOT NULL,
    PRIMARY KEY (tenant, study, token)
)

CREATE TABLE outward_records (
    tenant VARCHAR NOT NULL,
    case_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    part INTEGER NOT NULL,
    topic VARCHAR NOT NULL,
    key BYTEA NOT NULL,
    ce_id VARCHAR NOT NULL,
    headers BYTEA NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (case_id, sequence, part)
)

CREATE INDEX outward_records_to_people ON outward_records (ce_id)
    WHERE topic IN ('notices.affected-person', 'notices.participant')

CREATE TABLE parked_cases (
    tenant VARCHAR NOT NULL,
    case_id UUID NOT NULL,
    reason VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (tenant, case_id)
)

CREATE TABLE quarantine (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant VARCHAR,
    topic VARCHAR NOT NULL,
    partition INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    fingerprint VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    case_id UUID,
    sealed BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (topic, partition, "offset", fingerprint)
)

CREATE TABLE sendings (
    tenant VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    disposition VARCHAR NOT NULL,
    PRIMARY KEY (source, number)
)

CREATE TABLE sites (
    tenant VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    activities TEXT[] NOT NULL,
    longitude FLOAT NOT NULL,
    latitude FLOAT NOT NULL,
    suits_children BOOLEAN NOT NULL,
    near_affected UUID[] NOT NULL,
    PRIMARY KEY (tenant, id)
)

CREATE TABLE slot_places (
    tenant VARCHAR NOT NULL,
    slot VARCHAR NOT NULL,
    place INTEGER NOT NULL,
    case_id UUID NOT NULL,
    PRIMARY KEY (tenant, slot, place),
    CHECK (place >= 1)
)

CREATE INDEX slot_places_by_case ON slot_places (tenant, case_id)

CREATE TABLE slots (
    tenant VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    site VARCHAR NOT NULL,
    activity VARCHAR NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    capacity INTEGER NOT NULL,
    supervisor VARCHAR NOT NULL,
    PRIMARY KEY (tenant, id),
    CHECK (capacity >= 0)
)

CREATE INDEX slots_by_start ON slots (tenant, provider, starts_at)

CREATE TABLE staff_conflicts (
    tenant VARCHAR NOT NULL,
    caseworker VARCHAR NOT NULL,
    person UUID NOT NULL,
    PRIMARY KEY (tenant, caseworker, person)
)

CREATE TABLE timers (
    tenant VARCHAR NOT NULL,
    case_id UUID NOT NULL,
    name VARCHAR NOT NULL,
    shard INTEGER NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    generation BIGINT NOT NULL,
    command BYTEA NOT NULL,
    PRIMARY KEY (tenant, case_id, name)
)
 WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01)

CREATE INDEX timers_by_due ON timers (shard, due_at)

CREATE TABLE users (
    id UUID NOT NULL,
    login VARCHAR NOT NULL,
    password_hash VARCHAR NOT NULL,
    failed_attempts INTEGER NOT NULL,
    locked_until TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    UNIQUE (login)
)

CREATE TABLE vault.records (
    tenant VARCHAR NOT NULL,
    person UUID NOT NULL,
    ref UUID NOT NULL,
    kind VARCHAR NOT NULL,
    sealed BYTEA NOT NULL,
    source_organisation VARCHAR NOT NULL,
    controller VARCHAR NOT NULL,
    regime VARCHAR NOT NULL,
    agreement VARCHAR NOT NULL,
    fact_or_opinion VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    number BIGINT GENERATED BY DEFAULT AS IDENTITY,
    PRIMARY KEY (tenant, person, ref)
)

CREATE TABLE vault.search_keys (
    tenant VARCHAR NOT NULL,
    hmac BYTEA NOT NULL,
    person UUID NOT NULL,
    kind VARCHAR NOT NULL,
    PRIMARY KEY (tenant, hmac, person)
)

CREATE INDEX search_keys_by_person ON vault.search_keys (tenant, person)

CREATE TABLE web_sessions (
    token_hash BYTEA NOT NULL,
    user_id UUID NOT NULL,
    engagement UUID,
    csrf VARCHAR NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (token_hash)
)

CREATE INDEX ix_web_sessions_user_id ON web_sessions (user_id)

CREATE TABLE worker_lag (
    topic VARCHAR NOT NULL,
    partition INTEGER NOT NULL,
    lag BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (topic, partition)
)
