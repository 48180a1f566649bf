using System.Globalization;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Jobs;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// Recomputes rows from their events, every night that is not done yet, oldest first: the open ones, those touched since the night before, and a thirtieth of the rest. A row
/// that differs is told to the operators and recorded with the night; nothing is repaired. The result is how many nights were done by this caller now.
/// </summary>
public sealed record NightlyRecompute : IRequest<int>
{
    /// <summary>The job in JobPeriods.</summary>
    public const string Job = "nightly";
}

/// <inheritdoc cref="NightlyRecompute"/>
public sealed class NightlyRecomputeHandler(DeskDb db, DeskCache cache, IServiceProvider services, TimeProvider clock) : IRequestHandler<NightlyRecompute, int>
{
    private const int FromHour = 2;
    private const int Shares = 30;

    /// <inheritdoc/>
    public async Task<int> Handle(NightlyRecompute request, CancellationToken cancellationToken)
    {
        var desk = await cache.Get(db, cancellationToken);
        var done = 0;
        foreach (var night in await Owed(desk.Zone, cancellationToken))
        {
            var period = night.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            if (await services.SendAlone(new ClaimPeriod(NightlyRecompute.Job, period), cancellationToken) is not { } claim)
            {
                // Somebody else has it; the nights after it are theirs, or the next minute's.
                return done;
            }

            var (rows, differ) = await Recompute(night, desk, claim, cancellationToken);
            done += await services.SendAlone(claim.Done($"{rows} rows, {differ} differ"), cancellationToken) ? 1 : 0;
        }

        return done;
    }

    /// <summary>The nights since the last one that was done, a month at most; at the very first, this one. A night begins at 02:00.</summary>
    private async Task<List<DateOnly>> Owed(Zone zone, CancellationToken cancellationToken)
    {
        var last = zone.DayOf(Instant.Of(clock.GetUtcNow()).Plus(-FromHour * 3_600));
        var done = await db.JobPeriods.AsNoTracking().Where(p => p.Job == NightlyRecompute.Job && p.DoneAt != null).MaxAsync(p => p.Period, cancellationToken);
        var first = done is null ? last : DateOnly.ParseExact(done, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(1);
        first = first < last.AddDays(1 - Shares) ? last.AddDays(1 - Shares) : first;
        return [.. Enumerable.Range(0, Math.Max(0, last.DayNumber - first.DayNumber + 1)).Select(first.AddDays)];
    }

    private async Task<(int Rows, int Differ)> Recompute(DateOnly night, Desk desk, PeriodClaim claim, CancellationToken cancellationToken)
    {
        var since = desk.Zone.StartOf(night.AddDays(-1)).ToUtc();
        var share = night.DayNumber % Shares;
        var standing = await StandingRules.Read(db, desk.Reference, cancellationToken);
        var (rows, differ) = (0, 0);
        await foreach (var page in db.Pages(
            db.Incidents.Where(i => (i.ResolvedAt == null && i.ExcludedAs == null) || i.LastRecordedAt >= since || i.Key % Shares == share), cancellationToken))
        {
            foreach (var (row, events) in page)
            {
                if (CheckRow.Wrong(row, events, desk, standing, raised: null) is not null)
                {
                    differ += await services.SendAlone(new CheckRow(row.Key), cancellationToken) ? 1 : 0;
                }
            }

            rows += page.Count;
            await services.SendAlone(claim.Renew(), cancellationToken);
        }

        return (rows, differ);
    }
}
