-- What an organisation knows a case by, so that it is found by it in one look. It follows from the stored cases.
ALTER TABLE cases NO FORCE ROW LEVEL SECURITY

ALTER TABLE case_referrers NO FORCE ROW LEVEL SECURITY

DELETE FROM case_referrers

ALTER TABLE case_referrers ADD COLUMN token UUID NOT NULL

ALTER TABLE case_referrers DROP CONSTRAINT case_referrers_pkey, ADD PRIMARY KEY (tenant, case_id, agency, token)

INSERT INTO case_referrers (tenant, case_id, agency, token)
SELECT c.tenant, c.id, party.agency, party.token
FROM cases c CROSS JOIN LATERAL (SELECT convert_from(c.body, 'UTF8')::jsonb AS told) AS body CROSS JOIN LATERAL (
    SELECT r ->> 'agency', (r ->> 'token')::uuid FROM jsonb_array_elements(told -> 'referrers') AS r
    UNION SELECT told ->> 'clearance_agency', coalesce((told ->> 'clearance_token')::uuid, c.id)
    UNION SELECT told ->> 'transfer_to', c.id
) AS party(agency, token)
WHERE party.agency IS NOT NULL

DROP INDEX case_referrers_by_agency

CREATE INDEX case_referrers_by_token ON case_referrers (tenant, agency, token)

ALTER TABLE cases FORCE ROW LEVEL SECURITY

ALTER TABLE case_referrers FORCE ROW LEVEL SECURITY
