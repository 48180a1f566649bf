using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Import;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reference;

/// <summary>The rows of the reference data that ships with the product: towns, systems, categories, reasons, calendars, official days, the default policy and ladder.</summary>
public static class ShippedRows
{
    /// <summary>In force from the beginning.</summary>
    public static readonly DateOnly Beginning = new(1900, 1, 1);

    /// <summary>Recorded from the beginning: a report known at any time reads them.</summary>
    public static readonly DateTimeOffset BeginningTime = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>All of them, version 1.</summary>
    public static IEnumerable<ReferenceRow> All() =>
        [.. Towns(), .. Categories(), .. Calendars(), .. Years(), Policy(SlaPolicy.Strict), Ladder(EscalationLadder.Default)];

    private static IEnumerable<ReferenceRow> Towns() => Csv("towns-baiyun.csv").Select(t => Row(
        ReferenceList.Town, t["code9"], t["name"], t["pinyin"],
        new Payload().Add("shortName", t["short_name"]).Add("kind", t["kind"]).Add("source", t["source"])));

    /// <summary>The hand-written pinyin initials of categories, their groups and systems, by list and code, and of which name.</summary>
    internal static IEnumerable<((string List, string Code) Id, string NameZh, string Initials)> Pinyin() =>
        Csv("categories.csv").Where(c => c["pinyin"].Length > 0).Select(c => ((c["domain"], c["code"]), c["name_zh"], c["pinyin"]));

    private static IEnumerable<ReferenceRow> Categories() => Csv("categories.csv").Select(c => Row(
        c["domain"], c["code"], c["name_zh"], c["name_en"],
        new Payload().Add("parent", Some(c["parent"])).Add("defaultSeverity", Some(c["default_severity"])).Add("nature", Some(c["nature"]))
            .Add("countsInIndicator", Some(c["counts_in_indicator"])).Add("divertTo", Some(c["divert_to"]))
            .Add("typicalPauseReason", Some(c["typical_pause_reason"])).Add("examples", Some(c["examples_zh"])).Add("basis", Some(c["basis"]))
            .Add("pinyin", Some(c["pinyin"]))));

    private static IEnumerable<ReferenceRow> Calendars() =>
    [
        Row("calendar", "24x7", "自然时", "Around the clock", new Payload().Add("mode", "calendar")),
        Row("calendar", "workday24", "工作日(每日24小时)", "Working days, 24 hours each", new Payload().Add("mode", "workday24")),
        Row("calendar", "office7h", "工作时间", "Office hours", new Payload().Add("mode", "workhours").Add("windows", "08:30-12:00,14:00-17:30")),
    ];

    private static IEnumerable<ReferenceRow> Years() => Shipped.OfficialYears.Select(y => Row(
        "official-days", y.Year.ToString(CultureInfo.InvariantCulture), $"{y.Year}年节假日安排", $"Official days of {y.Year}",
        new Payload().Add("year", y.Year).Add("source", y.Source).Add("days", string.Join('\n', y.Days.Select(
            d => $"{d.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)},{(d.Works ? "workday" : "holiday")},{d.Name}")))));

    /// <summary>A policy as a row of the reference data.</summary>
    public static ReferenceRow Policy(SlaPolicy policy) => Row(
        "policy", policy.Code, "严格口径(24小时)", "Strict, 24 hours",
        new Payload().Add("calendar", policy.Calendar).Add("responseLimitSec", policy.ResponseLimitSec).Add("resolutionLimitSec", policy.ResolutionLimitSec)
            .Add("pauseMode", policy.PauseMode == PauseMode.Approved ? "approved" : "none")
            .Add("reopenMode", policy.ReopenMode == ReopenMode.Continuous ? "continuous" : "cumulative")
            .Add("lateLogFlagSec", policy.LateLogFlagSec).Add("weight", policy.Weight.ToString(CultureInfo.InvariantCulture)));

    /// <summary>A ladder as a row of the reference data.</summary>
    public static ReferenceRow Ladder(EscalationLadder ladder) => Row(
        "ladder", ladder.Code, "默认预警催办阶梯", "Default ladder", new Payload().Add("steps", string.Join('\n', ladder.Steps)));

    private static ReferenceRow Row(string list, string code, string zh, string en, Payload content) => new()
    {
        List = list, Code = code, Version = 1, ValidFrom = Beginning, RecordedAt = BeginningTime, RecordedBy = "product",
        NameZh = zh, NameEn = en, Content = content.ToString(),
    };

    private static string? Some(string text) => text.Length == 0 ? null : text;

    private static List<Dictionary<string, string>> Csv(string name)
    {
        using var text = new StringReader(Shipped.Text(name));
        var csv = new CsvRecords(text);
        _ = csv.Read();
        var header = csv.Fields.ToArray();
        var rows = new List<Dictionary<string, string>>();
        while (csv.Read())
        {
            rows.Add(header.Zip(csv.Fields).ToDictionary(cell => cell.First, cell => cell.Second));
        }

        return rows;
    }
}
