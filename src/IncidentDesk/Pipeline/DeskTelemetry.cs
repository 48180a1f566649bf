using System.Diagnostics;
using System.Diagnostics.Metrics;
using IncidentDesk.Clocks;

namespace IncidentDesk.Pipeline;

/// <summary>The names of the product's telemetry, once. Metrics are methods.</summary>
public static class DeskTelemetry
{
    /// <summary>The name of traces and metrics.</summary>
    public const string Name = "IncidentDesk";

    /// <summary>The part of the watch that is wrong when nothing can be asked.</summary>
    public const string Database = "database";

    /// <summary>Traces of messages.</summary>
    public static readonly ActivitySource Source = new(Name);

    // Seconds, so that a delay of two tells from one of five.
    private static readonly InstrumentAdvice<double> Delays = new() { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400] };
    private static readonly InstrumentAdvice<double> Durations = new() { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Breaches = Meter.CreateCounter<long>("incidentdesk.breaches", "{breach}", "Breaches that were alerted, by timer");
    private static readonly Histogram<double> AlertDelay = Meter.CreateHistogram<double>("incidentdesk.alert.delay", "s", "From the instant a step was owed to its alert", advice: Delays);
    private static readonly Histogram<double> DeliveryDelay = Meter.CreateHistogram<double>("incidentdesk.delivery.delay", "s", "From an alert to its delivery, by channel", advice: Delays);
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("incidentdesk.delivery.failures", "{message}", "Messages that were not delivered when they were tried, by channel and outcome");
    private static readonly Histogram<double> TickDuration = Meter.CreateHistogram<double>("incidentdesk.tick.duration", "s", "One look at what is owed", advice: Durations);
    private static readonly Counter<long> ClockJumps = Meter.CreateCounter<long>("incidentdesk.clock.jumps", "{jump}", "Jumps of this host's clock by more than two seconds");
    private static volatile DeskFigures? figures;
    private static volatile IReadOnlyList<ClockReading> clocks = [];
    private static volatile IReadOnlyCollection<string>? wrong;
    private static long lastTick;

    // Those that health lines begin with, and the database that could not be asked.
    private static readonly string[] Parts = ["tick", "canary", "clock", Database];

    static DeskTelemetry()
    {
        Meter.CreateObservableGauge("incidentdesk.incidents.open", () => figures is { } now
            ? new Measurement<long>[] { new(now.OnTime, new KeyValuePair<string, object?>("state", "not_due")), new(now.Overdue, new KeyValuePair<string, object?>("state", "overdue")) }
            : []);
        Meter.CreateObservableGauge(
            "incidentdesk.tick.age",
            () => Volatile.Read(ref lastTick) is var ended and not 0 ? new Measurement<double>[] { new(Stopwatch.GetElapsedTime(ended).TotalSeconds) } : [],
            "s",
            "Since this process's last tick ended; it rises when the watch stands still");
        Meter.CreateObservableGauge(
            "incidentdesk.watch.wrong",
            () => wrong is { } now ? Parts.Union(now).Select(part => new Measurement<int>(now.Contains(part) ? 1 : 0, new KeyValuePair<string, object?>("part", part))) : [],
            description: "1 where this part of the watch is not well, as /health/watch says; looked at every minute where the jobs run");
        Meter.CreateObservableGauge("incidentdesk.outbox.depth", () => figures is { } now ? new Measurement<long>[] { new(now.Outbox) } : []);
        Meter.CreateObservableGauge(
            "incidentdesk.clock.offset",
            () => clocks.Where(c => c.Offset is not null).Select(c => new Measurement<double>(c.Offset!.Value.TotalSeconds, new KeyValuePair<string, object?>("source", c.Source))),
            "s",
            "How far this host's clock was ahead when it was last measured, negative where it was behind, by source");
    }

    /// <summary>A step was raised, so many seconds after it was owed.</summary>
    public static void AlertRaised(string timer, string kind, double delaySec)
    {
        AlertDelay.Record(delaySec, new KeyValuePair<string, object?>("timer", timer));
        if (kind == Domain.Alerts.StepKind.Breach)
        {
            Breaches.Add(1, new KeyValuePair<string, object?>("timer", timer));
        }
    }

    /// <summary>An alert was delivered, so many seconds after it was raised.</summary>
    public static void Delivered(string channel, double delaySec) => DeliveryDelay.Record(delaySec, new KeyValuePair<string, object?>("channel", channel));

    /// <summary>A message was tried and not delivered.</summary>
    public static void NotDelivered(string channel, string outcome) =>
        Failures.Add(1, new KeyValuePair<string, object?>("channel", channel), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A tick took so long.</summary>
    public static void Ticked(TimeSpan took)
    {
        Volatile.Write(ref lastTick, Stopwatch.GetTimestamp());
        TickDuration.Record(took.TotalSeconds);
    }

    /// <summary>This host's clock was read against others; a source that gave no answer shows none.</summary>
    public static void ClockRead(IReadOnlyList<ClockReading> readings) => clocks = readings;

    /// <summary>This host's clock jumped.</summary>
    public static void ClockJumped() => ClockJumps.Add(1);

    /// <summary>What was counted last stands until it is counted again.</summary>
    public static void Counted(DeskFigures now) => figures = now;

    /// <summary>What is wrong with the watch, as health lines (<c>part: what</c>); none where all is well.</summary>
    public static void Watched(IEnumerable<string> lines) => wrong = lines.Select(l => l.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
}

/// <summary>Open incidents not due and overdue, and what waits in the outbox.</summary>
public sealed record DeskFigures(long OnTime, long Overdue, long Outbox);
