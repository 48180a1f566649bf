using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Keeping;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Keeping;

/// <summary>What a backup holds, what a check names, and how a restore goes on. The rehearsal under load is <see cref="RestoreRehearsalTests"/>.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("desk-backup-");

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_restore_leaves_out_the_numbers_up_to_the_last_one_known_and_says_so_from_then_on(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var first = await desk.Services.Log();
        var day = first[..^5];
        Assert.Equal(day + "-0001", first);
        desk.Clock.Advance(TimeSpan.FromHours(1));
        var before = await desk.Report(Period.Of(new Month(202602)), Scope.Rental);
        var knownBefore = desk.Clock.GetUtcNow();
        desk.Clock.Advance(TimeSpan.FromMinutes(1));

        foreach (var (bad, code) in new[] { ("BY20260215-42", "bad_number"), ("TH20260215-0042", "bad_number"), ("BY20260301-0001", "number_in_future") })
        {
            Assert.Equal(code, (await desk.Send(new FinishRestore("b", TestDesk.Opening, [bad]))).Refused!.Code);
        }

        var gaps = (await desk.Send(new FinishRestore("b", TestDesk.Opening, [day + "-0012", day + "-0007", "BY20260214-0003"]))).Value!;
        Assert.Equal([("BY20260214-0001", "BY20260214-0003"), (day + "-0002", day + "-0012")], gaps.Select(g => (g.First.ToString(), g.Last.ToString())).Order());
        Assert.Empty((await desk.Send(new FinishRestore("b", TestDesk.Opening, [day + "-0012"]))).Value!);
        Assert.Equal(1, await desk.Read(db => db.InstallationEvents.CountAsync()));
        Assert.Equal(day + "-0013", await desk.Services.Log());

        var verified = await desk.Send(new VerifyLedger());
        Assert.Equal((0, 2), (verified.Problems, verified.Gaps!.Count));
        var json = JsonNode.Parse(await desk.Report(Period.Of(new Month(202602)), Scope.Rental))!;
        var befell = Assert.Single(json["installationEvents"]!.AsArray())!;
        Assert.Equal(("restored", "2026-02-14T16:00:00.000Z"), ((string)befell["kind"]!, (string)befell["since"]!));
        Assert.Contains($"编号 {day}-0002 至 {day}-0012 因此空缺", (string)befell["sentence"]!, StringComparison.Ordinal);
        var days = json["continuity"]!.AsArray();
        Assert.Equal(["2026-02-14 1-3 of 0", "2026-02-15 1-13 of 2"], days.Select(d => $"{d!["day"]} {d["first"]}-{d["last"]} of {d["count"]}"));
        Assert.All(days, d => Assert.False((bool)d!["complete"]!));
        Assert.Equal("restored", (string)days[1]!["gaps"]![0]!["cause"]!);
        var csv = Encoding.UTF8.GetString(await desk.Report(Period.Of(new Month(202602)), Scope.Rental, format: ReportFormat.Csv));
        Assert.Contains($"\ncontinuityGap,{day}-0002,{day}-0012,11,restored,", csv, StringComparison.Ordinal);
        Assert.Contains("\nheader,installationEvent,restored,", csv, StringComparison.Ordinal);

        // What was known before stands as it was, and another month is not touched.
        Assert.Equal(Settled(before), Settled(await desk.Report(Period.Of(new Month(202602)), Scope.Rental, Instant.Of(knownBefore), knownBefore)));
        Assert.Null(JsonNode.Parse(await desk.Report(Period.Of(new Month(202601)), Scope.Rental))!["installationEvents"]);

        // A number that is missing beside the gap is as before.
        await desk.Sql("DELETE FROM \"Incidents\" WHERE \"Key\" = 20260215000001");
        Assert.Contains((await desk.Send(new VerifyLedger())).Named, p => p.Code == "number_gap");

        static string Settled(byte[] report) => Encoding.UTF8.GetString(report).Replace("\"settled\": false", "\"settled\": true", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_names_each_file_that_was_changed_or_is_missing_or_was_added_and_is_not_restored_then()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        var settings = desk.Database.Settings;
        await desk.Services.Log();
        var (changed, missing, kept) = (settings.Keep("one"), settings.Keep("two"), settings.Keep("three"));
        var taken = (await desk.Send(new TakeBackup(place.FullName))).Value!;
        Assert.Null(taken.ForTheDba);
        Assert.Empty(taken.Damaged);
        var (backup, _) = Backup.Open(taken.Backup.Folder);
        Assert.Equivalent(taken.Backup, backup, strict: true);
        Assert.Equal((1, 1), (backup!.Manifest.Incidents, backup.Manifest.Events));
        Assert.Equal(["BY20260215-0001"], backup.Manifest.LastNumbers);
        Assert.Equal(new[] { changed, missing, kept }.Order(StringComparer.Ordinal), backup.Manifest.Files.Select(f => f.Path));
        Assert.Equal(["files", "incidentdesk.db", "manifest.json"], new DirectoryInfo(backup.Folder).GetFileSystemInfos().Select(f => f.Name).Order(StringComparer.Ordinal));
        Assert.Empty((await CheckBackup.Run(settings, backup, CancellationToken.None)).Found!.Named);

        // Another one beside it never takes its place.
        await Assert.ThrowsAnyAsync<IOException>(() => desk.Send(new TakeBackup(place.FullName)));
        Assert.Single(place.GetFileSystemInfos());

        KeepingDesk.Bend(Path.Combine(backup.Folder, Backup.Files, changed));
        File.Delete(Path.Combine(backup.Folder, Backup.Files, missing));
        await File.WriteAllTextAsync(Path.Combine(backup.Folder, Backup.Files, "note.txt"), "x");
        var found = (await CheckBackup.Run(settings, backup, CancellationToken.None)).Found!;
        Assert.Equal((3, 1), (found.Problems, found.Incidents));
        Assert.Equal(
            [$"file_changed files/{changed}", "file_extra files/note.txt", $"file_missing files/{missing}"],
            found.Named.Select(p => $"{p.Code} {p.Detail.Split(' ')[0]}").Order(StringComparer.Ordinal));
        var elsewhere = settings with { DataFolder = Path.Combine(place.FullName, "new"), FilesFolder = Path.Combine(place.FullName, "new", "files") };
        Assert.Equal("backup_damaged", (await RestoreDesk.Run(elsewhere, backup, ["none"], CancellationToken.None)).Refused!.Code);

        KeepingDesk.Bend(Path.Combine(backup.Folder, Backup.Database));
        Assert.Contains((await CheckBackup.Run(settings, backup, CancellationToken.None)).Found!.Named, p => p.Detail.StartsWith("incidentdesk.db ", StringComparison.Ordinal));
        File.Delete(Path.Combine(backup.Folder, "manifest.json"));
        Assert.Equal("not_a_backup", Backup.Open(backup.Folder).Refused!.Code);
        Assert.False(Directory.Exists(elsewhere.DataFolder));
    }

    [Fact]
    public async Task The_present_files_are_checked_and_the_folder_belongs_to_one_installation()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        var settings = desk.Database.Settings;
        var installation = (await desk.Load()).Installation.Id;
        var (changed, _) = (settings.Keep("one"), settings.Keep("two"));
        Assert.Empty(FileFolder.Check(settings.FilesFolder, installation));

        KeepingDesk.Bend(Path.Combine(settings.FilesFolder, changed));
        await File.WriteAllTextAsync(Path.Combine(settings.FilesFolder, "note.txt"), "x");
        await File.WriteAllTextAsync(Path.Combine(settings.FilesFolder, FileFolder.Marker), "another");
        Assert.Equal(
            [$"file_changed {changed}", "file_extra note.txt", "marker_differs installation.id"],
            FileFolder.Check(settings.FilesFolder, installation).Select(p => $"{p.Code} {p.Detail.Split(' ')[0]}").Order(StringComparer.Ordinal));
        Assert.Equal("files_of_another", (await DeskStart.Prepare(desk.Services, CancellationToken.None))!.Code);

        // A backup copies what is damaged, and says so.
        await File.WriteAllTextAsync(Path.Combine(settings.FilesFolder, FileFolder.Marker), installation);
        Assert.Equal([changed], (await desk.Send(new TakeBackup(place.FullName))).Value!.Damaged);

        // A file stands where the folder should.
        await using var blocked = desk.Process(settings with { FilesFolder = Path.Combine(settings.DataFolder, "desk.db") });
        Assert.Equal("files_not_writable", (await DeskStart.Prepare(blocked, CancellationToken.None))!.Code);
    }

    [Fact]
    public async Task A_restore_takes_an_empty_folder_only_and_one_that_is_refused_leaves_none()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        var settings = desk.Database.Settings;
        var number = await desk.Services.Log();
        var backup = (await desk.Send(new TakeBackup(place.FullName))).Value!.Backup;
        var elsewhere = settings with { DataFolder = Path.Combine(place.FullName, "new"), FilesFolder = Path.Combine(place.FullName, "new", "files") };

        Assert.Equal("data_folder_not_empty", (await RestoreDesk.Run(settings, backup, ["none"], CancellationToken.None)).Refused!.Code);
        Assert.Equal("backup_of_another_engine", (await RestoreDesk.Run(
            settings with { Engine = Engine.PostgreSql, ConnectionString = "Host=x" }, backup, ["none"], CancellationToken.None)).Refused!.Code);
        Assert.Equal("bad_number", (await RestoreDesk.Run(elsewhere, backup, ["42"], CancellationToken.None)).Refused!.Code);
        Assert.False(Directory.Exists(elsewhere.DataFolder));

        Assert.Equal(([], null), await Restored());
        await using var restored = desk.Process(elsewhere);
        Assert.Null(await DeskStart.Prepare(restored, CancellationToken.None));
        Assert.Equal(IncidentNumber.Of("BY", new DateOnly(2026, 2, 15), 2, false).ToString(), await restored.Log());
        Assert.Equal("BY20260215-0001", number);
        Assert.Equal("data_folder_not_empty", (await Restored()).Refused!.Code);

        async Task<(NumberGap[], Domain.Refusal? Refused)> Restored()
        {
            var (gaps, refused) = await RestoreDesk.Run(elsewhere, backup, ["none"], CancellationToken.None);
            return ([.. gaps], refused);
        }
    }

    [Theory, OnPostgreSql]
    public async Task On_a_server_the_printed_command_backs_the_database_up_and_the_restored_one_is_finished(Engine engine)
    {
        if (PostgreSqlCluster.Binaries is not { } binaries)
        {
            // A server named from outside may have no tools here; the row above is then covered by whoever runs them.
            return;
        }

        await using var desk = await TestDesk.Open(engine);
        var settings = desk.Database.Settings;
        await desk.Services.Log();
        var file = settings.Keep("one");
        var taken = (await desk.Send(new TakeBackup(place.FullName))).Value!;
        Assert.Null(taken.Backup.Manifest.Database);
        await Run(binaries, taken.ForTheDba!);
        await desk.Services.Log();

        await using var database = await TestDatabase.Create(engine, migrated: false);
        var there = database.Settings;
        Assert.Equal("database_not_restored", (await RestoreDesk.Run(there, taken.Backup, ["none"], CancellationToken.None)).Refused!.Code);
        var target = new Npgsql.NpgsqlConnectionStringBuilder(there.ConnectionString);
        await Run(binaries, $"pg_restore --host={target.Host} --port={target.Port} --username={target.Username} --dbname={target.Database} {Directory.GetFiles(place.FullName, "*.dump").Single()}");

        var (gaps, refused) = await RestoreDesk.Run(there, taken.Backup, ["BY20260215-0002"], CancellationToken.None);
        Assert.Null(refused);
        Assert.Equal("BY20260215-0002", Assert.Single(gaps).Last.ToString());
        Assert.True(File.Exists(Path.Combine(there.FilesFolder, file)));
        await using var restored = desk.Process(there);
        Assert.Equal("BY20260215-0003", await restored.Log());
        Assert.Equal(0, (await restored.SendAlone(new VerifyLedger())).Problems);
        Npgsql.NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Runs a command as it was printed, in the place of the test.</summary>
    private async Task Run(string binaries, string command)
    {
        var words = command.Split(' ');
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(binaries, words[0]), words[1..]) { WorkingDirectory = place.FullName, RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(process.ExitCode == 0, said);
    }

    public void Dispose() => place.Delete(recursive: true);
}
