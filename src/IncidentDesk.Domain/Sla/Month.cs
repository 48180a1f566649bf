using System.Globalization;

namespace IncidentDesk.Domain.Sla;

/// <summary>A calendar month of the installation's zone, [1st 00:00, next 1st 00:00) (D13). Years run from 1 to 9998.</summary>
public readonly record struct Month(int Number)
{
    /// <summary>The month a day falls in. <see cref="Number"/> is yyyymm, so months order as numbers.</summary>
    public static Month Of(DateOnly day) => new((day.Year * 100) + day.Month);

    /// <summary>Its first day.</summary>
    public DateOnly FirstDay => new(Number / 100, Number % 100, 1);

    /// <summary>The calendar year.</summary>
    public int Year => Number / 100;

    /// <summary>The month after.</summary>
    public Month Next => Of(FirstDay.AddMonths(1));

    /// <summary>The month before.</summary>
    public Month Previous => Of(FirstDay.AddMonths(-1));

    /// <summary>Reads <c>yyyy-MM</c> of the years 1900–2999, as times are read; false for anything else.</summary>
    public static bool TryParse(string? text, out Month month)
    {
        var ok = DateOnly.TryParseExact(text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && text!.Length == 7 && day.Year is >= 1900 and < 3000;
        month = ok ? Of(day) : default;
        return ok;
    }


    /// <summary><c>yyyy-MM</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Number / 100:0000}-{Number % 100:00}");
}
