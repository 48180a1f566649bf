using System.Globalization;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// An incident's identity everywhere: prefix of the installation, day of logging, and a gap-free number of that day, for example
/// <c>BY20260503-0001</c>; imported tickets have their own series, <c>BY20250219-L0001</c>. The key is yyyymmdd × 10⁶ + n, in the imported series
/// n + 500 000.
/// </summary>
public readonly record struct IncidentNumber(string Prefix, long Key)
{
    /// <summary>The largest number of a day and series.</summary>
    public const int Largest = 499_999;

    private const int ImportedFrom = 500_000;

    /// <summary>The number <paramref name="n"/> (from 1) of a day in the live or the imported series.</summary>
    public static IncidentNumber Of(string prefix, DateOnly day, int n, bool imported) =>
        new(prefix, DayKey(day) + n + (imported ? ImportedFrom : 0));

    /// <summary>The first key that a day could have; the next day's is past all of this one's.</summary>
    public static long DayKey(DateOnly day) => ((day.Year * 10_000L) + (day.Month * 100) + day.Day) * 1_000_000;

    /// <summary>The day of logging.</summary>
    public DateOnly Day
    {
        get
        {
            var ymd = (int)(Key / 1_000_000);
            return new DateOnly(ymd / 10_000, ymd / 100 % 100, ymd % 100);
        }
    }

    /// <summary>The number within its day and series, from 1.</summary>
    public int InDay => (int)(Key % 1_000_000 % ImportedFrom);

    /// <summary>Whether it belongs to the imported series.</summary>
    public bool Imported => Key % 1_000_000 >= ImportedFrom;

    /// <summary>Reads a number of that prefix; false for anything else.</summary>
    public static bool TryParse(string prefix, string? text, out IncidentNumber number)
    {
        number = default;
        var rest = text is not null && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : "";
        if (rest.Length < 10 || rest[8] != '-'
            || !DateOnly.TryParseExact(rest[..8], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return false;
        }

        var imported = rest[9] == 'L';
        if (!int.TryParse(rest[(imported ? 10 : 9)..], NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n is < 1 or > Largest)
        {
            return false;
        }

        number = Of(prefix, day, n, imported);
        return number.ToString() == text;
    }

    /// <summary>The number as people write it: four digits or more.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Key / 1_000_000}-{(Imported ? "L" : "")}{InDay:0000}");
}
