using IncidentDesk.Attachments;
using IncidentDesk.Data;
using IncidentDesk.Jobs;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Pipeline;

/// <summary>
/// Removes what only settles recent messages: keys of a week ago, and units of work of yesterday; failed sign-ins of yesterday, and what was written into the security log, or
/// ended among sessions and tokens, longer ago than the log is kept; and from the folder of files what nobody needs (<see cref="SweepFiles"/>). Once an hour, by whoever takes it; the result is how many rows and files went.
/// </summary>
public sealed record Purge : IRequest<int>;

/// <summary>At most <see cref="Batch"/> rows of each kind.</summary>
public sealed record PurgeBatch : IRequest<int>, IUnitOfWork
{
    /// <summary>How many rows of a kind one transaction removes, so that writers do not wait.</summary>
    public const int Batch = 500;
}

/// <inheritdoc cref="Purge"/>
public sealed class PurgeHandler(IServiceProvider services, TimeProvider clock) : IRequestHandler<Purge, int>
{
    /// <inheritdoc/>
    public async Task<int> Handle(Purge request, CancellationToken cancellationToken)
    {
        var hour = clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH", System.Globalization.CultureInfo.InvariantCulture);
        if (await services.SendAlone(new ClaimPeriod("purge", hour), cancellationToken) is not { } claim)
        {
            return 0;
        }

        var gone = 0;
        for (var batch = 1; batch > 0; gone += batch)
        {
            batch = await services.SendAlone(new PurgeBatch(), cancellationToken);
        }

        gone += await services.SendAlone(new SweepFiles(), cancellationToken);
        await services.SendAlone(claim.Done($"{gone}"), cancellationToken);
        return gone;
    }
}

/// <inheritdoc cref="PurgeBatch"/>
public sealed class PurgeBatchHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<PurgeBatch, int>
{
    /// <inheritdoc/>
    public async Task<int> Handle(PurgeBatch request, CancellationToken cancellationToken)
    {
        var (day, week, kept) = (clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddDays(-7), clock.GetUtcNow().AddDays(-settings.Accounts.AuditDays));
        return await db.Units.Where(u => u.BegunAt < day).OrderBy(u => u.Id).Take(PurgeBatch.Batch).ExecuteDeleteAsync(cancellationToken)
            + await db.Idempotency.Where(i => i.CreatedAt < week).OrderBy(i => i.CreatedAt).Take(PurgeBatch.Batch).ExecuteDeleteAsync(cancellationToken)
            + await db.SignInAttempts.Where(a => a.LastAt < day).OrderBy(a => a.Name).Take(PurgeBatch.Batch).ExecuteDeleteAsync(cancellationToken)
            + await db.SecurityEvents.Where(e => e.At < kept).OrderBy(e => e.At).Take(PurgeBatch.Batch).ExecuteDeleteAsync(cancellationToken)
            + await db.Credentials.Where(c => c.EndedAt < kept || c.ExpiresAt < kept).OrderBy(c => c.Id).Take(PurgeBatch.Batch).ExecuteDeleteAsync(cancellationToken)
            + await db.JobPeriods.Where(p => p.Job == "purge" && p.DoneAt < day).OrderBy(p => p.Period).Take(PurgeBatch.Batch).ExecuteDeleteAsync(cancellationToken);
    }
}
