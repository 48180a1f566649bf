using System.Globalization;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Alerts;

/// <summary>Which clock a step belongs to.</summary>
public static class LadderTimer
{
    /// <summary>The 24 hours: the official effective due time.</summary>
    public const string Resolution = "resolution";

    /// <summary>The first human contact (D4).</summary>
    public const string Response = "response";

    /// <summary>The internal due time of an approved extension (D12).</summary>
    public const string Extension = "extension";
}

/// <summary>How a step finds its instant.</summary>
public static class StepKind
{
    /// <summary>So many seconds before the due time.</summary>
    public const string Before = "before";

    /// <summary>The first second over the limit (D6).</summary>
    public const string Breach = "breach";

    /// <summary>超时催办: every so many seconds after the breach.</summary>
    public const string Repeat = "repeat";

    /// <summary>So many percent of the limit.</summary>
    public const string Percent = "percent";
}

/// <summary>Whom a step goes to; who that is today the desk knows.</summary>
public static class Audience
{
    /// <summary>承办人; without one, who can give the job to somebody.</summary>
    public const string Handler = "handler";

    /// <summary>值班审批人.</summary>
    public const string OnDuty = "on-duty";

    /// <summary>主管部门.</summary>
    public const string Department = "department";
}

/// <summary>
/// One step of a ladder. <paramref name="Amount"/> is in seconds, for <see cref="StepKind.Percent"/> in percent; <paramref name="Most"/> is how often it repeats.
/// </summary>
public sealed record LadderStep(string Timer, string Kind, long Amount, int Most, IReadOnlyList<string> To)
{
    /// <summary>The step as reference data keeps it: <c>resolution repeat 86400 20 department</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Timer} {Kind} {Amount} {Most} {string.Join(',', To)}");

    /// <summary>Reads it back; throws <see cref="FormatException"/> for anything else.</summary>
    public static LadderStep Read(string text)
    {
        var words = text.Split(' ');
        return words.Length == 5
            ? new LadderStep(
                words[0], words[1], long.Parse(words[2], CultureInfo.InvariantCulture), int.Parse(words[3], CultureInfo.InvariantCulture), words[4].Split(','))
            : throw new FormatException($"Not a step of a ladder: {text}");
    }
}

/// <summary>
/// An open incident as its ladder sees it. Versions rise whenever the due time of the resolution, or of the response, changes. <paramref name="AlertsFrom"/>: an imported
/// ticket never alerts for what was past when it was imported.
/// </summary>
public sealed record Watched(ClockFacts Facts, ClockRules Rules, int DeadlineVersion, int ResponseVersion, Instant? AlertsFrom);

/// <summary>A step of a deadline version that was raised; <paramref name="Acknowledged"/> once somebody told of it said 已知悉.</summary>
public sealed record RaisedStep(string Timer, string Step, int Version, bool Acknowledged = false);

/// <summary>
/// A step with its instant: <paramref name="Step"/> is its name within timer and deadline version, <paramref name="DueAt"/> the deadline it speaks of.
/// </summary>
public sealed record StepDue(string Timer, string Step, string Kind, long Amount, Instant At, Instant DueAt, int Version, IReadOnlyList<string> To)
{
    /// <summary>Which repeat it is, from 1; 0 for a step that does not repeat.</summary>
    public int Nth { get; init; }

    /// <summary>Which of several owed at once speaks for them: a breach before a reminder, the resolution before the response.</summary>
    internal int Weight => (Timer, Kind) switch
    {
        (LadderTimer.Resolution, StepKind.Breach or StepKind.Repeat) => 3,
        (LadderTimer.Response, StepKind.Breach) => 2,
        (LadderTimer.Extension, _) => 0,
        _ => 1,
    };

    internal static StepDue Of(LadderStep step, string name, Instant at, Instant due, int version) =>
        new(step.Timer, name, step.Kind, step.Amount, at, due, version, step.To);
}

/// <summary>
/// One alert: the step that speaks, and the others that were missed and are told of in the same message, in order of time. Everybody that any of them goes to gets it.
/// </summary>
public sealed record OwedAlert(StepDue Head, IReadOnlyList<StepDue> Missed)
{
    /// <summary>All of its steps.</summary>
    public IEnumerable<StepDue> Steps => Missed.Append(Head);

    /// <summary>Whom it goes to.</summary>
    public IReadOnlyList<string> To => [.. Steps.SelectMany(s => s.To).Distinct()];
}
