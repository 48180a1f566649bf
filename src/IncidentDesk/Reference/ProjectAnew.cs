using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Jobs;
using IncidentDesk.Pipeline;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>
/// Projects the rows that a new version moves anew, for every version that is not done yet. Rows keep instants (DESIGN §2), so a calendar that counts other days has to be folded
/// into them once; until it is, figures come from the events. The result is how many rows moved.
/// </summary>
public sealed record ProjectAnew : IRequest<int>
{
    /// <summary>The job in JobPeriods; its periods are versions.</summary>
    public const string Job = "rules";

    /// <summary>A unit of work that began by the rules before may still be committing a row; the rows are walked when it no longer can (D19).</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>The periods, one for each version, whose rows are not projected yet.</summary>
    internal static IQueryable<JobPeriodRow> Waiting(DeskDb db) => db.JobPeriods.AsNoTracking().Where(p => p.Job == Job && p.DoneAt == null);

    /// <summary>The period that approval stores with the version: owed once the desk has settled, by whoever is rung then.</summary>
    internal static JobPeriodRow Owed(NewVersion version, DateTimeOffset recordedAt) =>
        new() { Job = Job, Period = version.Id, LeaseUntil = recordedAt + Settling };
}

/// <inheritdoc cref="ProjectAnew"/>
public sealed class ProjectAnewHandler(DeskDb db, DeskCache cache, IServiceProvider services, TimeProvider clock) : IRequestHandler<ProjectAnew, int>
{
    private const int KeysAtOnce = 50_000;

    /// <inheritdoc/>
    public async Task<int> Handle(ProjectAnew request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var moved = 0;
        foreach (var version in await ProjectAnew.Waiting(db).Where(p => p.LeaseUntil <= now)
            .OrderBy(p => p.Period).Select(p => p.Period).ToListAsync(cancellationToken))
        {
            if (await services.SendAlone(new ClaimPeriod(ProjectAnew.Job, version), cancellationToken) is { } claim)
            {
                moved += await Walk(claim, cancellationToken);
            }
        }

        return moved;
    }

    /// <summary>
    /// Batch after batch in order of their numbers; who lost the claim leaves the rest to whoever has it. What may move is looked up outside any unit of work: among millions of
    /// rows the look takes a while, and no writer waits for it.
    /// </summary>
    private async Task<int> Walk(PeriodClaim claim, CancellationToken cancellationToken)
    {
        var (rows, moved, unreadable) = (0, 0, 0);
        for (var keys = await Keys(claim.Period, 0, cancellationToken); keys.Count > 0; keys = await Keys(claim.Period, keys[^1], cancellationToken))
        {
            foreach (var batch in keys.Chunk(ProjectRows.Batch))
            {
                var done = await services.SendAlone(new ProjectRows(batch), cancellationToken);
                (rows, moved, unreadable) = (rows + batch.Length, moved + done.Moved, unreadable + done.Unreadable.Count);
                foreach (var incident in done.Unreadable)
                {
                    await services.SendAlone(new CheckRow(incident), cancellationToken);
                }

                if (!await services.SendAlone(claim.Renew(), cancellationToken))
                {
                    return moved;
                }
            }
        }

        await services.SendAlone(claim.Done($"{rows} rows, {moved} moved, {unreadable} unreadable"), cancellationToken);
        return moved;
    }

    private async Task<List<long>> Keys(string period, long after, CancellationToken cancellationToken)
    {
        var book = (await cache.Get(db, cancellationToken)).Reference;
        var touched = MovedBy.Incidents(db.Incidents, book.Version(period), book, book.Rules.KnownAt(DateTimeOffset.MaxValue));
        return touched is null ? [] : await touched.Where(i => i.Key > after).OrderBy(i => i.Key).Select(i => i.Key).Take(KeysAtOnce).ToListAsync(cancellationToken);
    }
}
