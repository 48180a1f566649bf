using IncidentDesk.Alerts;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Privacy;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using IncidentDesk.Tests.Keeping;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace IncidentDesk.Tests.Engines;

/// <summary>The hosts under an account that owns nothing, with the rights of ops/db/run-role.postgresql.sql.</summary>
public sealed class RunRoleTests
{
    private static readonly Caller All = new(new Actor("li", "李师傅"), new HashSet<Role> { Role.Staff, Role.Handler, Role.Approver, Role.Officer }, "api");
    private static readonly Caller Second = new(new Actor("wang", "王值班长"), new HashSet<Role> { Role.Approver }, "api");

    [Theory, OnPostgreSql]
    public async Task The_run_role_does_all_that_hosts_do_and_can_neither_change_nor_delete_what_happened(Engine engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var login = "desk_host_" + Guid.NewGuid().ToString("N")[..8];
        var script = await File.ReadAllTextAsync(Repo.File("ops/db/run-role.postgresql.sql"));
        var already = (bool)(await Scalar(database.Settings.ConnectionString, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'incidentdesk_run')"))!;
        try
        {
            // It may be run again.
            await Scalar(database.Settings.ConnectionString, script);
            await Scalar(database.Settings.ConnectionString, script);
            await Scalar(database.Settings.ConnectionString, $"CREATE ROLE {login} LOGIN PASSWORD 'not-a-secret' IN ROLE incidentdesk_run");
            var settings = database.Settings with
            {
                ConnectionString = new NpgsqlConnectionStringBuilder(database.Settings.ConnectionString) { Username = login, Password = "not-a-secret" }.ToString(),
            };
            await Works(settings);
            await Refuses(settings.ConnectionString);
        }
        finally
        {
            await Scalar(database.Settings.ConnectionString, $"DROP OWNED BY incidentdesk_run; DROP ROLE IF EXISTS {login}");
            if (!already)
            {
                await Scalar(database.Settings.ConnectionString, "DROP ROLE incidentdesk_run");
            }
        }
    }

    private static async Task Works(DeskSettings settings)
    {
        var clock = new FakeTimeProvider(TestDesk.Opening);
        await using var services = new ServiceCollection().AddIncidentDesk(settings).AddSingleton<TimeProvider>(clock).BuildServiceProvider(validateScopes: true);
        Assert.Null(await DeskStart.Prepare(services, CancellationToken.None));
        Assert.Null((await services.SendAlone(new AddPerson(null, "wang", "王值班长", "approver", null))).Refused);
        var (late, drill) = (await services.Log(key: "li\n/api/v1/incidents\na-key-of-mine\nhash"), await services.Log());
        clock.Advance(TimeSpan.FromHours(25));
        Assert.True(await services.SendAlone(new Tick()) > 0);
        Assert.True(await services.SendAlone(new DeliverOutbox()) > 0);
        var alert = (await services.SendAlone(new ReadInbox(Second, true, null, null))).Value!.Items[0].Alert.Id;
        Assert.Null((await services.SendAlone(new Acknowledge(Second, alert))).Refused);
        Assert.Null((await services.SendAlone(new Respond(All, late, "phone", null))).Refused);
        Assert.Null((await services.SendAlone(new Resolve(All, late, "fixed_on_site", null, null, null, "修好"))).Refused);
        var asked = await services.SendAlone(new AskVoid(All, drill, "test", "演练"));
        Assert.Null((await services.SendAlone(new DecideRequest(Second, asked.Value!.RequestId!, true, null))).Refused);
        await services.SendAlone(new RunCanary());
        await services.SendAlone(new Tick());
        await services.SendAlone(new CheckClock());
        await services.SendAlone(new MeasureDesk());
        Assert.Equal(1, await services.SendAlone(new NightlyRecompute()));
        Assert.Null((await services.SendAlone(new FinishRestore("b", TestDesk.Opening, [drill]))).Refused);
        services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository!.StoreElement(new("key"), "key-1");
        clock.SetUtcNow(TestDesk.Opening.AddMonths(25));
        Assert.True(await services.SendAlone(new Purge()) > 0);
        Assert.Equal(2, await services.SendAlone(new EraseTexts()));
        using var report = new MemoryStream();
        Assert.Null((await services.SendAlone(new WriteReport(Period.Of(new(202602)), Scope.Rental, null, null, ReportFormat.Json, report))).Refused);
        Assert.Contains("接报 2 = 剔除 1 + 按时 0 + 超时 1 + 未到期 0", System.Text.Encoding.UTF8.GetString(report.ToArray()), StringComparison.Ordinal);
        var verified = await services.SendAlone(new VerifyLedger());
        Assert.Equal((0, 2), (verified.Problems, verified.Incidents));
    }

    private static async Task Refuses(string connectionString)
    {
        string[] denied =
        [
            .. new[] { "Events", "InstallationEvents", "ClockChecks" }.SelectMany(t => new[] { $"UPDATE \"{t}\" SET \"{(t == "Events" ? "Incident" : "Id")}\" = \"{(t == "Events" ? "Incident" : "Id")}\"", $"DELETE FROM \"{t}\"", $"TRUNCATE \"{t}\" CASCADE" }),
            "DELETE FROM \"Incidents\"", "DELETE FROM \"Texts\"", "UPDATE \"SecurityEvents\" SET \"Id\" = 'x'", "TRUNCATE \"SecurityEvents\"", "ALTER TABLE \"SecurityEvents\" DISABLE ROW LEVEL SECURITY", "DELETE FROM \"__EFMigrationsHistory\"", "ALTER TABLE \"Events\" DISABLE TRIGGER ALL",
            "CREATE TABLE aside AS SELECT 1", "SET session_replication_role = replica",
        ];
        foreach (var sql in denied)
        {
            var thrown = await Assert.ThrowsAsync<PostgresException>(() => Scalar(connectionString, sql));
            Assert.Equal(("42501", sql), (thrown.SqlState, sql));
        }

        // An entry goes by age and in no other way.
        foreach (var (id, age) in new[] { ("young", "184 days"), ("old", "186 days") })
        {
            await Scalar(connectionString, $"INSERT INTO \"SecurityEvents\" (\"Id\", \"At\", \"Who\", \"What\", \"Outcome\", \"Via\") VALUES ('{id}', now() - interval '{age}', 'x', 'sign_in', 'done', 'api')");
        }

        await Scalar(connectionString, "DELETE FROM \"SecurityEvents\"");
        Assert.Equal("young", await Scalar(connectionString, "SELECT string_agg(\"Id\", ',') FROM \"SecurityEvents\" WHERE \"Id\" IN ('young', 'old')"));
    }

    private static async Task<object?> Scalar(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
