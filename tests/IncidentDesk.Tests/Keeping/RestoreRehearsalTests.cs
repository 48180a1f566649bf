using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Evidence;
using IncidentDesk.Keeping;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Tests.Desks;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Keeping;

/// <summary>The whole way with the real processes: a backup while clients log, the host killed, restored elsewhere, and on above the highest number that anybody was told.</summary>
public sealed class RestoreRehearsalTests : IDisposable
{
    private readonly DeskFolder elsewhere = new();

    [Fact]
    public async Task A_desk_that_was_backed_up_under_load_and_died_goes_on_elsewhere_above_the_last_number_known()
    {
        await using var desk = await DeskHost.Open(Engine.Sqlite);
        var acknowledged = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                acknowledged.Enqueue(DeskApiTests.Number(await desk.Log()));
            }
        })).ToArray();
        await DeskHost.Until(() => Task.FromResult(acknowledged.Count >= 100 || clients.Any(c => c.IsCompleted)));

        var before = acknowledged.ToArray();
        var taken = (await desk.Worker("backup", "--to", elsewhere.Place("backups"))).Exits(0);
        var folder = taken.Out.Trim();
        var after = acknowledged.Count;
        await DeskHost.Until(() => Task.FromResult(acknowledged.Count >= after + 50 || clients.Any(c => c.IsCompleted)));
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        desk.Kill();
        var highest = acknowledged.Select(a => Parse(a)).MaxBy(n => n.Key);

        (await elsewhere.Run("restore", "--check", "--from", folder)).Exits(0);
        (await elsewhere.Run("restore", "--from", folder)).Refused("missing_after");
        (await elsewhere.Run("restore", "--from", folder, "--after", highest.ToString())).Exits(0);
        (await elsewhere.Run("restore", "--from", folder, "--after", highest.ToString())).Refused("data_folder_not_empty");
        var check = (await elsewhere.Run("restore", "--check")).Exits(0);
        var gap = check.Json["leftOutByRestore"]!.AsArray().Last()!;
        Assert.Equal(highest.ToString(), (string)gap["last"]!);

        // Everything acknowledged before the backup began is there, and the backup says truly what it holds.
        var (backup, _) = Backup.Open(folder);
        var settings = new DeskSettings
        {
            DataFolder = elsewhere.Data, Engine = Engine.Sqlite, ConnectionString = "Data Source=incidentdesk.db;Pooling=false", Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "广州市白云区",
        };
        await using var services = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        var kept = await db.Incidents.AsNoTracking().Select(i => i.Key).ToHashSetAsync();
        Assert.Equal(backup!.Manifest.Incidents, kept.Count);
        Assert.All(before, number => Assert.Contains(Parse(number).Key, kept));
        Assert.InRange(kept.Count, before.Length, acknowledged.Count - 50);

        // Goes on above, and the report prints gap and cause.
        var next = Parse(await services.Log());
        Assert.True(next.Day > highest.Day || next.Key == highest.Key + 1, $"{next} after {highest}");
        Assert.Equal(0, (await services.SendAlone(new VerifyLedger())).Problems);
        var report = (await elsewhere.Run("report", "--month", highest.Day.ToString("yyyy-MM", CultureInfo.InvariantCulture), "--scope", "rental")).Exits(0).Json;
        Assert.Contains("因此空缺", (string)report["installationEvents"]![0]!["sentence"]!, StringComparison.Ordinal);
        var printed = report["continuity"]!.AsArray().SelectMany(d => d!["gaps"]?.AsArray() ?? []).Last()!;
        Assert.Equal((highest.ToString(), "restored"), ((string)printed["last"]!, (string)printed["cause"]!));
        SqliteConnection.ClearAllPools();

        static IncidentNumber Parse(string text) => IncidentNumber.TryParse("BY", text, out var number) ? number : throw new FormatException(text);
    }

    public void Dispose() => elsewhere.Dispose();
}
