using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Demo;

/// <summary>
/// Fills an empty ledger with last month and this one as a desk might have lived them: the product's own messages, sent under a clock that runs from then to now, its alerts
/// raised when they were owed. The ledger's id says for ever that it is a demonstration, and is part of every event's hash.
/// </summary>
public sealed class DemoDesk : IAsyncDisposable
{
    /// <summary>The people of the demonstration, at least one for each role.</summary>
    public static readonly IReadOnlyList<(string Id, string Name, Role Role)> People =
    [
        ("chen", "陈静", Role.Staff), ("huang", "黄志强", Role.Staff), ("li", "李师傅", Role.Handler), ("wang", "王科长", Role.Approver), ("zhou", "周值班长", Role.Approver),
        ("liu", "刘敏", Role.Officer), ("sun", "孙审计", Role.Auditor), ("he", "何核查", Role.Evaluator),
    ];

    private readonly PastClock clock;
    private readonly ServiceProvider services;
    private readonly DateTimeOffset end;
    private readonly PriorityQueue<Func<Task>, (DateTimeOffset At, int Order)> acts = new();
    private readonly Random random = new(24);

    private DemoDesk(DeskSettings settings, DateTimeOffset begin, DateTimeOffset end)
    {
        (clock, this.end) = (new PastClock(begin), end);
        services = new ServiceCollection().AddIncidentDesk(settings).AddSingleton<TimeProvider>(clock).BuildServiceProvider();
    }

    /// <summary>Fills the ledger, once; one that has people of its own is left alone.</summary>
    public static async Task Seed(IServiceProvider process, CancellationToken cancellationToken)
    {
        Zone zone;
        await using (var scope = process.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
            zone = (await Desk.Load(db, cancellationToken)).Zone;
            if (await db.People.AnyAsync(p => p.Id == People[0].Id, cancellationToken))
            {
                return;
            }
        }

        await Console.Error.WriteLineAsync("正在生成演示数据…… / Making the demonstration …");
        var now = process.GetRequiredService<TimeProvider>().GetUtcNow();
        var today = zone.DayOf(Instant.Of(now));
        var first = new DateOnly(today.Year, today.Month, 1).AddMonths(-1);
        await using var desk = new DemoDesk(process.GetRequiredService<DeskSettings>(), zone.StartOf(first).ToUtc(), now);
        await desk.Live(first, today, zone, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static Caller By(string id)
    {
        var person = People.Single(p => p.Id == id);
        return new Caller(new Actor(person.Id, person.Name), new HashSet<Role> { person.Role }, "api");
    }

    private async Task Live(DateOnly first, DateOnly last, Zone zone, CancellationToken cancellationToken)
    {
        foreach (var (id, name, role) in People)
        {
            var added = await services.SendAlone(new AddPerson(null, id, name, Roles.Codes([role])), cancellationToken);
            await Console.Error.WriteLineAsync($"演示账号 / demonstration account: {id} {name} ({Roles.Codes([role])})  {added.Value!.OneTimePassword}");
        }

        for (var day = first; day <= last; day = day.AddDays(1))
        {
            for (var n = random.Next(2, 5); n > 0; n--)
            {
                Ordinary(zone.StartOf(day).ToUtc().AddMinutes(random.Next(7 * 60, 22 * 60)));
            }
        }

        var special = new DemoStories(this, By);
        special.Add(zone.StartOf(first).ToUtc(), end);
        while (acts.TryDequeue(out var act, out var when))
        {
            await WatchUntil(when.At);
            clock.Now = when.At;
            await act();
            cancellationToken.ThrowIfCancellationRequested();
        }

        await WatchUntil(end);
    }

    /// <summary>Does something at a time, if that is past.</summary>
    internal void At(DateTimeOffset at, Func<Task> act)
    {
        if (at <= end)
        {
            acts.Enqueue(act, (at, acts.Count));
        }
    }

    /// <summary>A report of a fault, at a road of its own.</summary>
    internal LogFault Report(DemoFault fault, DateTimeOffset at, RespondNow? respond = null, ResolveNow? resolve = null)
    {
        var (town, road) = DemoFaults.Roads[random.Next(DemoFaults.Roads.Length)];
        return new LogFault(
            By(random.Next(2) == 0 ? "chen" : "huang"), fault.Kind, fault.Category, null, fault.System, town, fault.Kind == "rental" ? $"{road}{random.Next(1, 120)}号" : null,
            fault.Kind == "rental" ? $"{random.Next(2, 8)}0{random.Next(1, 6)}" : null, DemoFaults.Bases[random.Next(DemoFaults.Bases.Length)], "出租屋管理科驻点", null, null,
            null, Instant.Of(at), fault.Title, fault.Description, DemoFaults.Callers[random.Next(DemoFaults.Callers.Length)], $"1380000{random.Next(10_000):0000}", null, respond,
            resolve);
    }

    /// <summary>Sends a message that the desk takes.</summary>
    internal async Task<T> Done<T>(IRequest<Outcome<T>> message)
    {
        var outcome = await services.SendAlone(message);
        return outcome.Refused is { } refused
            ? throw new InvalidOperationException($"The demonstration's {message.GetType().Name} was refused: {refused.Code}, {refused.En}")
            : outcome.Value!;
    }

    /// <summary>A fault that goes as most do: answered in minutes, often given to the handler, done within the day.</summary>
    private void Ordinary(DateTimeOffset reported)
    {
        var fault = DemoFaults.All[random.Next(DemoFaults.All.Length)];
        if (random.Next(12) == 0)
        {
            At(reported.AddMinutes(9), () => Done(Report(fault, reported, new RespondNow("phone"), new ResolveNow("fixed_on_site", Handling: fault.Handling))));
            return;
        }

        var responded = reported.AddMinutes(random.Next(6, 26));
        var resolved = responded.AddMinutes(random.Next(10) < 8 ? random.Next(40, 420) : random.Next(480, 1_200));
        var given = random.Next(2) == 0;
        var number = "";
        At(reported.AddMinutes(random.Next(1, 5)), async () => number = (await Done(Report(fault, reported))).Number);
        At(responded, () => Done(new Respond(By("chen"), number, fault.Kind == "system" ? "remote" : "phone", null)));
        if (given)
        {
            At(responded.AddMinutes(4), () => Done(new Assign(By("wang"), number, "li")));
            At(responded.AddMinutes(11), () => Done(new AcceptAssignment(By("li"), number)));
        }

        At(resolved, () => Done(new Resolve(
            By(given ? "li" : "chen"), number, fault.Kind == "system" ? "fixed_remotely" : "fixed_on_site", null, null, null, fault.Handling)));
    }

    /// <summary>Rings the watch at every instant until then at which something is owed.</summary>
    private async Task WatchUntil(DateTimeOffset until)
    {
        while (await NextStep() is { } step && step.ToUtc() <= until)
        {
            clock.Now = step.ToUtc() > clock.Now ? step.ToUtc() : clock.Now;
            await services.SendAlone(new Tick());
            await services.SendAlone(new DeliverOutbox());
        }
    }

    private async Task<Instant?> NextStep()
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<DeskDb>().Incidents.Where(i => i.NextStepAt != null).OrderBy(i => i.NextStepAt)
            .Select(i => i.NextStepAt).FirstOrDefaultAsync();
    }

    /// <summary>A clock that this demonstration moves.</summary>
    private sealed class PastClock(DateTimeOffset begin) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = begin;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
