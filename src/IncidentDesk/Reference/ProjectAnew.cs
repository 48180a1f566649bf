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

    /// <summary>The period that approval stores with the version: owed once the desk has settled, by whoever is rung then.</summary>
    internal static JobPeriodRow Owed(NewVersion version, DateTimeOffset recordedAt) =>
        new() { Job = Job, Period = version.Id, LeaseUntil = recordedAt + Settling };
}

/// <inheritdoc cref="ProjectAnew"/>
public sealed class ProjectAnewHandler(DeskDb db, IServiceProvider services, TimeProvider clock) : IRequestHandler<ProjectAnew, int>
{
    /// <inheritdoc/>
    public async Task<int> Handle(ProjectAnew request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var moved = 0;
        foreach (var version in await db.JobPeriods.AsNoTracking().Where(p => p.Job == ProjectAnew.Job && p.DoneAt == null && p.LeaseUntil <= now)
            .OrderBy(p => p.Period).Select(p => p.Period).ToListAsync(cancellationToken))
        {
            if (await services.SendAlone(new ClaimPeriod(ProjectAnew.Job, version), cancellationToken) is { } claim)
            {
                moved += await Walk(claim, cancellationToken);
            }
        }

        return moved;
    }

    /// <summary>Batch after batch in order of their numbers; who lost the claim leaves the rest to whoever has it.</summary>
    private async Task<int> Walk(PeriodClaim claim, CancellationToken cancellationToken)
    {
        var (rows, moved, unreadable) = (0, 0, 0);
        for (var after = 0L; ;)
        {
            var page = await services.SendAlone(new ProjectRows(claim.Period, after), cancellationToken);
            (rows, moved, unreadable) = (rows + page.Rows, moved + page.Moved, unreadable + page.Unreadable.Count);
            foreach (var incident in page.Unreadable)
            {
                await services.SendAlone(new CheckRow(incident), cancellationToken);
            }

            if (page.Rows < ProjectRows.Batch)
            {
                await services.SendAlone(claim.Done($"{rows} rows, {moved} moved, {unreadable} unreadable"), cancellationToken);
                return moved;
            }

            after = page.Last;
            if (!await services.SendAlone(claim.Renew(), cancellationToken))
            {
                return moved;
            }
        }
    }
}
