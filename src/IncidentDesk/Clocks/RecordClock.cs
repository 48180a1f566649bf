using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Clocks;

/// <summary>
/// Records what was read of this host's clock. A jump is an event of the installation and told to the operators; so is an offset that has changed by more than two seconds since
/// the host was last measured, since zero at first, which is how a jump is found that no process saw. The result tells whether such an event was recorded.
/// </summary>
public sealed record RecordClock(IReadOnlyList<ClockReading> Readings, ClockJump? Jump) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="RecordClock"/>
public sealed class RecordClockHandler(DeskDb db, DeskCache cache, AlertPost post, TimeProvider clock) : IRequestHandler<RecordClock, bool>
{
    // Every process of a host sees the same jump, within this.
    private static readonly TimeSpan Same = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public async Task<bool> Handle(RecordClock request, CancellationToken cancellationToken)
    {
        post.Clear();
        var desk = await cache.Get(db, cancellationToken);

        // Writing what stands takes the row: another process records before this or after, and who comes second sees what the first one did.
        await db.Installations.ExecuteUpdateAsync(set => set.SetProperty(i => i.District, i => i.District), cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var known = (await db.InstallationEvents.AsNoTracking().Where(e => e.Kind == InstallationEventRow.ClockJumped).Select(e => new { e.Since, e.Detail }).ToListAsync(cancellationToken))
            .ConvertAll(e => (e.Since, Detail: Payload.Read(e.Detail)));
        if (request.Jump is { } seen && IsKnown(known, seen))
        {
            return false;
        }

        var jump = request.Jump is { } own ? (own.By, ClockWords.Steady, own.SeenAt) : await Changed(request.Readings, now, cancellationToken);
        if (jump is var (by, against, since))
        {
            var detail = ClockWords.Detail(known.Count + 1, ClockWatch.Host, by, against);
            db.InstallationEvents.Add(InstallationEvent.Row(InstallationEventRow.ClockJumped, since, now, detail));
            post.Tell(0, "clock-jumped", known.Count + 1, ClockWords.Alert(detail), (await Roster.Load(db, now, cancellationToken)).Operators, now);
            await post.Flush(cancellationToken);
        }

        db.ClockChecks.AddRange(request.Readings.Select(r => new ClockCheckRow
        {
            Id = Guid.CreateVersion7(now).ToString("N"), Host = ClockWatch.Host, Source = r.Source, At = now, OffsetMs = Ms(r.Offset), DelayMs = Ms(r.Delay), Failure = r.Failure,
        }));
        return jump is not null;
    }

    /// <summary>
    /// Whether another process of this host told of it before: the last of the host is like it. The last by its number, because a clock that goes back brings times out of order.
    /// </summary>
    private static bool IsKnown(IEnumerable<(DateTimeOffset Since, Payload Detail)> known, ClockJump seen) =>
        known.Where(k => ClockWords.Host(k.Detail) == ClockWatch.Host).OrderBy(k => ClockWords.Number(k.Detail)).LastOrDefault() is { Detail: { } last, Since: var since }
        && (since - seen.SeenAt).Duration() < Same && (ClockWords.By(last) - seen.By).Duration() < TimeSpan.FromSeconds(1);

    /// <summary>The greatest change of an offset that is one, or null. A host that is found apart from both by as much has moved once.</summary>
    private async Task<(TimeSpan By, string Against, DateTimeOffset Since)?> Changed(IReadOnlyList<ClockReading> readings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        (TimeSpan By, string Against, DateTimeOffset Since)? most = null;
        foreach (var reading in readings.Where(r => r.Offset is not null))
        {
            var before = await db.ClockChecks.AsNoTracking().Where(c => c.Host == ClockWatch.Host && c.Source == reading.Source && c.OffsetMs != null && c.At <= now)
                .OrderByDescending(c => c.At).Select(c => c.OffsetMs).FirstOrDefaultAsync(cancellationToken);
            var by = reading.Offset!.Value - TimeSpan.FromMilliseconds(before ?? 0);
            if (by.Duration() - (reading.Delay!.Value / 2) > ClockReading.Tolerance && (most is not { } other || by.Duration() > other.By.Duration()))
            {
                most = (by, reading.Source, now);
            }
        }

        return most;
    }

    private static long? Ms(TimeSpan? time) => time is { } known ? (long)Math.Round(known.TotalMilliseconds) : null;
}
