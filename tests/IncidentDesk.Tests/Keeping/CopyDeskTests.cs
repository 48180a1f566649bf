using IncidentDesk.Accounts;
using IncidentDesk.Alerts;
using IncidentDesk.Attachments;
using IncidentDesk.Channels;
using IncidentDesk.Clocks;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Tests.Desks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Keeping;

/// <summary>A SQLite desk moved to a server engine: every row is there, no verdict changes, and what went wrong is said.</summary>
[Collection(SampleDesks.Collection)]
public sealed class CopyDeskTests(SampleDesks desks)
{
    [Fact]
    public async Task A_target_names_one_server_engine_and_a_connection_string()
    {
        using var folder = new DeskFolder();
        foreach (var target in new[] { "PostgreSql", "SqlServer,PostgreSql;Host=127.0.0.1", "2;Host=127.0.0.1", "Sqlite;Data Source=other.db" })
        {
            (await folder.Run("copy", "--to", target)).Refused("bad_target");
        }
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task A_copy_that_was_killed_goes_on_and_the_report_has_the_same_bytes_on_both_sides(Engine engine)
    {
        var (source, _, importedAt) = await desks.On(Engine.Sqlite);
        await using var database = await TestDatabase.Create(engine, migrated: false);
        using var folder = new DeskFolder();
        folder.Settings["Data__Folder"] = source.Database.Settings.DataFolder;
        folder.Settings["Database__ConnectionString"] = source.Database.Settings.ConnectionString;
        folder.Settings["DESK_COPY_TO"] = $"{engine};{database.Settings.ConnectionString}";
        using (var copying = folder.Start(["copy"]))
        {
            while (await copying.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)) is { } said && said != "Events 5000")
            {
            }

            copying.Kill();
            await copying.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }

        await using var target = source.Process(database.Settings);
        await using (var scope = target.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
            Assert.InRange(await db.Events.CountAsync(), 5_000, 17_999);
            Assert.False(await db.Installations.AnyAsync());
        }

        Assert.Equal("copy_unfinished", (await DeskStart.Prepare(target, CancellationToken.None))!.Code);
        var went = (await folder.Run("copy")).Exits(0);
        Assert.DoesNotContain("Incidents 500\n", went.Error, StringComparison.Ordinal);
        (await folder.Run("copy")).Refused("already_copied");

        Assert.Null(await DeskStart.Prepare(target, CancellationToken.None));
        var verified = await target.SendAlone(new VerifyLedger());
        Assert.Equal((0, 5_980), (verified.Problems, verified.Incidents));
        Assert.NotEmpty(await OfKind(target, InstallationEventRow.Copied));
        foreach (var format in Enum.GetValues<ReportFormat>())
        {
            var ours = await source.Report(Period.OfYear(2025), Scope.Rental, Instant.Of(importedAt), importedAt, format);
            using var theirs = new MemoryStream();
            Assert.Null((await target.SendAlone(new WriteReport(Period.OfYear(2025), Scope.Rental, Instant.Of(importedAt), importedAt, format, theirs))).Refused);
            Assert.True(ours.AsSpan().SequenceEqual(theirs.ToArray()), $"{format}");
        }
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task Every_table_goes_over_and_what_cannot_be_copied_is_refused(Engine engine)
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        await desk.Send(new AddPerson(null, "li", "李师傅", "staff,approver", "驻点"));
        var number = await desk.Services.Log(Instant.Of(TestDesk.Opening).Plus(-90_000), "li\n/api/v1/incidents\nkey-of-mine\nhash");
        Assert.Null((await desk.Send(new AskVoid(KeepingDesk.All, number, "test", null))).Refused);
        Assert.Null((await desk.Send(new Attach(KeepingDesk.All, number, (await desk.Send(new ReceiveFile(KeepingDesk.All, number, new MemoryStream("%PDF-"u8.ToArray())))).Value!))).Refused);
        await desk.Send(new FinishRestore("b", TestDesk.Opening, ["none"]));
        desk.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("p").Protect("secret");
        await desk.Send(new CheckClock());
        await desk.Send(new AddPerson(null, "wang", "王科长", "staff"));
        Assert.Null((await desk.Send(new AddToken(null, "wang", "终端", [], 30))).Refused);
        Assert.Null((await desk.Send(new SetDeputy(KeepingDesk.All, "li", "wang", TestDesk.Opening, TestDesk.Opening.AddDays(3)))).Refused);
        Assert.NotNull((await desk.Send(new SignIn("wang", "x", null, null, false, Origin.Command))).Refused);
        Assert.Null((await desk.Send(new SetContact(null, "li", "li@by.gov.cn", null))).Refused);
        Assert.Null((await desk.Send(new SaveChannel(
            KeepingDesk.All with { Roles = new HashSet<Role> { Role.Officer } }, "robot", "wecom", "群", null, new Dictionary<string, string> { ["url"] = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1" }))).Refused);
        await desk.Send(new RunCanary());
        await desk.Send(new Tick());
        await using var database = await TestDatabase.Create(engine, migrated: false);
        var copy = () => CopyDesk.Between(desk.Database.Settings, database.Settings, desk.Clock, (_, _) => { }, CancellationToken.None);

        Assert.Equal("desk_running", (await copy()).Refused!.Code);
        desk.Clock.Advance(TimeSpan.FromSeconds(11));
        var (rows, refused) = await copy();
        Assert.Null(refused);

        await using var target = desk.Process(database.Settings);
        Assert.Null(await DeskStart.Prepare(target, CancellationToken.None));
        await using var scope = target.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        var tables = CopyDesk.Tables(db.Model);
        Assert.Equal(
            db.Model.GetEntityTypes().Select(t => t.ClrType.Name).Order(), tables.Select(t => t.ClrType).Concat(CopyDesk.NotCopied).Select(t => t.Name).Order());
        Assert.Equal([typeof(UnitRow), typeof(HeartbeatRow), typeof(InstallationRow)], CopyDesk.NotCopied);
        var counts = new Dictionary<string, int>();
        foreach (var table in tables)
        {
            var count = "SELECT CAST(COUNT(*) AS int) AS \"Value\" FROM \"" + table.GetTableName() + "\"";
            counts[table.ClrType.Name] = await db.Database.SqlQueryRaw<int>(count).SingleAsync();
        }

        // A table that this desk leaves empty would be copied unseen.
        Assert.All(counts, c => Assert.True(c.Value > 0, c.Key));
        Assert.Equal(rows, counts.Values.Sum() - 1);
        Assert.Equal("secret", await Unprotected());
        Assert.Equal("BY20260215-0002", await target.Log());

        await using var other = await TestDesk.Open(Engine.Sqlite);
        Assert.Equal("target_holds_another", (await CopyDesk.Between(other.Database.Settings, database.Settings, desk.Clock, (_, _) => { }, CancellationToken.None)).Refused!.Code);

        async Task<string> Unprotected()
        {
            await using var here = desk.Process();
            var secret = here.GetRequiredService<IDataProtectionProvider>().CreateProtector("p").Protect("secret");
            return target.GetRequiredService<IDataProtectionProvider>().CreateProtector("p").Unprotect(secret);
        }
    }

    [Theory, OnPostgreSql, OnSqlServer]
    public async Task A_row_that_is_not_the_sources_is_found(Engine engine)
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        await using var database = await TestDatabase.Create(engine);
        await using var target = desk.Process(database.Settings);
        await using (var scope = target.CreateAsyncScope())
        {
            // The first person of the source, as one with another name.
            var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
            db.People.Add(new PersonRow { Id = "admin", Name = "别人", Roles = "admin", CreatedAt = TestDesk.Opening });
            await db.SaveChangesAsync();
        }

        Assert.Equal("copy_differs", (await CopyDesk.Between(desk.Database.Settings, database.Settings, desk.Clock, (_, _) => { }, CancellationToken.None)).Refused!.Code);
        Assert.Equal("copy_unfinished", (await DeskStart.Prepare(target, CancellationToken.None))!.Code);
    }

    private static async Task<List<InstallationEventRow>> OfKind(IServiceProvider services, string kind)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DeskDb>().InstallationEvents.AsNoTracking().Where(e => e.Kind == kind).ToListAsync();
    }
}
