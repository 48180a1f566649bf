-- 运行账号的权限(PostgreSQL)：事件、登记时钟与装置事件只可追加，不可改、不可删。
-- The rights of the hosts' account: what happened can be added to, never changed and never deleted.
--
-- Run by a DBA as the owner of the tables, connected to the desk's database, after every `migrate`: a new version may bring new tables. It may be run again at any time.
--   psql -v ON_ERROR_STOP=1 -d incidentdesk -f run-role.postgresql.sql
-- Then make the account that Database:ConnectionString of the hosts names, once. It must not own the tables, nor be a superuser:
--   CREATE ROLE desk_host LOGIN PASSWORD '...' IN ROLE incidentdesk_run;
-- `migrate`, and `copy` into this database, go on being run as the owner.
DO $$
DECLARE
    place text := quote_ident(current_schema());
    name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'incidentdesk_run') THEN
        CREATE ROLE incidentdesk_run NOLOGIN;
    END IF;

    EXECUTE format('GRANT CONNECT ON DATABASE %I TO incidentdesk_run', current_database());
    EXECUTE format('GRANT USAGE ON SCHEMA %s TO incidentdesk_run', place);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM incidentdesk_run', place);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO incidentdesk_run', place);

    -- The truth, and what is never changed once it stands: events, versions of rules, keys.
    FOREACH name IN ARRAY ARRAY['Events', 'InstallationEvents', 'ClockChecks', 'ReferenceData', 'DataProtectionKeys'] LOOP
        EXECUTE format('REVOKE UPDATE, DELETE ON %s.%I FROM incidentdesk_run', place, name);
    END LOOP;

    -- Today's state, which changes and never goes. The texts are emptied when they are erased; their rows stay.
    FOREACH name IN ARRAY ARRAY['Installation', 'People', 'Incidents', 'Texts', 'Attachments', 'Requests', 'DayCounters', 'Alerts', 'Inbox', 'Outbox', 'Heartbeats', 'Canaries'] LOOP
        EXECUTE format('REVOKE DELETE ON %s.%I FROM incidentdesk_run', place, name);
    END LOOP;

    -- Kept for the first days only, and not changed meanwhile.
    FOREACH name IN ARRAY ARRAY['Units', 'Idempotency'] LOOP
        EXECUTE format('REVOKE UPDATE ON %s.%I FROM incidentdesk_run', place, name);
    END LOOP;

    -- The security log is added to, never changed, and goes by age alone: what is younger than 185 days nobody but the owner deletes, by the server's clock.
    EXECUTE format('REVOKE UPDATE ON %s."SecurityEvents" FROM incidentdesk_run', place);
    EXECUTE format('ALTER TABLE %s."SecurityEvents" ENABLE ROW LEVEL SECURITY', place);
    EXECUTE format('DROP POLICY IF EXISTS desk_reads ON %1$s."SecurityEvents"; DROP POLICY IF EXISTS desk_adds ON %1$s."SecurityEvents"; DROP POLICY IF EXISTS desk_ages ON %1$s."SecurityEvents"', place);
    EXECUTE format('CREATE POLICY desk_reads ON %s."SecurityEvents" FOR SELECT USING (true)', place);
    EXECUTE format('CREATE POLICY desk_adds ON %s."SecurityEvents" FOR INSERT WITH CHECK (true)', place);
    EXECUTE format('CREATE POLICY desk_ages ON %s."SecurityEvents" FOR DELETE USING ("At" < now() - interval ''185 days'')', place);

    -- Which version the tables are of.
    EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s."__EFMigrationsHistory" FROM incidentdesk_run', place);
END
$$;
