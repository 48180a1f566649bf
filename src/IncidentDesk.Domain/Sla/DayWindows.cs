using System.Globalization;

namespace IncidentDesk.Domain.Sla;

/// <summary>The windows of a calendar as reference data keeps them: <c>08:30-12:00,14:00-17:30</c>, on the wall clock; an end of 00:00 is midnight.</summary>
public static class DayWindows
{
    private const int Most = 10;

    /// <summary>
    /// Reads them; null where the text is no such list, or a window ends before it begins, or begins before the one before has ended: the arithmetic asks for stretches in order.
    /// </summary>
    public static IReadOnlyList<DayWindow>? Read(string text)
    {
        var windows = new List<DayWindow>();
        var free = TimeOnly.MinValue;
        foreach (var part in text.Split(','))
        {
            if (part.Split('-') is not [var first, var second] || !TryTime(first, out var from) || !TryTime(second, out var to)
                || from < free || (to <= from && to != TimeOnly.MinValue) || (windows.Count > 0 && windows[^1].To == TimeOnly.MinValue))
            {
                return null;
            }

            windows.Add(new DayWindow(from, to));
            free = to;
        }

        return windows.Count > Most ? null : windows;
    }

    private static bool TryTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
