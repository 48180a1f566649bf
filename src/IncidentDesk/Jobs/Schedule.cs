using IncidentDesk.Reference;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>
/// Every trigger of the product. They only ring: the tick and the look at the clock every second, all else every minute; what is owed is asked of the database, so any number of processes may ring, and
/// one that slept catches up.
/// </summary>
public static class Schedule
{
    /// <summary>The delivery, which a tick that raised something rings at once.</summary>
    internal static readonly JobKey Deliver = new("deliver");

    /// <summary>The job of new versions, which an approval rings as soon as it may run.</summary>
    private static readonly JobKey Rules = new("rules");

    /// <summary>Hosts the jobs in this process, in memory; where others host them, only those of its own clock.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, bool onlyClock = false)
    {
        services.AddQuartz(q =>
        {
            q.Ring<ClockLookJob>("clock-look", TimeSpan.FromSeconds(1));
            q.Ring<ClockCheckJob>("clock-check", TimeSpan.FromMinutes(1));
            if (onlyClock)
            {
                return;
            }

            q.Ring<TickJob>("tick", TimeSpan.FromSeconds(1));
            q.Ring<DeliverJob>(Deliver.Name, TimeSpan.FromMinutes(1));
            q.Ring<CanaryJob>("canary", TimeSpan.FromMinutes(1));
            q.Ring<NightlyJob>("nightly", TimeSpan.FromMinutes(1));
            q.Ring<PurgeJob>("purge", TimeSpan.FromMinutes(1));
            q.Ring<EraseTextsJob>("erase-texts", TimeSpan.FromMinutes(1));
            q.Ring<MeasureJob>("measure", TimeSpan.FromMinutes(1));
            q.Ring<RulesJob>(Rules.Name, TimeSpan.FromMinutes(1));
        });
        return services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }

    /// <summary>
    /// Rings for a version that was approved just now, once it is settled, where this process hosts the jobs; another process rings within its minute.
    /// </summary>
    public static async Task RingForVersion(IServiceProvider services, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (services.GetService<ISchedulerFactory>() is { } factory && await factory.GetScheduler(cancellationToken) is { } scheduler
            && await scheduler.GetJobDetail(Rules, cancellationToken) is not null)
        {
            await scheduler.ScheduleJob(
                TriggerBuilder.Create().ForJob(Rules).StartAt(clock.GetUtcNow() + ProjectAnew.Settling + TimeSpan.FromMilliseconds(100)).Build(), cancellationToken: cancellationToken);
        }
    }

    /// <summary>From the start on, for ever; rings missed while one was still answered are not made up for.</summary>
    private static void Ring<T>(this IQuartzBuilder q, string name, TimeSpan every)
        where T : class, IJob => q.ScheduleJob<T>(
            trigger => trigger.WithIdentity(name).StartNow().WithSimpleSchedule(s => s.WithInterval(every).RepeatForever()),
            job => job.WithIdentity(name));
}
