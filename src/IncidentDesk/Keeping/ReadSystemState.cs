using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Keeping;

/// <summary>How the installation runs: hosts and their clocks, jobs, what is on its way out, versions, disks. Nothing of any incident; for a 系统管理员 and a 安全审计员.</summary>
public sealed record ReadSystemState(Caller By) : IRequest<Outcome<SystemState>>;

/// <summary>
/// What is wrong, none where all is well; the last sign of life of each job; the last period of each job that recurs; the last canary; the outbox by channel and state; the
/// last look at each host's clock; versions that rows still wait for; engine, schema and disks.
/// </summary>
public sealed record SystemState(
    IReadOnlyList<string> Wrong, IReadOnlyList<HeartbeatRow> Heartbeats, IReadOnlyList<JobPeriodRow> Jobs, CanaryRow? Canary, IReadOnlyList<OutboxCount> Outbox,
    IReadOnlyList<ClockCheckRow> Clocks, int ProjectionsWaiting, Engine Engine, string Schema, IReadOnlyList<DiskFolder> Disks);

/// <summary>How many deliveries of a channel are in a state.</summary>
public sealed record OutboxCount(string Channel, string State, int Count);

/// <summary>A folder of the installation and the room on its disk in bytes; null where the disk cannot be asked.</summary>
public sealed record DiskFolder(string Setting, string Path, long? Free, long? Size)
{
    /// <summary>Reads a folder's disk.</summary>
    internal static DiskFolder Of(string setting, string path)
    {
        try
        {
            // A folder that is made when it is first needed will lie on the disk of the one above it.
            var there = System.IO.Path.GetFullPath(path);
            while (!Directory.Exists(there) && System.IO.Path.GetDirectoryName(there) is { } above)
            {
                there = above;
            }

            var disk = new DriveInfo(there);
            return new DiskFolder(setting, path, disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new DiskFolder(setting, path, null, null);
        }
    }
}

/// <inheritdoc cref="ReadSystemState"/>
public sealed class ReadSystemStateHandler(DeskDb db, DeskSettings settings, IServiceProvider services, TimeProvider clock) : IRequestHandler<ReadSystemState, Outcome<SystemState>>
{
    private const int RecentDays = 7;
    private const int MostChecks = 500;

    /// <inheritdoc/>
    public async Task<Outcome<SystemState>> Handle(ReadSystemState request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.People) is { } refused && request.By.Lacks(Right.Audit) is not null)
        {
            return refused;
        }

        var since = clock.GetUtcNow().AddDays(-RecentDays);
        var checks = await db.ClockChecks.AsNoTracking().Where(c => c.At >= since).OrderByDescending(c => c.At).Take(MostChecks).ToListAsync(cancellationToken);
        var periods = await db.JobPeriods.AsNoTracking().Where(p => p.LeaseUntil >= since).ToListAsync(cancellationToken);
        return new SystemState(
            await services.SendHere(new ReadPulse(), cancellationToken),
            await db.Heartbeats.AsNoTracking().OrderBy(h => h.Job).ToListAsync(cancellationToken),
            [.. periods.GroupBy(p => p.Job).Select(p => p.MaxBy(one => one.LeaseUntil)!).OrderBy(p => p.Job, StringComparer.Ordinal)],
            await db.Canaries.AsNoTracking().OrderByDescending(c => c.Key).FirstOrDefaultAsync(cancellationToken),
            [.. (await db.Outbox.AsNoTracking().GroupBy(o => new { o.Channel, o.State }).Select(g => new { g.Key.Channel, g.Key.State, Count = g.Count() }).ToListAsync(cancellationToken))
                .Select(g => new OutboxCount(g.Channel, g.State, g.Count)).OrderBy(g => g.Channel, StringComparer.Ordinal).ThenBy(g => g.State, StringComparer.Ordinal)],
            [.. checks.GroupBy(c => (c.Host, c.Source)).Select(c => c.First()).OrderBy(c => c.Host, StringComparer.Ordinal).ThenBy(c => c.Source, StringComparer.Ordinal)],
            await ProjectAnew.Waiting(db).CountAsync(cancellationToken),
            settings.Engine,
            db.Database.GetMigrations().LastOrDefault() ?? "",
            [DiskFolder.Of("Data:Folder", settings.DataFolder), DiskFolder.Of("Files:Folder", settings.FilesFolder)]);
    }
}
