using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Begins the 自检工单 of this hour, once: a ticket of the watch itself with a limit of half a minute. The tick must raise its breach by the same ladder, inbox and outbox as
/// any other. Hours without a running desk are not made up for: they are over. The result tells whether it was begun now.
/// </summary>
public sealed record RunCanary : IRequest<bool>, IUnitOfWork
{
    /// <summary>The job in JobPeriods.</summary>
    public const string Job = "canary";

    /// <summary>Whose inbox it arrives in: nobody's who could overlook a true one among them.</summary>
    public const string Reader = "canary";

    private static readonly ClockRules Rules = new(
        new SlaPolicy { Code = "canary", Calendar = "24x7", ResponseLimitSec = 86_400, ResolutionLimitSec = 30 },
        new WorkCalendar("24x7", Zone.Shanghai, [new CalendarVersion(DateOnly.MinValue, CalendarMode.Calendar, [])], OfficialDays.None));

    /// <summary>The hour as JobPeriods knows it.</summary>
    internal static string Period(Zone zone, Instant at) => zone.Local(at).ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);

    /// <summary>The canary as its ladder sees it; nobody ever has to respond to it.</summary>
    internal static Watched Watch(CanaryRow canary)
    {
        var facts = new ClockFacts
        {
            ReportedAt = canary.StartAt, OwnReportedAt = canary.StartAt, FirstResponseAt = canary.StartAt, Work = [new WorkStretch(Began.Started, canary.StartAt, null)],
        };
        return new Watched(facts, Rules, 1, 1, null);
    }
}

/// <inheritdoc cref="RunCanary"/>
public sealed class RunCanaryHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<RunCanary, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(RunCanary request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var (zone, at) = ((await cache.Get(db, cancellationToken)).Zone, Instant.Of(now));
        var period = RunCanary.Period(zone, at);
        if (await db.JobPeriods.AnyAsync(p => p.Job == RunCanary.Job && p.Period == period, cancellationToken))
        {
            return false;
        }

        var local = zone.Local(at);
        var canary = new CanaryRow { Key = (IncidentNumber.DayKey(zone.DayOf(at)) / 10_000) + local.Hour, StartAt = at };
        canary.NextStepAt = EscalationLadder.Default.NextAt(RunCanary.Watch(canary), [], at);
        db.Canaries.Add(canary);
        db.JobPeriods.Add(new JobPeriodRow { Job = RunCanary.Job, Period = period, LeaseUntil = now, DoneAt = now });
        return true;
    }
}
