using System.Text.Json;
using System.Xml.Linq;
using IncidentDesk.Accounts;
using IncidentDesk.Alerts;
using IncidentDesk.Attachments;
using IncidentDesk.Channels;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Import;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Privacy;
using IncidentDesk.Reference;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using MediatR;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace IncidentDesk.Tests.Data;

/// <summary>What SQL Server would say of tables and statements, asked without a server.</summary>
public class SqlServerOfflineTests
{
    // Words: they compare as the database was set up. All other texts are codes, numbers, ids and hashes and compare byte by byte.
    private static readonly string[] Words =
    [
        "Installation.District", "People.Name", "People.Roles", "ReferenceData.NameZh", "ReferenceData.NameEn", "ReferenceData.Content", "Incidents.Building", "Incidents.ServicePoint",
        "Incidents.Active", "Events.ActorName", "Events.Payload", "Texts.Value", "Requests.Payload", "Idempotency.Result", "Alerts.Zh", "Alerts.En",
        "JobPeriods.Result", "People.ServicePoint", "InstallationEvents.Detail", "DataProtectionKeys.Xml",
        "People.Towns", "People.ServicePoints", "Outbox.Reason", "Channels.Name", "Channels.Settings", "Channels.Secrets", "Channels.BrokenBecause", "Channels.Recent", "Contacts.Email", "Credentials.Name", "Credentials.Scopes", "SecurityEvents.Detail",
    ];

    private static readonly DeskSettings Settings = new()
    {
        DataFolder = Path.GetTempPath(), FilesFolder = Path.Combine(Path.GetTempPath(), "incidentdesk-offline-files"), Engine = Engine.SqlServer, ConnectionString = "Server=.", Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "广州市白云区", EraseAfterMonths = 12,
    };

    private static readonly Lazy<Task<List<SentSql>>> Everything = new(EverythingSent);

    [Fact]
    public void The_migrations_make_valid_tables()
    {
        using var db = Context();
        SqlServerModel.Parse(Script(db));
        using var model = new SqlServerModel(db.Database.GenerateCreateScript());

        Assert.Empty(model.Problems());
        Assert.Equal(
            db.Model.GetEntityTypes().Select(t => t.GetTableName()!).Order(StringComparer.Ordinal),
            model.Tables().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_statement_with_a_column_that_is_not_there_would_be_found()
    {
        using var db = Context();
        using var model = new SqlServerModel(db.Database.GenerateCreateScript());
        model.Add(new SentSql("SELECT [i].[Colour] FROM [Incidents] AS [i]", []));

        Assert.Contains("Colour", Assert.Single(model.Problems()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_statement_that_the_use_cases_send_is_valid()
    {
        var sent = await Everything.Value;
        using var db = Context();
        using var model = new SqlServerModel(db.Database.GenerateCreateScript());
        foreach (var statement in sent.DistinctBy(s => s.Text))
        {
            model.Add(statement);
        }

        Assert.Empty(model.Problems());
    }

    [Fact]
    public async Task The_use_cases_send_statements_of_every_kind_and_none_with_more_parameters_than_the_server_takes()
    {
        var sent = await Everything.Value;
        foreach (var part in new[]
        {
            "INSERT INTO [Installation]", "INSERT INTO [ReferenceData]", "INSERT INTO [People]", "INSERT INTO [Units]", "INSERT INTO [Incidents]",
            "INSERT INTO [Events]", "INSERT INTO [Texts]", "INSERT INTO [DayCounters]", "UPDATE [DayCounters]", "FROM [Texts]", "GROUP BY", "WHEN EXISTS",
            "COUNT_BIG", "FROM [DayCounters]", "FROM [Events]",
        })
        {
            Assert.True(sent.Exists(s => s.Text.Contains(part, StringComparison.Ordinal)), part);
        }

        using var db = Context();
        Assert.All(db.Model.GetEntityTypes().Select(t => t.GetTableName()!), table =>
        {
            Assert.True(sent.Exists(s => s.Text.Contains($"FROM [{table}]", StringComparison.Ordinal)), $"nothing reads {table}");
            Assert.True(
                sent.Exists(s => s.Text.Contains($"INSERT INTO [{table}]", StringComparison.Ordinal)
                    || (s.Text.StartsWith("UPDATE", StringComparison.Ordinal) && s.Text.Contains($"FROM [{table}]", StringComparison.Ordinal))),
                $"nothing writes {table}");
        });
        Assert.All(sent, s => Assert.InRange(s.Parameters.Count, 0, 2_100));
        Assert.DoesNotContain(sent, s => s.Text.Contains("MERGE ", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_text_has_a_length_and_codes_numbers_and_hashes_compare_byte_by_byte()
    {
        using var db = Context();
        var texts = Design(db).GetEntityTypes().SelectMany(t => t.GetProperties().Where(p => p.ClrType == typeof(string))
            .Select(p => (Name: $"{t.GetTableName()}.{p.GetColumnName()}", Length: p.GetMaxLength(), Collation: p.GetCollation(), Type: p.GetColumnType()))).ToList();

        Assert.All(texts, t => Assert.True(t.Length is not null && t.Type.StartsWith("nvarchar(", StringComparison.Ordinal), t.Name));
        Assert.Equal(
            Words.Order(StringComparer.Ordinal), texts.Where(t => t.Collation != "Latin1_General_100_BIN2").Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Keys_and_indexes_are_not_longer_than_the_server_takes()
    {
        using var db = Context();
        foreach (var type in db.Model.GetEntityTypes())
        {
            Assert.All(type.GetKeys(), k => Assert.InRange(k.Properties.Sum(Bytes), 1, 900));
            Assert.All(type.GetIndexes(), i => Assert.InRange(i.Properties.Sum(Bytes), 1, 1_700));
        }

        static int Bytes(IProperty property) => property.GetColumnType() switch
        {
            "bigint" => 8,
            "int" => 4,
            "date" => 3,
            var type when type.StartsWith("datetime2", StringComparison.Ordinal) => 8,
            var type when type.StartsWith("nvarchar(", StringComparison.Ordinal) && property.GetMaxLength() is > 0 and var length => 2 * length,
            var other => throw new InvalidOperationException($"{property.DeclaringType.DisplayName()}.{property.Name} of type {other} cannot be part of a key"),
        };
    }

    [Fact]
    public void Times_have_six_digits_at_most_and_no_key_or_value_is_made_by_the_server()
    {
        using var db = Context();
        var properties = db.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).ToList();

        Assert.All(properties.Where(p => p.GetColumnType().StartsWith("datetime2", StringComparison.Ordinal)), p => Assert.InRange(p.GetPrecision() ?? 7, 0, 6));
        Assert.All(properties, p => Assert.Equal(ValueGenerated.Never, p.ValueGenerated));
    }

    [Fact]
    public void Nothing_is_deleted_by_cascade_and_no_table_has_a_trigger()
    {
        using var db = Context();
        Assert.All(
            db.Model.GetEntityTypes().SelectMany(t => t.GetForeignKeys()), f => Assert.True(f.DeleteBehavior is DeleteBehavior.Restrict or DeleteBehavior.NoAction));
        Assert.All(db.Model.GetEntityTypes(), t => Assert.Empty(t.GetDeclaredTriggers()));
        Assert.DoesNotContain("CASCADE", Script(db), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("TRIGGER", Script(db), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Engine.Sqlite, "Data Source=:memory:")]
    [InlineData(Engine.SqlServer, "Server=.")]
    [InlineData(Engine.PostgreSql, "Host=localhost")]
    public async Task The_migrations_make_what_the_model_says(Engine engine, string connectionString)
    {
        var settings = new DeskSettings
        {
            DataFolder = Path.GetTempPath(), Engine = engine, ConnectionString = connectionString, Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "区",
        };
        await using var services = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();

        Assert.False(db.Database.HasPendingModelChanges());
        Assert.NotEmpty(db.Database.GetMigrations());
    }

    [Fact]
    public void The_script_for_a_dba_is_read_by_the_server_and_does_nothing_that_is_done()
    {
        using var db = Context();
        var script = SqlServerModel.Parse(DeskStart.Script(db));

        // Only the transactions of the migrations and the table that remembers them stand outside a test of what was applied.
        var bare = script.Batches.SelectMany(b => b.Statements).Where(s => s is not IfStatement).Select(s => s.GetType().Name).Distinct();
        Assert.Subset(new HashSet<string> { nameof(BeginTransactionStatement), nameof(CommitTransactionStatement) }, bare.ToHashSet());
        Assert.All(db.Database.GetMigrations(), m => Assert.Contains($"N'{m}'", DeskStart.Script(db), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(150, true, null, "")]
    [InlineData(160, true, null, "")]
    [InlineData(140, true, "level_too_low", "ALTER DATABASE [a]]b] SET COMPATIBILITY_LEVEL = 150")]
    [InlineData(160, false, "snapshot_off", "ALTER DATABASE [a]]b] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE")]
    [InlineData(140, false, "snapshot_off", "ALTER DATABASE [a]]b] SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE")]
    public void A_database_that_is_set_up_otherwise_is_refused_with_what_a_dba_runs(int level, bool snapshot, string? code, string runs)
    {
        var refused = new ServerState("a]b", level, snapshot).Refused();

        Assert.Equal(code, refused?.Code);
        Assert.All(new[] { refused?.Zh ?? "", refused?.En ?? "" }, said => Assert.Contains(runs, said, StringComparison.Ordinal));
        _ = runs.Length == 0 ? null : SqlServerModel.Parse(runs);
    }

    [Fact]
    public async Task What_several_workers_look_for_passes_over_what_one_of_them_has_in_hand()
    {
        var hinted = (await Everything.Value).Where(s => s.Text.Contains("READPAST", StringComparison.Ordinal)).Select(s => s.Text).Distinct().ToList();

        Assert.All(
            new[] { "Incidents", "Canaries", "Outbox" },
            table => Assert.Contains(hinted, s => s.Contains($"FROM [{table}] AS [{char.ToLowerInvariant(table[0])}] WITH (UPDLOCK, READPAST, ROWLOCK, READCOMMITTEDLOCK)", StringComparison.Ordinal)));
        Assert.All(hinted, s => Assert.StartsWith("SELECT ", s, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_run_role_is_denied_nothing_that_the_use_cases_send_and_its_scripts_name_the_models_tables()
    {
        using var db = Context();
        var model = db.Model.GetEntityTypes().Select(t => t.GetTableName()!).Append("__EFMigrationsHistory").ToHashSet();
        var denials = Denials(SqlServerModel.Parse(await File.ReadAllTextAsync(Repo.File("ops/db/run-role.sqlserver.sql"))));

        Assert.Empty(denials.Select(d => d.Table).Except(model));
        Assert.Superset(
            new[] { "Events", "InstallationEvents", "ClockChecks" }.SelectMany(t => new[] { (t, "UPDATE"), (t, "DELETE") }).ToHashSet(), denials.ToHashSet());
        var sent = (await Everything.Value).SelectMany(s => Changes(s.Text)).ToHashSet();
        Assert.Contains(("Texts", "UPDATE"), sent);
        Assert.Contains(("Units", "DELETE"), sent);
        Assert.Empty(sent.Intersect(denials));

        // PostgreSQL's says the same.
        var other = System.Text.RegularExpressions.Regex.Matches(
                await File.ReadAllTextAsync(Repo.File("ops/db/run-role.postgresql.sql")), @"ARRAY\[(?<tables>'[^]]*)\] LOOP\s+EXECUTE format\('REVOKE (?<rights>[A-Z, ]+) ON")
            .SelectMany(m => m.Groups["tables"].Value.Split(", ").SelectMany(t => m.Groups["rights"].Value.Split(", ").Select(r => (t.Trim('\''), r)))).ToHashSet();
        Assert.Equal(denials.Where(d => d.Table is not ("SecurityEvents" or "__EFMigrationsHistory")).Order(), other.Order());
    }

    private static List<(string Table, string Right)> Denials(TSqlScript script)
    {
        var denied = new List<(string, string)>();
        foreach (var statement in script.Batches.SelectMany(b => b.Statements).OfType<DenyStatement>())
        {
            var table = statement.SecurityTargetObject.ObjectName.MultiPartIdentifier.Identifiers[^1].Value;
            denied.AddRange(statement.Permissions.Select(p => (table, p.Identifiers[0].Value.ToUpperInvariant())));
        }

        return denied;
    }

    private static IEnumerable<(string Table, string Right)> Changes(string sql)
    {
        foreach (var statement in SqlServerModel.Parse(sql).Batches.SelectMany(b => b.Statements).OfType<DataModificationStatement>())
        {
            var (specification, right) = statement switch
            {
                UpdateStatement u => ((UpdateDeleteSpecificationBase)u.UpdateSpecification, "UPDATE"),
                DeleteStatement d => (d.DeleteSpecification, "DELETE"),
                _ => (null, ""),
            };
            if (specification?.Target is NamedTableReference target)
            {
                // An alias of its own FROM clause, or the table itself.
                var name = target.SchemaObject.BaseIdentifier.Value;
                var named = specification.FromClause?.TableReferences.OfType<NamedTableReference>().FirstOrDefault(t => t.Alias?.Value == name);
                yield return (named?.SchemaObject.BaseIdentifier.Value ?? name, right);
            }
        }
    }

    [Fact]
    public void The_worker_runs_in_a_mode_in_which_the_driver_opens_connections()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Worker.runtimeconfig.json")));
        Assert.False(settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.Globalization.Invariant").GetBoolean());
    }

    private static SqlServerDeskDb Context() =>
        new((DbContextOptions<SqlServerDeskDb>)new DbContextOptionsBuilder<SqlServerDeskDb>().UseEngine(Settings).Options);

    private static IModel Design(DeskDb db) => db.GetService<IDesignTimeModel>().Model;

    private static string Script(DeskDb db) => db.GetService<IMigrator>().GenerateScript();

    /// <summary>Runs the use cases against a stand-in that holds nothing, a new installation, and a small ledger.</summary>
    private static async Task<List<SentSql>> EverythingSent()
    {
        await using var sample = await TestDesk.Open(Engine.Sqlite);
        var file = sample.Slice(220);
        await sample.Import(file);
        var server = new SqlServerStandIn();
        await using var services = Services(server, sample);

        // Nothing there: how the database is set up, the first start, then the first import.
        await using (var scope = services.CreateAsyncScope())
        {
            Assert.Null(await ServerState.Check(scope.ServiceProvider.GetRequiredService<DeskDb>(), CancellationToken.None));
            server.State = (160, false);
            Assert.Equal("snapshot_off", (await ServerState.Check(scope.ServiceProvider.GetRequiredService<DeskDb>(), CancellationToken.None))?.Code);
        }

        Assert.NotNull((await services.SendAlone(new FirstStart())).Value);
        await Hold<InstallationRow>();
        await Hold<ReferenceRow>();
        await Hold<PersonRow>();
        Assert.NotNull((await services.SendAlone(new FirstStart())).Value);
        Assert.Equal(219, (await sample.Import(file, process: services)).Done.Accepted);

        // Counters of these days, then the same ledger again.
        await Hold<DayCounterRow>();
        Assert.Equal(219, (await sample.Import(file, process: services)).Done.Accepted);
        await Hold<IncidentRow>();
        await Hold<EventRow>();
        await Hold<TextRow>();
        Assert.Equal(219, (await sample.Import(file, process: services)).Done.Unchanged);

        foreach (var format in Enum.GetValues<ReportFormat>())
        {
            foreach (var period in new[] { Period.Of(new Month(202502)), Period.OfYear(2025) })
            {
                using var output = new MemoryStream();
                Assert.Null((await services.SendAlone(new WriteReport(period, Scope.Rental, null, null, format, output))).Refused);
                Assert.True(output.Length > 3_000);
            }
        }

        // It does not filter: every event is the first ticket's then, and the verdict is of no account here.
        var number = new IncidentNumber("BY", await sample.Read(db => db.Incidents.MinAsync(i => i.Key)));
        server.Holding(await sample.Read(db => db.Events.AsNoTracking().Where(e => e.Incident == number.Key).OrderBy(e => e.Seq).ToListAsync()));
        Assert.Null((await services.SendAlone(new ExplainVerdict(number.ToString(), null, null))).Refused);
        await Hold<EventRow>();
        Assert.Equal(219, (await services.SendAlone(new VerifyLedger())).Incidents);
        server.Holding([new AttachmentRow { Incident = number.Key, Seq = 2, Hash = new string('a', 64) }]);
        Assert.True(await services.SendAlone(new EraseTexts()) > 0);
        server.Sent.AddRange(await CopySent(sample));
        server.Holding<AttachmentRow>([]);
        await VersionsSent(server, services, await sample.Read(db => db.References.AsNoTracking().ToListAsync()));
        await DeskSent(server, services, await sample.Read(db => db.References.AsNoTracking().ToListAsync()));
        return server.Sent;

        async Task Hold<T>()
            where T : class => server.Holding(await sample.Read(db => db.Set<T>().AsNoTracking().ToListAsync()));
    }

    /// <summary>The whole ledger, copied to a server that counts no rows and, read again, gives the ledger's.</summary>
    private static async Task<List<SentSql>> CopySent(TestDesk sample)
    {
        var server = new SqlServerStandIn();
        await using var target = new SqlServerDeskDb(server.OptionsOfACopy());
        server.Speak(target.Model);
        await sample.Read(async source =>
        {
            server.Holding(await source.Incidents.AsNoTracking().ToListAsync()).Holding(await source.Events.AsNoTracking().ToListAsync())
                .Holding(await source.Texts.AsNoTracking().ToListAsync()).Holding(await source.References.AsNoTracking().ToListAsync())
                .Holding(await source.People.AsNoTracking().ToListAsync()).Holding(await source.DayCounters.AsNoTracking().ToListAsync())
                .Holding(await source.InstallationEvents.AsNoTracking().ToListAsync()).Holding(await source.Accounts.AsNoTracking().ToListAsync());
            Assert.Null((await new CopyDesk(source, target, TimeProvider.System, (_, _) => { }).Run(CancellationToken.None)).Refused);
            return 0;
        });
        Assert.All(CopyDesk.Tables(target.Model).Select(t => t.GetTableName()), t => Assert.Contains(server.Sent, s => s.Text.Contains($"FROM [{t}] AS", StringComparison.Ordinal)));
        return server.Sent;
    }

    /// <summary>A year's list under a policy that counts working days: previewed, asked for, listed, approved, and folded into the rows.</summary>
    private static async Task VersionsSent(SqlServerStandIn server, ServiceProvider services, List<ReferenceRow> shipped)
    {
        var (officer, lead) = (Who("wu", Role.Officer), Who("zhou", Role.Approver));
        var policy = shipped.Single(r => r.List == ReferenceList.Policy);
        policy.Content = policy.Content.Replace("24x7", "workday24", StringComparison.Ordinal);
        server.Holding(shipped);
        var content = new Payload().Add("year", 2027).Add("source", "通知").Add("days", "2027-01-01,holiday,元旦");
        var draft = new VersionDraft(ReferenceList.OfficialDays, "2027", "2027年", "2027", "2027-01-01", false, content, null);
        Assert.Null((await services.SendAlone(new PreviewVersion(officer, draft))).Refused);
        Assert.Null((await services.SendAlone(new AskVersion(officer, draft, 0))).Refused);

        var version = new NewVersion(draft.List, draft.Code, 1, draft.NameZh, draft.NameEn, new DateOnly(2027, 1, 1), false, content.ToString(), null);
        server.Holding<RequestRow>([new RequestRow
        {
            Id = "r1", Subject = NewVersion.Subject, Payload = version.ToPayload().ToString(), RequestedBy = "wu", State = RequestRow.Pending,
        }]);
        Assert.Equal("version_pending", (await services.SendAlone(new AskVersion(officer, draft, 0))).Refused!.Code);
        Assert.Single((await services.SendAlone(new ListRequests(lead))).Value!);
        Assert.Null((await services.SendAlone(new DecideRequest(lead, "r1", true, null, 0))).Refused);
        server.Holding<ReferenceRow>([.. shipped, version.ToRow("wu", "zhou", DateTimeOffset.UnixEpoch)]);
        server.Holding<JobPeriodRow>([new JobPeriodRow { Job = ProjectAnew.Job, Period = version.Id }]);
        await services.SendAlone(new ProjectAnew());
        server.Holding<JobPeriodRow>([]);
        Assert.Contains(server.Sent, s => s.Text.Contains("UPDATE [Incidents] SET", StringComparison.Ordinal));

        static Caller Who(string id, Role role) => new(new Actor(id, id), new HashSet<Role> { role }, "api");
    }

    /// <summary>Every act of the live desk and the watch on one incident that is late, with one row of each kind that they made of it.</summary>
    private static async Task DeskSent(SqlServerStandIn server, ServiceProvider services, List<ReferenceRow> shipped)
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        var all = Who("li", Role.Staff, Role.Handler, Role.Approver, Role.Officer, Role.Admin);
        var other = Who("wang", Role.Approver);
        await desk.Send(new AddPerson(null, "li", "李师傅", "staff,handler,approver,officer,admin", "驻点"));
        var fault = new LogFault(
            all, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", "驻点", "12345", "GZ-1", null, Instant.Of(TestDesk.Opening).Plus(-90_000), "漏水",
            null, null, null, null, null, null, "li\n/api/v1/incidents\nkey-of-mine\nhash");
        var number = (await desk.Send(fault)).Value!.Number;
        var asked = (await desk.Send(new AskVoid(all, number, "test", null))).Value!.RequestId!;
        await desk.Send(new RunCanary());
        await desk.Send(new Tick());
        server.Holding(shipped);
        await Hold<PersonRow>(p => p.Id == "li");
        await Hold<IncidentRow>();
        await Hold<EventRow>();
        await Hold<TextRow>();
        await Hold<RequestRow>();
        await Hold<CanaryRow>();
        await Hold<HeartbeatRow>();
        await Hold<AlertRow>(a => a.Step == "breach" && a.Timer == "resolution");
        await Hold<InboxRow>(i => i.Alert.EndsWith(".resolution.breach.1"));
        await Hold<OutboxRow>(o => o.Alert.EndsWith(".resolution.breach.1"));

        var alert = (await desk.Read(db => db.Alerts.SingleAsync(a => a.Step == "breach" && a.Timer == "resolution"))).Id;
        Assert.NotNull((await services.SendAlone(new IncidentDesk.Accounts.Identify("li", Session: false, "api"))).Refused);
        await Taken(new ReadPeople(all));
        await Taken(new ReadIncident(all, number));
        await Taken(new ReadLogForm(all));
        await Taken(new LookBeforeLogging(all, "rental", "RNT-WATER-02", null, "440111011", "新市路56号", "li\n/log\nkey-of-mine\nhash"));
        foreach (var (state, order, cursor) in new[] { ("open", "due", (string?)null), ("open", "due", "1.2"), ("overdue", "due", "stopped.3"), ("resolved", null, "5"), ("excluded", "number", null) })
        {
            await Taken(new ListIncidents(all, state, "rental", "440111011", "RNT-WATER-02", "li", "2026-02", order, cursor, 5));
        }

        var limited = all with { Towns = ["440111011"], ServicePoints = ["驻点"] };
        foreach (var filter in new[] { new BoardFilter("overdue", "rental", "440111011", true), new BoardFilter("soon"), new BoardFilter("paused"), new BoardFilter("unanswered") })
        {
            await Taken(new ReadBoard(limited, filter, "1.2"));
        }

        await services.SendAlone(new PollBoard(["c1"], null));
        await services.SendAlone(new CountWaiting(limited));
        await Taken(new SearchIncidents(limited, "GZ-1", null, null, null, null, null, null, null, "5"));
        await Taken(new SearchIncidents(all, null, "漏水", "新市路", "li", "RNT-WATER-02", "440111011", null, null));
        foreach (var month in new[] { 202601, 202602 })
        {
            await Taken(new ReadMonth(all, new Month(month), Scope.Rental));
            await Taken(new ReadBuildings(all, new Month(month), Scope.Rental, 30));
        }

        await Taken(new ReadYear(all, 2026, Scope.Rental));
        await Taken(new ReadYear(all, 2026, Scope.Rental, Instant.Of(TestDesk.Opening).Plus(-1)));
        await Taken(fault with { Idempotency = null });
        await Taken(new ListRequests(other));
        await Taken(new DecideRequest(other, asked, false, "不同意", null, "wang\n/r\nkey-of-mine\nhash"));
        await Taken(new DecideRequest(other, asked, true, null));
        await Taken(new WorkOnIncident(other, number));
        await Taken(new ReadAssignees(other));
        await Taken(new ReadHandOver(all, "li", Instant.Of(TestDesk.Opening)));
        Assert.Equal("hand_over_to_self", (await services.SendAlone(new HandOver(all, "li", null))).Refused?.Code);
        Assert.Equal(1, (await services.SendAlone(new HandOver(other with { Roles = all.Roles }, "li", "看紧"))).Value?.Given);
        await Taken(new Assign(all, number, "li"));
        await Taken(new Attach(all, number, (await services.SendAlone(new ReceiveFile(all, number, new MemoryStream("%PDF-"u8.ToArray())))).Value!, "回执.pdf"));
        await Taken(new Respond(all, number, "phone", null));
        await Taken(new Note(all, number, "已联系"));
        await Taken(new ExplainBreach(all, number, "备件", "维保", "备存"));
        await Taken(new AskPause(all, number, "waiting_landlord", null));
        await Taken(new AskCorrection(all, number, "category", "RNT-FIRE-04", "看错"));
        await Taken(new Resolve(all, number, "fixed_on_site", null, null, null, "修好"));
        await services.SendAlone(new RaiseOwedAlerts());
        await services.SendAlone(new PutAside(await desk.Read(db => db.Incidents.Select(i => i.Key).SingleAsync()), "不可读"));
        await services.SendAlone(new Tick());
        await services.SendAlone(new DeliverOutbox());
        await Taken(new ReadInbox(all, true, null, null));
        await Taken(new ReadInbox(all, false, "1_x", 5));
        await Taken(new Acknowledge(all, alert));
        await desk.Send(new DeliverOutbox());
        await Hold<OutboxRow>(o => o.Alert.EndsWith(".resolution.breach.1"));
        await Taken(new ReadWatch(all));
        await Taken(new ReadSystemState(all));
        await ChannelsSent(server, desk, services, all);
        await services.SendAlone(new RunCanary());
        await services.SendAlone(new MeasureDesk());
        Assert.True(await services.SendAlone(new CheckClock()));
        await services.SendAlone(new CheckClock());
        Assert.True(await services.SendAlone(new CheckClock(new ClockJump(TimeSpan.FromSeconds(5), TestDesk.Opening))));
        await services.SendAlone(new NightlyRecompute());
        await services.SendAlone(new PurgeBatch());
        await services.SendAlone(new SweepFiles());
        await Taken(new FinishRestore("b", TestDesk.Opening, [number]));
        await desk.Send(new AddPerson(null, "wang", "王科长", "staff"));
        await Hold<AccountRow>(a => a.Person == "li");
        Assert.Equal("bad_credentials", (await services.SendAlone(new SignIn("li", "x", null, null, false, new Origin("10.1.2.3", "api")))).Refused?.Code);
        await Taken(new SignInByProvider(new ProvenIdentity("li", "https://sso.example", "s-1", TwoFactors: true), "123456", null, false, new Origin("10.1.2.3", "page")));
        await Taken(new AddToken(null, "li", "终端", [], 30));
        await services.SendAlone(new ListTokens(all));
        await Taken(new ReadSecurityLog(Who("an", Role.Auditor), "li", "sign_in", "1_x", 5));
        await Hold<PersonRow>(p => p.Id == "li" || p.Id == "wang");
        await Taken(new SetDeputy(all, "li", "wang", TestDesk.Opening, TestDesk.Opening.AddDays(3)));
        var keys = services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository!;
        keys.StoreElement(new XElement("key"), "key-1");
        Assert.Empty(keys.GetAllElements());

        async Task Hold<T>(System.Linq.Expressions.Expression<Func<T, bool>>? which = null)
            where T : class => server.Holding(await desk.Read(db => which is null ? db.Set<T>().AsNoTracking().ToListAsync() : db.Set<T>().AsNoTracking().Where(which).ToListAsync()));

        async Task Taken<T>(IRequest<Outcome<T>> message) => Assert.Null((await services.SendAlone(message)).Refused);

        static Caller Who(string id, params Role[] roles) => new(new Actor(id, id), roles.ToHashSet(), "api");
    }

    /// <summary>Channels set up, broken, over their limit, and what they gave up; contacts.</summary>
    private static async Task ChannelsSent(SqlServerStandIn server, TestDesk desk, ServiceProvider services, Caller all)
    {
        var settings = new Dictionary<string, string> { ["url"] = "https://hook.by.gov.cn/in", ["secret"] = "whsec_" + Convert.ToBase64String(new byte[32]) };
        Assert.Null((await services.SendAlone(new SaveChannel(all, "hook", "webhook", "某系统", null, settings))).Refused);
        Assert.Null((await services.SendAlone(new SetContact(all with { Person = new Actor("li", "li") }, "li", "li@by.gov.cn", "13800138000"))).Refused);
        Assert.Null((await services.SendAlone(new SaveChannel(all, "robot", "wecom", "群", null, settings.Where(s => s.Key == "url").ToDictionary()))).Refused);
        var robot = new ChannelRow { Code = "robot", Kind = "wecom", Name = "群", Enabled = true, Settings = "{}", Secrets = "", ChangedBy = "li" };
        server.Holding<ChannelRow>([robot]);
        server.Holding<ContactRow>([new ContactRow { Person = "li", Email = "li@by.gov.cn" }]);
        Assert.Null((await services.SendAlone(new ReadChannels(all))).Refused);
        Assert.Null((await services.SendAlone(new ReadContacts(all))).Refused);
        Assert.Null((await services.SendAlone(new ReadDeadLetters(all, "robot", "1", 5))).Refused);
        Assert.Null((await services.SendAlone(new ResendDead(all, null, "robot"))).Refused);
        await services.SendAlone(new NoteTest(all, "robot", DeliveryOutcome.Sent));
        await services.SendAlone(new DeliverOutbox());
        var claimed = await services.SendAlone(new ClaimDeliveries("robot"));

        // 19 of this minute, and two that wait: a digest.
        robot.Recent = string.Join(',', Enumerable.Repeat(desk.Clock.GetUtcNow().AddYears(1).ToUnixTimeMilliseconds(), 19));
        server.Holding<OutboxRow>([Waits("1"), Waits("2")]);
        await services.SendAlone(new ClaimDeliveries("robot"));
        var message = new ChannelMessage("k", null, "字", "word", "", null, null);
        var row = new Delivery("i", 1, 1, TestDesk.Opening, "li", "a", 0, "watch", "s", Instant.Of(TestDesk.Opening), "字", "word", TestDesk.Opening);
        await services.SendAlone(new SettleDeliveries("robot", [
            new Settled(new Consignment(message, [row], null), DeliveryOutcome.Away("x"), TestDesk.Opening), new Settled(new Consignment(message, [row], "mark"), DeliveryOutcome.Broken("x"), TestDesk.Opening)]));
        Assert.NotNull(claimed.Way);
        Assert.Contains(server.Sent, s => s.Text.StartsWith("UPDATE", StringComparison.Ordinal) && s.Text.Contains("[Digest] =", StringComparison.Ordinal));
        server.Holding<ChannelRow>([]);

        static OutboxRow Waits(string id) => new() { Id = id, Alert = "a", Timer = "resolution", Channel = "robot", Person = "*", State = OutboxRow.Pending };
    }

    private static ServiceProvider Services(SqlServerStandIn server, TestDesk sample)
    {
        using var db = Context();
        server.Speak(db.Model);
        return new ServiceCollection().AddIncidentDesk(Settings)
            .AddSingleton<TimeProvider>(new FakeTimeProvider(sample.Clock.GetUtcNow()))
            .Replace(ServiceDescriptor.Scoped(_ => server.Options(Settings)))
            .BuildServiceProvider();
    }
}
