using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace IncidentDesk.Jobs;

/// <summary>
/// Every trigger of the product. They only ring: the tick every second, all else every minute; what is owed is asked of the database, so any number of processes may ring, and
/// one that slept catches up.
/// </summary>
public static class Schedule
{
    /// <summary>The delivery, which a tick that raised something rings at once.</summary>
    internal static readonly JobKey Deliver = new("deliver");

    /// <summary>Hosts the jobs in this process, in memory.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddQuartz(q =>
        {
            q.Ring<TickJob>("tick", TimeSpan.FromSeconds(1));
            q.Ring<DeliverJob>(Deliver.Name, TimeSpan.FromMinutes(1));
            q.Ring<CanaryJob>("canary", TimeSpan.FromMinutes(1));
            q.Ring<NightlyJob>("nightly", TimeSpan.FromMinutes(1));
            q.Ring<PurgeJob>("purge", TimeSpan.FromMinutes(1));
            q.Ring<MeasureJob>("measure", TimeSpan.FromMinutes(1));
        });
        return services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }

    /// <summary>From the start on, for ever; rings missed while one was still answered are not made up for.</summary>
    private static void Ring<T>(this IQuartzBuilder q, string name, TimeSpan every)
        where T : class, IJob => q.ScheduleJob<T>(
            trigger => trigger.WithIdentity(name).StartNow().WithSimpleSchedule(s => s.WithInterval(every).RepeatForever()),
            job => job.WithIdentity(name));
}
