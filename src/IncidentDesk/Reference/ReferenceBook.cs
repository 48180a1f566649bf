using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>All versions of the reference data, as loaded: codes with their names by day, and the rules that clocks and reports read.</summary>
public sealed class ReferenceBook
{
    private readonly ILookup<(string List, string Code), ReferenceRow> rows;
    private readonly IReadOnlyList<ReferenceRow> all;
    private readonly Zone zone;

    /// <summary>Builds the book from the rows.</summary>
    public ReferenceBook(IEnumerable<ReferenceRow> recorded, Zone zone)
    {
        // The database promises no order, and what a report lists must stand in one.
        this.zone = zone;
        all = [.. recorded.OrderBy(r => r.Code, StringComparer.Ordinal).ThenBy(r => r.Version)];
        rows = all.OrderBy(r => r.ValidFrom).ThenBy(r => r.RecordedAt).ThenBy(r => r.Version).ToLookup(r => (r.List, r.Code));
        Rules = new RuleBook(
            zone,
            All(ReferenceList.Policy, ReadPolicy),
            All(ReferenceList.Calendar, r => ReadCalendar(r, Payload.Read(r.Content))),
            All(ReferenceList.OfficialDays, r => ReadYear(r, Payload.Read(r.Content))),
            All(ReferenceList.RentalType, r => Payload.Read(r.Content).Text("countsInIndicator") == "yes"),
            All(ReferenceList.Ladder, ReadLadder));

        IReadOnlyList<Versioned<T>> All<T>(string list, Func<ReferenceRow, T> read) =>
            [.. all.Where(r => r.List == list).Select(r => new Versioned<T>(r.Code, r.Version, r.ValidFrom, r.RecordedAt, read(r)) { Ended = r.Ended == 1 })];
    }

    /// <summary>Policies, calendars, official days, scope and ladders.</summary>
    public RuleBook Rules { get; }

    /// <summary>Loads the book of a ledger.</summary>
    public static async Task<ReferenceBook> Load(DeskDb db, Zone zone, CancellationToken cancellationToken) =>
        new(await db.References.AsNoTracking().ToListAsync(cancellationToken), zone);

    /// <summary>The same book with one more version, as it would be once that is recorded.</summary>
    public ReferenceBook With(ReferenceRow version) => new([.. all, version], zone);

    /// <summary>Codes of a list in ordinal order, each with its versions as they were recorded.</summary>
    public IEnumerable<IGrouping<string, ReferenceRow>> CodesOf(string list) => all.Where(r => r.List == list).GroupBy(r => r.Code);

    /// <summary>Versions of a code as they were recorded; the last one's number is what a new version stands on. None for a code that does not exist.</summary>
    public IReadOnlyList<ReferenceRow> Versions(string list, string code) => [.. all.Where(r => r.List == list && r.Code == code)];

    /// <summary>The version of that identity (<see cref="NewVersion.IdOf"/>), which was recorded.</summary>
    public ReferenceRow Version(string id)
    {
        var parts = id.Split('.');
        return Versions(parts[0], parts[1]).Single(v => NewVersion.IdOf(v.List, v.Code, v.Version) == id);
    }

    /// <summary>The version of a code that rules a day, ended or not; null before its first.</summary>
    public ReferenceRow? RulingOn(string list, string code, DateOnly day) => Row(list, code, day);

    /// <summary>The codes of a list that are in force on a day, in ordinal order.</summary>
    public IEnumerable<ReferenceRow> InForce(string list, DateOnly day) =>
        CodesOf(list).Select(code => Row(list, code.Key, day)).OfType<ReferenceRow>().Where(row => row.Ended == 0);

    /// <summary>A code in force on a day, with its name as it is; null where the list has none or it is ended.</summary>
    public Coded? Find(string list, string? code, DateOnly day) =>
        Row(list, code, day) is { Ended: 0 } row ? new Coded(row.Code, row.NameZh) : null;

    /// <summary>A category in force on a day: its nature and default severity; null where the code is not a category of that kind.</summary>
    public (Coded Category, string Nature, string DefaultSeverity)? FindCategory(FaultKind kind, string? code, DateOnly day)
    {
        if (Row(kind == FaultKind.Rental ? ReferenceList.RentalType : ReferenceList.SystemType, code, day) is not { Ended: 0 } row)
        {
            return null;
        }

        var content = Payload.Read(row.Content);
        return (new Coded(row.Code, row.NameZh), content.Text("nature")!, content.Text("defaultSeverity")!);
    }

    private ReferenceRow? Row(string list, string? code, DateOnly day) =>
        code is null ? null : rows[(list, code)].LastOrDefault(r => r.ValidFrom <= day);

    private static SlaPolicy ReadPolicy(ReferenceRow row)
    {
        var p = Payload.Read(row.Content);
        return new SlaPolicy
        {
            Code = row.Code,
            Version = row.Version,
            Calendar = p.Text("calendar")!,
            ResponseLimitSec = p.Number("responseLimitSec")!.Value,
            ResolutionLimitSec = p.Number("resolutionLimitSec")!.Value,
            PauseMode = p.Text("pauseMode") == "approved" ? PauseMode.Approved : PauseMode.None,
            ReopenMode = p.Text("reopenMode") == "continuous" ? ReopenMode.Continuous : ReopenMode.Cumulative,
            LateLogFlagSec = p.Number("lateLogFlagSec")!.Value,
            Weight = decimal.Parse(p.Text("weight")!, System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private static EscalationLadder ReadLadder(ReferenceRow row) => new(
        row.Code, row.Version, [.. Payload.Read(row.Content).Text("steps")!.Split('\n').Select(LadderStep.Read)]);

    private static CalendarVersion ReadCalendar(ReferenceRow row, Payload p) => p.Text("mode") switch
    {
        "calendar" => new CalendarVersion(row.ValidFrom, CalendarMode.Calendar, []),
        "workday24" => new CalendarVersion(row.ValidFrom, CalendarMode.Workday24, []),
        _ => new CalendarVersion(
            row.ValidFrom, CalendarMode.WorkHours, DayWindows.Read(p.Text("windows")!) ?? throw new FormatException($"Calendar {row.Code}@{row.Version} has no windows.")),
    };

    private static OfficialYear ReadYear(ReferenceRow row, Payload p) => new(
        (int)p.Number("year")!.Value, row.ValidFrom, p.Text("source")!, [.. p.Text("days")!.Split('\n')
            .Select(line => line.Split(','))
            .Select(cells => new OfficialDay(DateOnly.ParseExact(cells[0], "yyyy-MM-dd"), cells[1] == "workday", cells[2]))]);
}
