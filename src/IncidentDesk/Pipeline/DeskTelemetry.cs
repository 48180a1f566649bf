using System.Diagnostics;
using System.Diagnostics.Metrics;
using IncidentDesk.Clocks;

namespace IncidentDesk.Pipeline;

/// <summary>The names of the product's telemetry, once. Metrics are methods.</summary>
public static class DeskTelemetry
{
    /// <summary>The name of traces and metrics.</summary>
    public const string Name = "IncidentDesk";

    /// <summary>Traces of messages.</summary>
    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Breaches = Meter.CreateCounter<long>("incidentdesk.breaches", "{breach}", "Breaches that were alerted, by timer");
    private static readonly Histogram<double> AlertDelay = Meter.CreateHistogram<double>("incidentdesk.alert.delay", "s", "From the instant a step was owed to its alert");
    private static readonly Histogram<double> DeliveryDelay = Meter.CreateHistogram<double>("incidentdesk.delivery.delay", "s", "From an alert to its delivery, by channel");
    private static readonly Histogram<double> TickDuration = Meter.CreateHistogram<double>("incidentdesk.tick.duration", "s", "One look at what is owed");
    private static readonly Counter<long> ClockJumps = Meter.CreateCounter<long>("incidentdesk.clock.jumps", "{jump}", "Jumps of this host's clock by more than two seconds");
    private static volatile DeskFigures? figures;
    private static volatile IReadOnlyList<ClockReading> clocks = [];
    private static long lastTick;

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
}

/// <summary>Open incidents not due and overdue, and what waits in the outbox.</summary>
public sealed record DeskFigures(long OnTime, long Overdue, long Outbox);
