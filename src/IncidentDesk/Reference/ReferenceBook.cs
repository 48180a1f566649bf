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

    /// <summary>Builds the book from the rows.</summary>
    public ReferenceBook(IEnumerable<ReferenceRow> all, Zone zone)
    {
        // The database promises no order, and what a report lists must stand in one.
        all = [.. all.OrderBy(r => r.Code, StringComparer.Ordinal).ThenBy(r => r.Version)];
        rows = all.OrderBy(r => r.ValidFrom).ThenBy(r => r.RecordedAt).ThenBy(r => r.Version).ToLookup(r => (r.List, r.Code));
        Rules = new RuleBook(
            zone,
            Versions("policy", ReadPolicy),
            Versions("calendar", r => ReadCalendar(r, Payload.Read(r.Content))),
            Versions("official-days", r => ReadYear(r, Payload.Read(r.Content))),
            Versions(ReferenceList.RentalType, r => Payload.Read(r.Content).Text("countsInIndicator") == "yes"),
            Versions("ladder", ReadLadder));

        IReadOnlyList<Versioned<T>> Versions<T>(string list, Func<ReferenceRow, T> read) =>
            [.. all.Where(r => r.List == list).Select(r => new Versioned<T>(r.Code, r.Version, r.ValidFrom, r.RecordedAt, read(r)))];
    }

    /// <summary>Policies, calendars, official days, scope and ladders.</summary>
    public RuleBook Rules { get; }

    /// <summary>Loads the book of a ledger.</summary>
    public static async Task<ReferenceBook> Load(DeskDb db, Zone zone, CancellationToken cancellationToken) =>
        new(await db.References.AsNoTracking().ToListAsync(cancellationToken), zone);

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
        _ => new CalendarVersion(row.ValidFrom, CalendarMode.WorkHours, [.. p.Text("windows")!.Split(',').Select(w => w.Split('-'))
            .Select(w => new DayWindow(TimeOnly.ParseExact(w[0], "HH:mm"), TimeOnly.ParseExact(w[1], "HH:mm")))]),
    };

    private static OfficialYear ReadYear(ReferenceRow row, Payload p) => new(
        (int)p.Number("year")!.Value, row.ValidFrom, p.Text("source")!, [.. p.Text("days")!.Split('\n')
            .Select(line => line.Split(','))
            .Select(cells => new OfficialDay(DateOnly.ParseExact(cells[0], "yyyy-MM-dd"), cells[1] == "workday", cells[2]))]);
}

/// <summary>Names of the reference lists.</summary>
public static class ReferenceList
{
    /// <summary>镇街.</summary>
    public const string Town = "town";

    /// <summary>Information systems.</summary>
    public const string System = "system";

    /// <summary>Categories of system faults.</summary>
    public const string SystemType = "system-type";

    /// <summary>Categories of rental faults.</summary>
    public const string RentalType = "rental-type";

    /// <summary>P1 to P4.</summary>
    public const string Severity = "severity";

    /// <summary>接报依据; the ledger's 渠道.</summary>
    public const string ReportBasis = "report-basis";

    /// <summary>Reasons of voids.</summary>
    public const string VoidReason = "void-reason";
}
