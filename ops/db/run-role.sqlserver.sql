-- 运行账号的权限(SQL Server)：事件、登记时钟与装置事件只可追加，不可改、不可删。
-- The rights of the hosts' account: what happened can be added to, never changed and never deleted.
--
-- NOT RUN YET on a SQL Server: the tests parse it and compare its tables with the model.
--
-- Run by a DBA as a member of db_owner, connected to the desk's database, after `migrate`. It may be run again at any time.
--   sqlcmd -b -d incidentdesk -i run-role.sqlserver.sql
-- Then make the account that Database:ConnectionString of the hosts names, once. It must not be a member of db_owner, and needs no other role:
--   CREATE LOGIN desk_host WITH PASSWORD = '...'; CREATE USER desk_host FOR LOGIN desk_host; ALTER ROLE incidentdesk_run ADD MEMBER desk_host;
-- `migrate`, and `copy` into this database, go on being run as db_owner.
IF DATABASE_PRINCIPAL_ID(N'incidentdesk_run') IS NULL
    CREATE ROLE [incidentdesk_run];

GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[dbo] TO [incidentdesk_run];

-- The truth, and what is never changed once it stands: events, versions of rules, keys.
DENY UPDATE, DELETE ON [dbo].[Events] TO [incidentdesk_run];
DENY UPDATE, DELETE ON [dbo].[InstallationEvents] TO [incidentdesk_run];
DENY UPDATE, DELETE ON [dbo].[ClockChecks] TO [incidentdesk_run];
DENY UPDATE, DELETE ON [dbo].[ReferenceData] TO [incidentdesk_run];
DENY UPDATE, DELETE ON [dbo].[DataProtectionKeys] TO [incidentdesk_run];

-- Today's state, which changes and never goes. The texts are emptied when they are erased; their rows stay.
DENY DELETE ON [dbo].[Installation] TO [incidentdesk_run];
DENY DELETE ON [dbo].[People] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Incidents] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Texts] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Attachments] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Requests] TO [incidentdesk_run];
DENY DELETE ON [dbo].[DayCounters] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Alerts] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Inbox] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Outbox] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Heartbeats] TO [incidentdesk_run];
DENY DELETE ON [dbo].[Canaries] TO [incidentdesk_run];

-- Kept for the first days only, and not changed meanwhile.
DENY UPDATE ON [dbo].[Units] TO [incidentdesk_run];
DENY UPDATE ON [dbo].[Idempotency] TO [incidentdesk_run];

-- The security log is never changed, and goes by age.
DENY UPDATE ON [dbo].[SecurityEvents] TO [incidentdesk_run];

-- Which version the tables are of.
DENY INSERT, UPDATE, DELETE ON [dbo].[__EFMigrationsHistory] TO [incidentdesk_run];
