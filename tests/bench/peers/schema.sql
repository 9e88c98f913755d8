CREATE TABLE cases (
    id text PRIMARY KEY,
    state text NOT NULL,
    version int NOT NULL,
    caseworker text,
    referral text NOT NULL
);

CREATE TABLE case_events (
    case_id text NOT NULL,
    sequence int NOT NULL,
    type text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (case_id, sequence)
);

CREATE TABLE caseworkers (id text PRIMARY KEY, load int NOT NULL DEFAULT 0);
INSERT INTO caseworkers (id) SELECT 'caseworker-' || n FROM generate_series(1, 6) n;
