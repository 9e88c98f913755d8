-- Who may do what. Statements are parted by blank lines; none of ours is superuser, and none may skip row security.

CREATE FUNCTION refuse_place_beyond_capacity() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE places integer;
BEGIN
    SELECT capacity INTO places FROM slots WHERE tenant = NEW.tenant AND id = NEW.slot FOR SHARE;
    IF places IS NULL OR NEW.place > places THEN
        RAISE EXCEPTION 'slot_places: no such place' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$

CREATE TRIGGER slot_places_capacity BEFORE INSERT OR UPDATE ON slot_places
    FOR EACH ROW EXECUTE FUNCTION refuse_place_beyond_capacity()

CREATE SEQUENCE timer_generations

GRANT USAGE ON SCHEMA public TO amends_worker, amends_portal, amends_auditor

GRANT USAGE ON SCHEMA vault, keyring TO amends_worker, amends_portal

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, vault, keyring TO amends_worker

-- What is written once stays as it was written.
REVOKE UPDATE, DELETE ON case_events, outward_records, checkpoints, consultations, denied_lookups FROM amends_worker

REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM amends_worker

GRANT SELECT, INSERT ON case_events, outward_records, case_referrers, sendings, outbox, consultations,
    denied_lookups, keyring.person_keys TO amends_portal

GRANT SELECT, INSERT, UPDATE ON cases, messages, outcome_rows, organisations, sites, slots, caseworkers,
    vault.records TO amends_portal

GRANT SELECT, INSERT, UPDATE, DELETE ON timers, slot_places, staff_conflicts, kept_apart, quarantine, parked_cases,
    users, engagements, credentials, web_sessions, vault.search_keys TO amends_portal

GRANT SELECT ON mailbox, deliveries, checkpoints, outcome_releases, keyring.erasures, offsets, leases, worker_lag,
    demo_clock, alembic_version TO amends_portal

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public, vault TO amends_worker, amends_portal

-- The auditor reads the log, never a secret, a sealed record or a message with a name in it.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO amends_auditor

REVOKE SELECT ON users, credentials, web_sessions, mailbox FROM amends_auditor

DO $$
DECLARE guarded text;
BEGIN
    FOR guarded IN
        SELECT format('%I.%I', table_schema, table_name) FROM information_schema.columns
        WHERE table_schema IN ('public', 'vault', 'keyring') AND column_name = 'tenant'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY every_tenant ON %s TO amends_worker USING (true) WITH CHECK (true)', guarded);
        EXECUTE format('CREATE POLICY auditor_reads ON %s FOR SELECT TO amends_auditor USING (true)', guarded);
        EXECUTE format('CREATE POLICY one_tenant ON %s TO amends_portal USING (tenant = current_setting(''app.tenant'', true)) '
            'WITH CHECK (tenant = current_setting(''app.tenant'', true))', guarded);
    END LOOP;
END $$

-- Within a scheme an organisation reads the cases it has a part in; `*` is the engine, deciding.
CREATE POLICY own_organisation ON cases AS RESTRICTIVE TO amends_portal USING (
    current_setting('app.organisation', true) IN ('*', provider)
    OR EXISTS (
        SELECT 1 FROM case_referrers r
        WHERE r.tenant = cases.tenant AND r.case_id = cases.id AND r.agency = current_setting('app.organisation', true)
    )
) WITH CHECK (current_setting('app.organisation', true) = '*')

DO $$
DECLARE guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['case_events', 'timers', 'parked_cases', 'outward_records', 'outbox'] LOOP
        EXECUTE format('CREATE POLICY own_organisation ON %1$I AS RESTRICTIVE TO amends_portal USING ('
            'current_setting(''app.organisation'', true) = ''*'' OR EXISTS ('
            'SELECT 1 FROM cases c WHERE c.tenant = %1$I.tenant AND c.id = %1$I.case_id)) '
            'WITH CHECK (current_setting(''app.organisation'', true) = ''*'')', guarded);
    END LOOP;
END $$

-- A message to a person is read by those who have a part in the case that its notice is about.
CREATE POLICY own_organisation ON mailbox AS RESTRICTIVE TO amends_portal USING (
    current_setting('app.organisation', true) = '*'
    OR EXISTS (SELECT 1 FROM outward_records o WHERE o.tenant = mailbox.tenant AND o.ce_id = mailbox.ce_id
        AND o.topic IN ('notices.affected-person', 'notices.participant'))
)

DO $$
DECLARE guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['messages', 'sendings', 'outcome_rows', 'vault.records', 'vault.search_keys',
            'keyring.person_keys'] LOOP
        EXECUTE format('CREATE POLICY engine_only ON %s AS RESTRICTIVE TO amends_portal '
            'USING (current_setting(''app.organisation'', true) = ''*'')', guarded);
    END LOOP;
END $$

-- Before anybody is known to belong to a scheme, he may look for himself and for nobody else.
CREATE POLICY oneself ON engagements FOR SELECT TO amends_portal
    USING (user_id::text = current_setting('app.user', true))

CREATE POLICY oneself ON credentials FOR SELECT TO amends_portal
    USING (id::text = current_setting('app.credential', true))
