using System.Globalization;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Reference;

namespace IncidentDesk.Web.Pages;

/// <summary>Rows of the board in words: what, where, in which state, how long still. board.js counts the time that is left in the same words.</summary>
internal static class BoardWords
{
    /// <summary>The category by its name of the day of the report.</summary>
    public static string Category(this Words words, Desk desk, BoardRow row) =>
        Name(words, desk, row.Kind == Scope.Rental ? ReferenceList.RentalType : ReferenceList.SystemType, row.Category, row);

    /// <summary>Town and street with its plate; a dash where there is none, as for a fault of a system.</summary>
    public static string Place(this Words words, Desk desk, BoardRow row) =>
        row.Town is not { } town ? row.ServicePoint ?? "—"
        : $"{Name(words, desk, ReferenceList.Town, town, row)}{(row.Building?.IndexOf(' ', StringComparison.Ordinal) is > 0 and var cut ? " " + row.Building[(cut + 1)..] : "")}";

    /// <summary>The 镇街 by its name of the day of the report.</summary>
    public static string Town(this Words words, Desk desk, BoardRow row) => row.Town is { } town ? Name(words, desk, ReferenceList.Town, town, row) : "—";

    /// <summary>What an incident that is over came to.</summary>
    public static string Over(this Words words, string over) => over switch
    {
        "void" => words["已作废", "void"],
        "duplicate" => words["已并案", "merged"],
        _ => words["已处理完成", "resolved"],
    };

    /// <summary>The sign of a state, which is not told by its colour alone.</summary>
    public static string Sign(string state) => state switch
    {
        BoardRow.Overdue => "▲",
        BoardRow.Soon => "◆",
        BoardRow.Paused => "‖",
        BoardRow.Unanswered => "○",
        _ => "●",
    };

    /// <summary>A state in words.</summary>
    public static string State(this Words words, string state) => state switch
    {
        BoardRow.Overdue => words["超时", "overdue"],
        BoardRow.Soon => words["临期", "due soon"],
        BoardRow.Paused => words["暂停", "paused"],
        BoardRow.Unanswered => words["未响应", "no response"],
        _ => words["正常", "in time"],
    };

    /// <summary>How long still, or how long over.</summary>
    public static string Left(this Words words, BoardRow row, Instant now)
    {
        if (row.DueAt is not { } due)
        {
            return words["已停钟", "clock stopped"];
        }

        var (left, seconds) = (due.Since(now), Math.Abs(due.Since(now)));
        var (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
        var text = days > 0 ? words[$"{days}天{hours}小时", $"{days} d {hours} h"]
            : hours > 0 ? words[$"{hours}小时{minutes}分", $"{hours} h {minutes} min"]
            : words[$"{minutes}分{seconds % 60}秒", $"{minutes} min {seconds % 60} s"];
        return left < 0 ? words["已超 " + text, text + " over"] : words["剩余 " + text, text + " left"];
    }

    /// <summary>A time of these days on the wall clock, to the minute.</summary>
    public static string Minute(Zone zone, Instant? at) => at is { } time ? zone.Local(time).ToString("MM-dd HH:mm", CultureInfo.InvariantCulture) : "—";

    /// <summary>The time of day, to the second.</summary>
    public static string Clock(Zone zone, Instant at) => zone.Local(at).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A number, and that it may be more.</summary>
    public static string Count(int n, bool whole) => whole ? n.ToString(CultureInfo.InvariantCulture) : n.ToString(CultureInfo.InvariantCulture) + "+";

    /// <summary>What is wrong with the watch, by what the health check names it with.</summary>
    public static string Wrong(this Words words, IReadOnlyList<string> wrong) => string.Join(words["；", "; "], wrong.Select(w => w.Split(':')[0]).Distinct().Select(what => what switch
    {
        "tick" => words["到期检查已停止", "deadlines are not being looked at"],
        "canary" => words["自检工单未按时告警", "the hourly self-check raised no alert in time"],
        _ => words["服务器时钟不准", "the clock is wrong"],
    }));

    /// <summary>时效指标失分风险 in one sentence, by the strict reading.</summary>
    public static string Of(this Words words, BreachRisk risk)
    {
        var points = risk.Weight.ToString("0.##", CultureInfo.InvariantCulture);
        var open = risk.Open == 0 ? words["目前没有未到期的纳入考核工单。", "No counted incident is open in time."]
            : words[$"另有 {risk.Open} 件纳入考核的工单未到期，其中 {risk.Soon} 件将在 6 小时内到期。", $"{risk.Open} counted ones are open in time, {risk.Soon} of them due within 6 hours."];
        return risk.YearBreached > 0
            ? words[$"已失分：本年已有 {risk.YearBreached} 件超时(本月 {risk.MonthBreached} 件)，从严口径本年该项 {points} 分按 0 分计。{open}",
                $"Lost: {risk.YearBreached} late this year ({risk.MonthBreached} this month); by the strict reading the {points} points of the year are 0. {open}"]
            : words[$"本年尚无超时。{open}{(risk.Open > 0 ? $"任何一件超时，从严口径即失全部 {points} 分。" : "")}",
                $"None late this year. {open}{(risk.Open > 0 ? $" One late costs all {points} points by the strict reading." : "")}"];
    }

    /// <summary>How grave it is: lost, near, or well.</summary>
    public static string Grade(BreachRisk risk) => risk.YearBreached > 0 ? "error" : risk.Soon > 0 ? "notice" : "done";

    /// <summary>The board's address with a filter.</summary>
    public static string At(BoardFilter filter, string path = "/", string? cursor = null)
    {
        var query = new[]
        {
            ("state", filter.State), ("kind", filter.Kind), ("town", filter.Town), ("mine", filter.Mine ? "true" : null), ("cursor", cursor),
        }.Where(q => q.Item2 is not null).Select(q => $"{q.Item1}={Uri.EscapeDataString(q.Item2!)}");
        return path + (query.Any() ? "?" + string.Join('&', query) : "");
    }

    private static string Name(Words words, Desk desk, string list, string code, BoardRow row) =>
        desk.Reference.RulingOn(list, code, desk.Zone.DayOf(row.ReportedAt)) is { } named ? words[named.NameZh, named.NameEn] : code;
}
