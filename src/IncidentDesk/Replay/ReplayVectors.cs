using System.Text.Json;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Reference;

namespace IncidentDesk.Replay;

/// <summary>
/// The public calculator (时限复核): takes events as given and computes with the product's own clock and figures (R1–R20). It reads no database.
/// A refused vector is a result.
/// </summary>
public static class ReplayVectors
{
    private static readonly string[] Types =
        ["occur", "report", "log", "accept", "respond", "resolve", "reopen", "pause", "resume", "merge", "void", "extend", "correct"];

    /// <summary>Computes every vector and aggregate of a file and writes the result as JSON.</summary>
    public static void Run(VectorFile file, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = FigureJson.Plain });
        json.WriteStartObject();
        json.WriteStartArray("vectors");
        foreach (var vector in file.Vectors)
        {
            Write(json, vector, file);
            json.Flush();
        }

        json.WriteEndArray();
        json.WriteStartArray("aggregates");
        foreach (var aggregate in file.Aggregates)
        {
            json.WriteStartObject();
            json.WriteString("id", aggregate.Id);
            json.WriteStartObject("periods");
            foreach (var (period, tally) in aggregate.Periods)
            {
                json.WriteFigures(period, new MonthFigures(tally, aggregate.Weight));
            }

            json.WriteEndObject();
            json.WriteFigures("total", new MonthFigures(aggregate.Periods.Aggregate(default(Tally), (sum, p) => sum + p.Tally), aggregate.Weight));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, VectorFile.Vector vector, VectorFile file)
    {
        json.WriteStartObject();
        json.WriteString("id", vector.Id);
        if (Compute(vector, file) is not { } readings)
        {
            json.WriteString("error", FirstError(vector, file.Zone)!);
            json.WriteEndObject();
            return;
        }

        json.WriteStartObject("tickets");
        foreach (var ticket in readings)
        {
            json.WriteStartObject(ticket.No);
            json.WriteVerdict(ticket.Facts, ticket.Reading, file.Zone, vector.Policy);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        _ = TimeText.TryIso(vector.AsOf, file.Zone, out var asOf);
        WriteMonths(json, "months", readings, vector.Policy, file.Zone, asOf);
        var kinds = readings.Select(t => t.Kind).Distinct().ToList();
        if (kinds.Count > 1)
        {
            json.WriteStartObject("monthsByKind");
            foreach (var kind in kinds)
            {
                WriteMonths(json, kind, readings.Where(t => t.Kind == kind), vector.Policy, file.Zone, asOf);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private sealed record Read(string No, string Kind, ClockFacts Facts, SlaReading Reading);

    /// <summary>The readings of every ticket that is known at as-of, or null where the vector is refused.</summary>
    private static List<Read>? Compute(VectorFile.Vector vector, VectorFile file)
    {
        if (FirstError(vector, file.Zone) is not null)
        {
            return null;
        }

        _ = TimeText.TryIso(vector.AsOf, file.Zone, out var asOf);
        var calendar = new WorkCalendar(
            vector.Policy.Calendar, file.Zone, [file.Calendars[vector.Policy.Calendar]], new OfficialDays(Shipped.OfficialYears));
        var known = vector.Tickets.Select(t => KnownEntries(t, file.Zone, asOf)).ToList();
        var facts = known.ConvertAll(entries => ClockFacts.Of(entries, Instant.Never, DateTimeOffset.MaxValue));
        PullBack(facts, known, vector);
        return [.. vector.Tickets.Zip(facts).Where(t => t.Second is not null).Select(t => new Read(
            t.First.No, t.First.Kind, t.Second!, SlaClock.Read(t.Second!, vector.Policy, calendar, asOf)))];
    }

    /// <summary>
    /// A merge makes the master's start the earliest of the set, chains followed (R17): each instant, the earliest first, is carried along the merges until it meets a
    /// ticket that has one already. So every ticket is walked once, and a circle ends.
    /// </summary>
    private static void PullBack(List<ClockFacts?> facts, List<List<Entry>> known, VectorFile.Vector vector)
    {
        var place = vector.Tickets.Select((t, i) => (t.No, i)).ToDictionary(t => t.No, t => t.i);
        var walked = new bool[facts.Count];
        foreach (var first in Enumerable.Range(0, facts.Count).Where(i => facts[i] is not null).OrderBy(i => facts[i]!.ReportedAt).ToList())
        {
            var earliest = facts[first]!.ReportedAt;
            var next = new Stack<int>([first]);
            while (next.TryPop(out var i))
            {
                if (!walked[i] && facts[i] is { } own)
                {
                    walked[i] = true;
                    facts[i] = own with { ReportedAt = earliest };
                    foreach (var merged in known[i].Select(e => e.What).OfType<Merged>())
                    {
                        if (place.TryGetValue(merged.Into.Prefix, out var master))
                        {
                            next.Push(master);
                        }
                    }
                }
            }
        }
    }

    /// <summary>The entries known at as-of (R3), with occur, report and log made into the one event that the product writes for them.</summary>
    private static List<Entry> KnownEntries(VectorFile.Ticket ticket, Zone zone, Instant asOf)
    {
        var events = ticket.Events
            .Where(e => !e.Unapproved)
            .Select((e, i) => (Raw: e, Seq: i + 1, At: Time(e.At), Recorded: Time(e.RecordedAt ?? e.At)))
            .Where(e => e.Recorded <= asOf)
            .ToList();
        Instant? First(string type) => events.Where(e => e.Raw.Type == type).Select(e => (Instant?)e.At).Min();
        var entries = new List<Entry>(events.Count);
        if (First("report") is { } reportedAt)
        {
            entries.Add(new Entry(0, reportedAt, reportedAt.ToUtc(), new FaultLogged(reportedAt, First("occur"), First("log"), AnyFault)));
        }

        foreach (var (raw, seq, at, recorded) in events)
        {
            if (Product(raw) is { } what)
            {
                entries.Add(new Entry(seq, at, recorded.ToUtc(), what));
            }
        }

        return entries;

        IncidentEvent? Product(VectorFile.RawEvent raw) => raw.Type switch
        {
            "accept" => new AssignmentAccepted(),
            "respond" => new Responded(null, raw.Auto),
            "resolve" => new Resolved(null),
            "reopen" => new Reopened(raw.Reason is { } reason ? new Coded(reason, reason) : null),
            "pause" => new Paused(new Coded(raw.Reason ?? "", ""), Approval(raw)),
            "resume" => new Resumed(),
            "merge" => new Merged(new IncidentNumber(raw.Into!, 0), Approval(raw)),
            "void" => new Voided(new Coded(raw.Reason ?? "", ""), Approval(raw)),
            "extend" => new Extended(Time(raw.To!), Approval(raw)),
            "correct" => new Corrected(raw.Field!, raw.Field == Corrected.Reported ? Time(raw.Value!).ToString() : raw.Value!, Approval(raw)),
            _ => null,
        };

        Approval Approval(VectorFile.RawEvent raw) => new(null, null, null, null, null, raw.ApprovedBy!, Time(raw.At));

        Instant Time(string text) => TimeText.TryIso(text, zone, out var time) ? time : throw new FormatException(text);
    }

    private static readonly FaultDetails AnyFault =
        new() { Kind = FaultKind.Rental, Category = new Coded("", ""), Nature = "", Severity = new Coded("", "") };

    /// <summary>The first error of the vector's first bad ticket (R1, R5), or null.</summary>
    private static string? FirstError(VectorFile.Vector vector, Zone zone) =>
        vector.Tickets.Any(t => t.Events.Any(e => !Types.Contains(e.Type))) ? "unknown_event_type"
        : !TimeText.TryIso(vector.AsOf, zone, out _) ? "bad_time"
        : vector.Tickets.Select(t => FirstError(t, zone)).FirstOrDefault(error => error is not null);

    private static string? FirstError(VectorFile.Ticket ticket, Zone zone)
    {
        var bad = false;
        var events = ticket.Events.Where(e => !e.Unapproved)
            .Select(e => (e.Type, At: Time(e.At), Raw: e)).OrderBy(e => e.At).ToList();
        foreach (var (_, _, raw) in events)
        {
            _ = raw.RecordedAt is null ? default : Time(raw.RecordedAt);
            _ = raw.Type == "extend" ? Time(raw.To!) : default;
            _ = raw is { Type: "correct", Field: Corrected.Reported } ? Time(raw.Value!) : default;
        }

        if (bad)
        {
            return "bad_time";
        }

        Instant? First(string type) => events.Where(e => e.Type == type).Select(e => (Instant?)e.At).FirstOrDefault();
        if (First("report") is not { } reported)
        {
            return "missing_reported_at";
        }

        // The report itself, and whatever an approved correction makes of it, is measured against occur and log.
        var starts = events.Where(e => e.Raw is { Type: "correct", Field: Corrected.Reported }).Select(e => Time(e.Raw.Value!)).Append(reported).ToList();
        return First("occur") is { } occurred && starts.Exists(s => s < occurred) ? "occurred_after_reported"
            : First("log") is { } logged && starts.Exists(s => s > logged) ? "reported_after_logged"
            : events.Exists(e => e is { Type: "respond", Raw.Auto: false } && e.At < reported) ? "responded_before_start"
            : events.Exists(e => e.Type == "resolve" && e.At < reported) ? "resolved_before_start"
            : ReopenRules.FirstError(events.Select(e => (e.Type, e.At)));

        Instant Time(string text)
        {
            bad |= !TimeText.TryIso(text, zone, out var time);
            return time;
        }
    }

    private static void WriteMonths(Utf8JsonWriter json, string name, IEnumerable<Read> tickets, SlaPolicy policy, Zone zone, Instant asOf)
    {
        var months = new SortedDictionary<int, Tally>();
        foreach (var ticket in tickets)
        {
            var month = zone.MonthOf(ticket.Reading.ReportedAt).Number;
            months[month] = months.GetValueOrDefault(month).With(ticket.Reading.Outcome);
        }

        if (months.Count == 0)
        {
            months[zone.MonthOf(asOf).Previous.Number] = default;
        }

        json.WriteStartObject(name);
        foreach (var (month, tally) in months)
        {
            json.WriteFigures(new Month(month).ToString(), new MonthFigures(tally, policy.Weight));
        }

        json.WriteEndObject();
    }
}
