using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Tests;

/// <summary>Instants as tests write them, on the wall clock of Guangzhou.</summary>
internal static class WallTime
{
    public static Instant At(string text) =>
        TimeText.TryAny(text, Zone.Shanghai, out var at) ? at : throw new FormatException(text);

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd");
}

/// <summary>The calendars that ship with the product, over the shipped lists of 2022–2026.</summary>
internal static class OfficialCalendars
{
    public static string Csv { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "holidays-cn.csv"));

    public static IReadOnlyList<OfficialYear> Years { get; } = OfficialDays.Read(Csv, "shipped", DateOnly.MinValue).Years;

    public static OfficialDays Days { get; } = new(Years);

    public static WorkCalendar Always { get; } = Of("24x7", CalendarMode.Calendar);

    public static WorkCalendar Workday24 { get; } = Of("workday24", CalendarMode.Workday24);

    public static WorkCalendar Office7h { get; } = Of("office7h", CalendarMode.WorkHours, ("08:30", "12:00"), ("14:00", "17:30"));

    public static WorkCalendar Of(string code, CalendarMode mode, params (string From, string To)[] windows) => new(
        code, Zone.Shanghai,
        [new CalendarVersion(DateOnly.MinValue, mode, [.. windows.Select(w => new DayWindow(TimeOnly.Parse(w.From), TimeOnly.Parse(w.To)))])],
        Days);
}
