using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Reports;

namespace IncidentDesk.Web.Pages;

/// <summary>A state as it is shown: the class of its colour, its sign and its words, so that nobody depends on colour.</summary>
internal sealed record ShownState(string Css, string Sign, string Text);

/// <summary>Incidents in the words of the desk, in both languages.</summary>
internal static partial class IncidentWords
{
    /// <summary>From when on the time left is shown as short, in seconds: as the ladder reminds.</summary>
    private const long Near = 2 * 3_600, Soon = 6 * 3_600;

    /// <summary>An instant on the desk's wall clock; a dash for none.</summary>
    public static string Time(this Words t, Instant? at) => t.Time(at?.ToUtc());

    /// <summary>A length of time.</summary>
    public static string Length(this Words t, long seconds) => t[SentenceTimes.Zh(seconds), SentenceTimes.En(seconds)];

    /// <summary>A verdict with the time left or over.</summary>
    public static ShownState State(this Words t, Outcome outcome, string? excludedAs, bool stopped, long? left) => outcome switch
    {
        Outcome.Excluded => new("out", "×", excludedAs == "void" ? t["已作废", "Void"] : t["已并入主单", "Merged"]),
        Outcome.OnTime => new("good", "✓", t["按时", "On time"]),
        Outcome.Breached => new("bad", "!", t["超时", "Breached"]),
        _ when stopped => new("held", "‖", t["暂停中，已停钟", "Paused, clock stopped"]),
        _ => left switch
        {
            <= Near => new("near", "!", t["即将到期", "Due within 2 h"]),
            <= Soon => new("soon", "◷", t["临近到期", "Due within 6 h"]),
            _ => new("fine", "◷", t["未到期", "Not due"]),
        },
    };

    /// <summary>A scope of figures.</summary>
    public static string Scope(this Words t, string scope) => scope switch
    {
        Domain.Incidents.Scope.Rental => t["出租屋，纳入考核指标", "rental, counts into the indicator"],
        Domain.Incidents.Scope.System => t["信息系统，不纳入考核指标", "information system, outside the indicator"],
        _ => t["出租屋，不纳入考核指标", "rental, outside the indicator"],
    };

    /// <summary>A nature.</summary>
    public static string Nature(this Words t, string nature) => nature switch
    {
        "accident" => t["险情/突发情况", "accident"],
        "hazard" => t["隐患", "hazard"],
        "inquiry" => t["咨询纠纷", "inquiry"],
        _ => t["故障", "fault"],
    };

    /// <summary>What an act is called on its button.</summary>
    public static string Of(this Words t, Act act, PauseMode mode = PauseMode.None) => act switch
    {
        Act.Respond => t["响应", "Respond"],
        Act.Resolve => t["处理完成", "Resolve"],
        Act.Reopen => t["重开", "Reopen"],
        Act.Resume => t["恢复计时", "Resume"],
        Act.Accept => t["签收", "Accept the job"],
        Act.Return => t["退单", "Return the job"],
        Act.Assign => t["派单/改派", "Assign"],
        Act.Note => t["备注", "Note"],
        Act.Pause => mode == PauseMode.Approved ? t["申请暂停计时", "Ask for a pause"] : t["登记客观原因(不停钟)", "Record a cause of delay (clock runs on)"],
        Act.Extend => t["延期申请", "Ask for an extension"],
        Act.Correct => t["申请更正", "Ask for a correction"],
        Act.Merge => t["申请并入主单", "Ask for a merge"],
        Act.Void => t["申请作废", "Ask for a void"],
        Act.Explain => t["超时说明", "Explain the breach"],
        _ => t["查看报告人", "Reveal the reporter"],
    };

    /// <summary>A field that can be corrected.</summary>
    public static string Field(this Words t, string field) => field switch
    {
        Corrected.Reported => t["接报时间", "time of the report"],
        Corrected.Occurred => t["发生时间", "time of occurrence"],
        Corrected.Category => t["类别", "category"],
        _ => t["严重程度", "severity"],
    };

    /// <summary>What a text is.</summary>
    public static string TextOf(this Words t, string field) => field switch
    {
        "title" => t["标题", "Title"],
        "description" => t["情况", "What happened"],
        "address" => t["地址", "Address"],
        "room" => t["房间", "Room"],
        "reporterName" => t["报告人", "Reporter"],
        "reporterPhone" => t["报告人电话", "Reporter's phone"],
        "capturedAt" => t["拍摄时间", "Captured at"],
        "handling" => t["处理情况", "Handling"],
        "receipt" => t["回执", "Receipt"],
        "cause" => t["超时原因", "Cause"],
        "responsible" => t["责任单位(人)", "Responsible"],
        "measure" => t["整改措施", "Measure"],
        "reason" => t["理由", "Reason"],
        "note" => t["说明", "Note"],
        "fileName" => t["文件名", "File name"],
        _ => field,
    };

    /// <summary>Town and building, or the information system; never a room, and no long number that somebody typed into an address.</summary>
    public static string Place(string? where, string? building)
    {
        var street = building is null ? "" : building[(building.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return LongNumber().Replace($"{where} {street}".Trim(), "****");
    }

    /// <summary>
    /// The ticket for a chat outside the desk (复制到微信): number, kind, building and clock. What a person wrote in words, and who reported or handles it, is not in it.
    /// </summary>
    public static string Summary(this Words t, IncidentView view, string category, string severity, string? where)
    {
        var (ticket, reading) = (view.Ticket, view.Ticket.Reading);
        var state = t.State(reading.Outcome, ticket.Facts.ExcludedAs, Stopped(ticket), Left(ticket));
        var said = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{t["【故障工单】", "[Incident] "]}{ticket.Number}");
        Line(t["类别", "Kind"], $"{category} ({severity})");
        Line(t["地点", "Place"], Place(where, ticket.Facts.Details.Building));
        Line(t["接报", "Reported"], t.Time(reading.ReportedAt));
        if (reading.Outcome != Outcome.Excluded)
        {
            Line(t["应办结", "Due"], t.Time(reading.EffectiveDueAt));
        }

        if (view.State.ResolvedAt is { } resolved)
        {
            Line(t["处理完成", "Resolved"], t.Time(resolved));
        }

        Line(t["时效", "State"], state.Text + LeftOrOver(t, ticket));
        return said.Append(t[$"(截至 {t.Time(ticket.AsOf)})", $"(as of {t.Time(ticket.AsOf)})"]).ToString();

        void Line(string name, string value) => said.Append(name).Append(t["：", ": "]).AppendLine(value.Length == 0 ? "—" : value);
    }

    /// <summary>Time left or over, after a comma; nothing where neither says anything.</summary>
    public static string LeftOrOver(this Words t, ReportTicket ticket) => ticket.Reading switch
    {
        { Outcome: Outcome.Breached, OverdueSec: var over } => t[$"，超出 {t.Length(over)}", $", over by {t.Length(over)}"],
        { Outcome: Outcome.Pending } when Left(ticket) is { } left => t[$"，剩余 {t.Length(left)}", $", {t.Length(left)} left"],
        _ => "",
    };

    /// <summary>Seconds to the official due time on the wall clock, while it is pending; null where there is none.</summary>
    public static long? Left(ReportTicket ticket) => ticket.Reading is { Outcome: Outcome.Pending, EffectiveDueAt: { } due } ? Math.Max(0, due.Since(ticket.AsOf)) : null;

    /// <summary>Whether an approved pause has stopped its clock.</summary>
    public static bool Stopped(ReportTicket ticket) => ticket.Reading is { PausedNow: true, EffectiveDueAt: null };

    [GeneratedRegex("[0-9]{7,}")]
    private static partial Regex LongNumber();
}
