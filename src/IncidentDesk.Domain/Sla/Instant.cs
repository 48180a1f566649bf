using System.Globalization;

namespace IncidentDesk.Domain.Sla;

/// <summary>
/// A point in time as the clock knows it: whole seconds since 1970-01-01T00:00:00Z, fractions floored (D1).
/// The zone never stands in an instant; it is an argument wherever a wall clock is read or written.
/// </summary>
public readonly record struct Instant(long Seconds) : IComparable<Instant>
{
    /// <summary>Later than every instant that can be entered; the end of an interval that still runs.</summary>
    public static readonly Instant Never = new(long.MaxValue / 4);

    /// <summary>The instant of <paramref name="time"/>, fractions of a second dropped.</summary>
    public static Instant Of(DateTimeOffset time) => new(time.ToUnixTimeSeconds());

    /// <summary>The instant in UTC.</summary>
    public DateTimeOffset ToUtc() => DateTimeOffset.FromUnixTimeSeconds(Seconds);

    /// <summary>This instant and <paramref name="seconds"/> more.</summary>
    public Instant Plus(long seconds) => new(Seconds + seconds);

    /// <summary>Seconds from <paramref name="earlier"/> to this instant; negative when this one is the earlier.</summary>
    public long Since(Instant earlier) => Seconds - earlier.Seconds;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Seconds.CompareTo(other.Seconds);

    /// <summary>Whether the left instant is before the right one.</summary>
    public static bool operator <(Instant a, Instant b) => a.Seconds < b.Seconds;

    /// <summary>Whether the left instant is after the right one.</summary>
    public static bool operator >(Instant a, Instant b) => a.Seconds > b.Seconds;

    /// <summary>Whether the left instant is not after the right one.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Seconds <= b.Seconds;

    /// <summary>Whether the left instant is not before the right one.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Seconds >= b.Seconds;

    /// <summary>The earlier of two instants.</summary>
    public static Instant Min(Instant a, Instant b) => a <= b ? a : b;

    /// <summary>The later of two instants.</summary>
    public static Instant Max(Instant a, Instant b) => a >= b ? a : b;

    /// <summary>The instant in UTC as it stands in payloads and hashes: <c>yyyy-MM-ddTHH:mm:ssZ</c>.</summary>
    public override string ToString() => ToUtc().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
