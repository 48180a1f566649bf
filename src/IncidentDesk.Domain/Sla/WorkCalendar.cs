namespace IncidentDesk.Domain.Sla;

/// <summary>How a calendar counts the seconds of a day (D7).</summary>
public enum CalendarMode
{
    /// <summary><c>24x7</c>: every second counts.</summary>
    Calendar,

    /// <summary><c>workday24</c>: all 24 hours of a working day count, none of another day.</summary>
    Workday24,

    /// <summary>Only the given windows of a working day count.</summary>
    WorkHours,
}

/// <summary>A counted stretch of a working day on the wall clock, [<paramref name="From"/>, <paramref name="To"/>); a To of 00:00 is midnight.</summary>
public readonly record struct DayWindow(TimeOnly From, TimeOnly To);

/// <summary>
/// One version of a calendar: it rules the days from <paramref name="ValidFrom"/> on (D7). The first version is in force from the beginning.
/// </summary>
public sealed record CalendarVersion(DateOnly ValidFrom, CalendarMode Mode, IReadOnlyList<DayWindow> Windows);

/// <summary>
/// A calendar as a line of days (D7): each day is ruled by the version and the list of official days in force on it, so no later version
/// changes a day that has passed. One function, <see cref="Windows"/>, says what counts; elapsed time and due times both come from it.
/// </summary>
public sealed class WorkCalendar(string code, Zone zone, IReadOnlyList<CalendarVersion> versions, OfficialDays days)
{
    // A budget that would need more days than this never runs out: a calendar that counts nothing must end, not hang.
    private const int DaysAhead = 3700;

    private readonly CalendarVersion[] line = [.. versions.OrderBy(v => v.ValidFrom)];
    private readonly bool everySecond = versions.All(v => v.Mode == CalendarMode.Calendar);

    /// <summary>The calendar's code, for example <c>24x7</c>.</summary>
    public string Code { get; } = code;

    /// <summary>The zone its days and windows are read in.</summary>
    public Zone Zone { get; } = zone;

    /// <summary>The lists of official holidays and make-up workdays that it goes by.</summary>
    public OfficialDays Days { get; } = days;

    /// <summary>
    /// The counted stretches between two instants, in order and lazily; to <see cref="Instant.Never"/> means the next ten years.
    /// </summary>
    public IEnumerable<Interval> Windows(Instant from, Instant to)
    {
        if (everySecond)
        {
            yield return new Interval(from, to);
            yield break;
        }

        var last = Zone.DayOf(to == Instant.Never ? from.Plus(DaysAhead * 86_400L) : to);
        for (var day = Zone.DayOf(from); day <= last; day = day.AddDays(1))
        {
            foreach (var window in WindowsOf(day))
            {
                if (window.To > from)
                {
                    yield return window with { From = Instant.Max(window.From, from) };
                }
            }
        }
    }

    /// <summary>Counted seconds in a list of stretches; 0 for a stretch that ends before it begins.</summary>
    public long Counted(IReadOnlyList<Interval> stretches) =>
        stretches.Count == 0 ? 0 : Intervals.Length(Intervals.Intersect(stretches, Windows(stretches[0].From, stretches[^1].To)));

    /// <summary>Counted seconds between two instants; 0 when the second is not after the first.</summary>
    public long Counted(Instant from, Instant to) => to <= from ? 0 : Counted([new Interval(from, to)]);

    /// <summary>
    /// The earliest instant at which the counted time in the stretches equals <paramref name="seconds"/> (R11), or null where it never does.
    /// </summary>
    public Instant? RunOut(IReadOnlyList<Interval> stretches, long seconds) =>
        stretches.Count == 0 ? null
        : seconds == 0 ? stretches[0].From
        : Intervals.RunOut(Intervals.Intersect(stretches, Windows(stretches[0].From, stretches[^1].To)), seconds);

    /// <summary>The earliest instant at which <paramref name="seconds"/> counted seconds have passed since <paramref name="from"/>.</summary>
    public Instant? Add(Instant from, long seconds) => RunOut([new Interval(from, Instant.Never)], seconds);

    /// <summary>
    /// The years between two instants for which no official list is recorded though the calendar asks for working days (D7): the mark of
    /// a clock that may move once the list is there. Empty for 24x7.
    /// </summary>
    public IReadOnlyList<int> YearsWithoutList(Instant from, Instant to)
    {
        if (everySecond || to < from)
        {
            return [];
        }

        var first = Zone.DayOf(from).Year;
        var last = Zone.DayOf(Instant.Min(to, from.Plus(DaysAhead * 86_400L))).Year;
        return [.. Enumerable.Range(first, last - first + 1).Where(year => !Days.HasYear(year))];
    }

    private IEnumerable<Interval> WindowsOf(DateOnly day)
    {
        var version = line[0];
        foreach (var later in line)
        {
            if (later.ValidFrom <= day)
            {
                version = later;
            }
        }

        if (version.Mode != CalendarMode.Calendar && !Days.IsWorkday(day))
        {
            return [];
        }

        return version.Mode == CalendarMode.WorkHours
            ? version.Windows.Select(w => new Interval(
                Zone.At(day.ToDateTime(w.From)),
                w.To == TimeOnly.MinValue ? Zone.StartOf(day.AddDays(1)) : Zone.At(day.ToDateTime(w.To))))
            : [new Interval(Zone.StartOf(day), Zone.StartOf(day.AddDays(1)))];
    }
}
