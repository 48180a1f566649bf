using System.Text.Json;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk;

/// <summary>A ticket's reading as it stands in JSON, the same in replay and in reports (R7–R9).</summary>
public static class VerdictJson
{
    /// <summary>Writes the members into the object that is open.</summary>
    public static void WriteVerdict(this Utf8JsonWriter json, ClockFacts facts, SlaReading reading, Zone zone, SlaPolicy policy)
    {
        var counts = reading.Outcome != Outcome.Excluded;
        json.WriteInstant("startAt", reading.StartAt, zone);
        json.WriteString("month", zone.MonthOf(reading.ReportedAt).ToString());
        json.WriteInstant("dueAt", counts ? reading.DueAt : null, zone);
        json.WriteInstant("effectiveDueAt", counts ? reading.EffectiveDueAt : null, zone);
        json.WriteInstant("firstResponseAt", counts ? reading.FirstResponseAt : null, zone);
        json.WriteSeconds("responseElapsedSec", counts ? reading.ResponseElapsedSec : null);
        if (counts)
        {
            json.WriteBoolean("responseBreached", reading.ResponseBreached);
        }
        else
        {
            json.WriteNull("responseBreached");
        }

        json.WriteSeconds("grossElapsedSec", counts ? reading.GrossElapsedSec : null);
        json.WriteSeconds("pausedSec", counts ? reading.PausedSec : null);
        json.WriteSeconds("officialElapsedSec", counts ? reading.OfficialElapsedSec : null);
        json.WriteBoolean("open", reading.Open);
        json.WriteBoolean("pausedNow", reading.PausedNow);
        json.WriteNumber("reopenCount", counts ? facts.ReopenCount : 0);
        json.WriteString("outcome", reading.Outcome.Code());
        if (!counts)
        {
            json.WriteString("excludedAs", facts.VoidedAt is not null ? "void" : "duplicate");
            return;
        }

        if (reading.Outcome == Outcome.Breached)
        {
            json.WriteNumber("overdueSec", reading.OverdueSec);
        }

        if (facts.LoggedAt is not null)
        {
            json.WriteBoolean("lateLogged", facts.LateLogged(policy));
        }

        if (facts.Corrections.Count > 0)
        {
            json.WriteStartArray("correctionsApplied");
            foreach (var field in facts.Corrections)
            {
                json.WriteStringValue(field);
            }

            json.WriteEndArray();
        }

        if (facts.ExtendedTo is { } extended)
        {
            json.WriteInstant("extendedDueAt", extended, zone);
            json.WriteBoolean("metExtendedDue", reading.Active[^1].To <= extended);
        }
    }

    /// <summary>Writes an instant on the zone's wall clock, or null.</summary>
    public static void WriteInstant(this Utf8JsonWriter json, string name, Instant? instant, Zone zone) =>
        json.WriteString(name, instant is { } at ? zone.Format(at) : null);

    private static void WriteSeconds(this Utf8JsonWriter json, string name, long? seconds)
    {
        if (seconds is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
