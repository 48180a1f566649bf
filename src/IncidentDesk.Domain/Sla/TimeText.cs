namespace IncidentDesk.Domain.Sla;

/// <summary>
/// Times as people and files write them (R21). Without an offset they are the zone's wall clock; fractions of a second are dropped (D1).
/// A day or hour that does not exist, a year outside 1900–2999, or anything else is refused, never guessed.
/// </summary>
public static class TimeText
{
    /// <summary>Reads ISO 8601 only: <c>yyyy-MM-ddTHH:mm:ss</c>, with fractions and an offset or Z or without.</summary>
    public static bool TryIso(string? text, Zone zone, out Instant instant) => TryRead(text, zone, iso: true, out instant);

    /// <summary>Reads ISO 8601 and what spreadsheets make of it: <c>yyyy-MM-dd HH:mm:ss</c>, <c>yyyy/M/d H:mm:ss</c>, seconds may be absent.</summary>
    public static bool TryAny(string? text, Zone zone, out Instant instant) => TryRead(text, zone, iso: false, out instant);

    private static bool TryRead(string? text, Zone zone, bool iso, out Instant instant)
    {
        instant = default;
        var rest = text.AsSpan().Trim();
        if (iso && rest.Length != (text?.Length ?? 0))
        {
            return false;
        }

        var least = iso ? 2 : 1;
        if (!Digits(ref rest, 4, 4, out var year) || rest.Length == 0 || rest[0] is not ('-' or '/') || (iso && rest[0] != '-'))
        {
            return false;
        }

        var between = rest[0];
        if (!Skip(ref rest, between) || !Digits(ref rest, least, 2, out var month)
            || !Skip(ref rest, between) || !Digits(ref rest, least, 2, out var day)
            || rest.Length == 0 || rest[0] is not ('T' or ' ') || (iso && rest[0] != 'T'))
        {
            return false;
        }

        rest = rest[0] == 'T' ? rest[1..] : rest[1..].TrimStart();
        if (!Digits(ref rest, least, 2, out var hour) || !Skip(ref rest, ':') || !Digits(ref rest, 2, 2, out var minute))
        {
            return false;
        }

        var second = 0;
        if (rest.Length > 0 && rest[0] == ':')
        {
            rest = rest[1..];
            if (!Digits(ref rest, 2, 2, out second) || !Fraction(ref rest))
            {
                return false;
            }
        }
        else if (iso)
        {
            return false;
        }

        if (year is < 1900 or > 2999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified);
        if (rest.Length == 0)
        {
            instant = zone.At(local);
            return true;
        }

        if (!Offset(rest, out var offset))
        {
            return false;
        }

        instant = Instant.Of(new DateTimeOffset(local, offset));
        return true;
    }

    private static bool Offset(ReadOnlySpan<char> rest, out TimeSpan offset)
    {
        offset = default;
        if (rest is "Z")
        {
            return true;
        }

        var sign = rest[0] == '-' ? -1 : 1;
        if (rest[0] is not ('+' or '-'))
        {
            return false;
        }

        rest = rest[1..];
        if (!Digits(ref rest, 2, 2, out var hours) || !Skip(ref rest, ':') || !Digits(ref rest, 2, 2, out var minutes)
            || rest.Length > 0 || minutes > 59 || (hours * 60) + minutes > 14 * 60)
        {
            return false;
        }

        offset = TimeSpan.FromMinutes(sign * ((hours * 60) + minutes));
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<char> rest)
    {
        if (rest.Length == 0 || rest[0] is not ('.' or ','))
        {
            return true;
        }

        rest = rest[1..];
        var digits = rest.Length - rest.TrimStart("0123456789").Length;
        rest = rest[digits..];
        return digits > 0;
    }

    private static bool Skip(ref ReadOnlySpan<char> rest, char expected)
    {
        if (rest.Length == 0 || rest[0] != expected)
        {
            return false;
        }

        rest = rest[1..];
        return true;
    }

    private static bool Digits(ref ReadOnlySpan<char> rest, int least, int most, out int value)
    {
        value = 0;
        var n = 0;
        while (n < rest.Length && n < most && char.IsAsciiDigit(rest[n]))
        {
            value = (value * 10) + (rest[n++] - '0');
        }

        rest = rest[n..];
        return n >= least;
    }
}
