using System.Globalization;

namespace IncidentDesk.Domain.Sla;

/// <summary>A day that an official list names: off (holiday) or worked (make-up workday, 调休上班).</summary>
public sealed record OfficialDay(DateOnly Date, bool Works, string Name);

/// <summary>
/// One version of one year's official list, ruling the days of that year from <paramref name="ValidFrom"/> on; <paramref name="Source"/> cites the notice.
/// </summary>
public sealed record OfficialYear(int Year, DateOnly ValidFrom, string Source, IReadOnlyList<OfficialDay> Days);

/// <summary>
/// The State Council's lists of days (D7): workday(d) = listed as workday, or not listed and Monday to Friday. A day before the list of
/// its year took force stays as it was read then.
/// </summary>
public sealed class OfficialDays(IEnumerable<OfficialYear> years)
{
    private readonly ILookup<int, (DateOnly ValidFrom, Dictionary<DateOnly, bool> Works)> byYear = years
        .OrderBy(y => y.ValidFrom)
        .ToLookup(y => y.Year, y => (y.ValidFrom, y.Days.ToDictionary(d => d.Date, d => d.Works)));

    /// <summary>No list at all: every Monday to Friday works.</summary>
    public static OfficialDays None { get; } = new([]);

    /// <summary>Whether any list of that year is recorded.</summary>
    public bool HasYear(int year) => byYear.Contains(year);

    /// <summary>Whether people work on that day.</summary>
    public bool IsWorkday(DateOnly day)
    {
        var works = day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
        foreach (var (validFrom, listed) in byYear[day.Year])
        {
            if (validFrom <= day)
            {
                works = listed.TryGetValue(day, out var said) ? said : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
            }
        }

        return works;
    }

    /// <summary>
    /// Reads lists from CSV with the header <c>date,kind,name</c>, kind <c>holiday</c> or <c>workday</c>. A list of a new year takes force on
    /// <paramref name="recordedOn"/> or on 1 January, whichever is later, so that no day that has passed changes (D7).
    /// Refuses <c>bad_holiday_list</c> with the line, and writes nothing then.
    /// </summary>
    public static (IReadOnlyList<OfficialYear> Years, Refusal? Refused) Read(string csv, string source, DateOnly recordedOn)
    {
        var lines = csv.TrimStart('\uFEFF').Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
        if (lines[0] != "date,kind,name")
        {
            return ([], Bad(1));
        }

        var days = new List<OfficialDay>();
        for (var i = 1; i < lines.Length; i++)
        {
            var cells = lines[i].Split(',');
            if (lines[i].Length == 0)
            {
                continue;
            }

            if (cells.Length != 3 || cells[1] is not ("holiday" or "workday")
                || !DateOnly.TryParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
                || days.Exists(d => d.Date == date))
            {
                return ([], Bad(i + 1));
            }

            days.Add(new OfficialDay(date, cells[1] == "workday", cells[2]));
        }

        return days.Count == 0
            ? ([], Bad(2))
            : ([.. days.GroupBy(d => d.Date.Year).Select(year =>
            {
                var newYear = new DateOnly(year.Key, 1, 1);
                return new OfficialYear(year.Key, newYear > recordedOn ? newYear : recordedOn, source, [.. year]);
            })], null);

        static Refusal Bad(int line) => new(
            "bad_holiday_list", "file",
            $"第 {line} 行不符合“date,kind,name”格式，或日期重复。",
            $"Line {line} is not \"date,kind,name\" (kind: holiday or workday), or its date stands twice.");
    }
}
