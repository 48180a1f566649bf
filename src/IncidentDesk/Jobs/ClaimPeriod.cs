using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Jobs;

/// <summary>
/// Takes a period of a job for a while: null where it is done, or another worker has it. One that was killed loses its lease, and the period is taken again.
/// </summary>
public sealed record ClaimPeriod(string Job, string Period) : IRequest<PeriodClaim?>, IUnitOfWork;

/// <summary>A period that this worker has, with the fencing number that its writes repeat.</summary>
public sealed record PeriodClaim(string Job, string Period, int Fence)
{
    /// <summary>Keeps it for another while.</summary>
    internal EndPeriod Renew() => new(this, null);

    /// <summary>It is done, and this came of it.</summary>
    internal EndPeriod Done(string result) => new(this, result);
}

/// <inheritdoc cref="ClaimPeriod"/>
public sealed class ClaimPeriodHandler(DeskDb db, TimeProvider clock) : IRequestHandler<ClaimPeriod, PeriodClaim?>
{
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async Task<PeriodClaim?> Handle(ClaimPeriod request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var row = await db.JobPeriods.AsNoTracking().SingleOrDefaultAsync(p => p.Job == request.Job && p.Period == request.Period, cancellationToken);
        if (row is null)
        {
            // Who comes second conflicts on the key, and finds the lease.
            db.JobPeriods.Add(new JobPeriodRow { Job = request.Job, Period = request.Period, LeaseUntil = now + Lease, Fence = 1 });
            return new PeriodClaim(request.Job, request.Period, 1);
        }

        var fence = row.Fence + 1;
        return await db.JobPeriods.Where(p => p.Job == row.Job && p.Period == row.Period && p.DoneAt == null && p.LeaseUntil <= now && p.Fence == row.Fence)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Fence, fence).SetProperty(p => p.LeaseUntil, now + Lease), cancellationToken) == 1
            ? new PeriodClaim(row.Job, row.Period, fence)
            : null;
    }
}

/// <summary>Keeps a claimed period, or ends it with what came of it; false where the claim was lost meanwhile.</summary>
public sealed record EndPeriod(PeriodClaim Claim, string? Result) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="EndPeriod"/>
public sealed class EndPeriodHandler(DeskDb db, TimeProvider clock) : IRequestHandler<EndPeriod, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(EndPeriod request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var (claim, done) = (request.Claim, request.Result is null ? (DateTimeOffset?)null : now);
        return await db.JobPeriods.Where(p => p.Job == claim.Job && p.Period == claim.Period && p.Fence == claim.Fence && p.DoneAt == null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(p => p.LeaseUntil, now + ClaimPeriodHandler.Lease).SetProperty(p => p.DoneAt, done).SetProperty(p => p.Result, request.Result),
                cancellationToken) == 1;
    }
}
