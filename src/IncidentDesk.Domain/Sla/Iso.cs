using System.Globalization;

namespace IncidentDesk.Domain.Sla;

/// <summary>Instants as text in payloads and hashes.</summary>
public static class Iso
{
    /// <summary>Reads <c>yyyy-MM-ddTHH:mm:ssZ</c>, and nothing else.</summary>
    public static bool TryInstant(string text, out Instant instant)
    {
        var ok = DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        instant = ok ? Instant.Of(time) : default;
        return ok;
    }

    /// <summary>Reads <c>yyyy-MM-ddTHH:mm:ssZ</c>; throws for anything else.</summary>
    public static Instant ToInstant(string text) =>
        TryInstant(text, out var instant) ? instant : throw new FormatException($"Not an instant: {text}");

    /// <summary>A recorded time, UTC to the millisecond: <c>yyyy-MM-ddTHH:mm:ss.fffZ</c>.</summary>
    public static string Recorded(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The same time with anything below a millisecond dropped, in UTC (D1).</summary>
    public static DateTimeOffset ToMilliseconds(DateTimeOffset time) =>
        DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
