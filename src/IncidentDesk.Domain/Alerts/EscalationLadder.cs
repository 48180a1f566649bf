using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Alerts;

/// <summary>
/// One version of the ladder: when somebody must be told, and who. Steps hang on the official effective due time only; an extension adds a reminder and removes
/// nothing (D12). What is owed is a comparison of instants, never the state that a tick saw (D6).
/// </summary>
public sealed record EscalationLadder(string Code, int Version, IReadOnlyList<LadderStep> Steps)
{
    /// <summary>
    /// The ladder that ships: 6 h and 2 h before the due time to the handler, the breach to handler and approvers on duty, then every 24 h to the department, twenty times
    /// at most; the response at 80 % of its limit and at its breach; the internal due time of an extension.
    /// </summary>
    public static EscalationLadder Default { get; } = new(
        "default",
        1,
        [
            new LadderStep(LadderTimer.Resolution, StepKind.Before, 21_600, 1, [Audience.Handler]),
            new LadderStep(LadderTimer.Resolution, StepKind.Before, 7_200, 1, [Audience.Handler]),
            new LadderStep(LadderTimer.Resolution, StepKind.Breach, 0, 1, [Audience.Handler, Audience.OnDuty]),
            new LadderStep(LadderTimer.Resolution, StepKind.Repeat, 86_400, 20, [Audience.Department]),
            new LadderStep(LadderTimer.Response, StepKind.Percent, 80, 1, [Audience.Handler]),
            new LadderStep(LadderTimer.Response, StepKind.Breach, 0, 1, [Audience.Handler, Audience.OnDuty]),
            new LadderStep(LadderTimer.Extension, StepKind.Before, 0, 1, [Audience.Handler]),
        ]);

    /// <summary>
    /// What is owed at <paramref name="now"/> and was not raised, folded into one alert however much was missed; null where nothing is.
    /// </summary>
    public OwedAlert? Owed(Watched watched, IReadOnlyCollection<RaisedStep> raised, Instant now)
    {
        var owed = Open(watched, raised, now).Where(s => s.At <= now).OrderBy(s => s.Weight).ThenBy(s => s.At).ToList();
        return owed.Count == 0 ? null : new OwedAlert(owed[^1], [.. owed.SkipLast(1).OrderBy(s => s.At)]);
    }

    /// <summary>
    /// The next instant at which anything can be owed, which lies in the past where something is owed already; null where nothing ever will be as things stand. Reading it
    /// with nothing raised gives an instant that is never too late.
    /// </summary>
    public Instant? NextAt(Watched watched, IReadOnlyCollection<RaisedStep> raised, Instant now)
    {
        var next = Open(watched, raised, now).Select(s => s.At).DefaultIfEmpty(Instant.Never).Min();
        return next == Instant.Never ? null : next;
    }

    private IEnumerable<StepDue> Open(Watched watched, IReadOnlyCollection<RaisedStep> raised, Instant now)
    {
        var known = raised.Where(r => r.Acknowledged && r.Timer == LadderTimer.Resolution && r.Version == watched.DeadlineVersion
            && (r.Step == StepKind.Breach || r.Step.StartsWith(StepKind.Repeat, StringComparison.Ordinal))).Any();
        return Due(watched, now)
            .Where(s => !(known && s.Kind == StepKind.Repeat))
            .Where(s => !raised.Any(r => r.Timer == s.Timer && r.Step == s.Step && r.Version == s.Version));
    }

    /// <summary>Every step of the deadlines as they stand, raised or not. None for a ticket that is over (resolved, void, duplicate).</summary>
    private IEnumerable<StepDue> Due(Watched watched, Instant now)
    {
        var reading = watched.Rules.Read(watched.Facts, now);
        if (!reading.Open)
        {
            return [];
        }

        return Steps.SelectMany(step => step.Timer switch
        {
            // While a pause stops the official clock there is no due time, and nothing to hang a step on.
            LadderTimer.Resolution when reading.EffectiveDueAt is { } due => Resolution(step, due, reading.BreachesAt, watched.DeadlineVersion),
            LadderTimer.Response when watched.Facts.FirstResponseAt is null => Response(step, watched, reading),
            LadderTimer.Extension when watched.Facts.ExtendedTo is { } to => [StepDue.Of(step, $"extension-{to.Seconds}", to, to, 1)],
            _ => [],
        }).Where(s => s.At > reading.StartAt && (watched.AlertsFrom is not { } from || s.At > from));
    }

    private static IEnumerable<StepDue> Resolution(LadderStep step, Instant due, Instant? breach, int version) => (step.Kind, breach) switch
    {
        (StepKind.Before, _) => [StepDue.Of(step, $"{step.Kind}-{step.Amount}", due.Plus(-step.Amount), due, version)],
        (StepKind.Breach, { } at) => [StepDue.Of(step, step.Kind, at, due, version)],
        (StepKind.Repeat, { } at) => Enumerable.Range(1, step.Most)
            .Select(n => StepDue.Of(step, $"{step.Kind}-{n}", at.Plus(n * step.Amount), due, version) with { Nth = n }),
        _ => [],
    };

    private static IEnumerable<StepDue> Response(LadderStep step, Watched watched, SlaReading reading)
    {
        var limit = watched.Rules.Policy.ResponseLimitSec;
        var due = watched.Rules.Calendar.Add(reading.StartAt, limit);
        var at = step.Kind == StepKind.Breach ? reading.ResponseBreachesAt : watched.Rules.Calendar.Add(reading.StartAt, limit * step.Amount / 100);
        var name = step.Kind == StepKind.Breach ? step.Kind : $"{step.Kind}-{step.Amount}";
        return at is { } instant && due is { } by ? [StepDue.Of(step, name, instant, by, watched.ResponseVersion)] : [];
    }
}
