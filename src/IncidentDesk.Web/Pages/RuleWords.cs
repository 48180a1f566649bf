using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reference;

namespace IncidentDesk.Web.Pages;

/// <summary>Lists, the members of their content and what stands in them, in words.</summary>
internal static class RuleWords
{
    private static readonly Dictionary<string, (string Zh, string En)> Members = new()
    {
        ["calendar"] = ("计时日历", "Calendar"), ["responseLimitSec"] = ("响应时限(秒)", "Response limit (seconds)"), ["resolutionLimitSec"] = ("处理时限(秒)", "Resolution limit (seconds)"),
        ["pauseMode"] = ("暂停计时", "Pauses"), ["reopenMode"] = ("重开计时", "Reopens"), ["lateLogFlagSec"] = ("补录标记(秒)", "Flag for late entry (seconds)"), ["weight"] = ("分值", "Points"),
        ["mode"] = ("计时方式", "Mode"), ["windows"] = ("工作时段", "Hours"), ["year"] = ("年份", "Year"), ["source"] = ("依据", "Source"), ["days"] = ("日期", "Days"), ["steps"] = ("阶梯", "Steps"),
        ["nature"] = ("性质", "Nature"), ["defaultSeverity"] = ("默认严重程度", "Severity by default"), ["countsInIndicator"] = ("纳入考核", "Counts in the indicator"), ["parent"] = ("大类", "Group"),
        ["divertTo"] = ("转介去向", "Divert to"), ["typicalPauseReason"] = ("常见暂停原因", "Usual reason of a pause"), ["examples"] = ("示例", "Examples"), ["basis"] = ("依据", "Basis"),
        ["pinyin"] = ("拼音首字母", "Pinyin initials"), ["shortName"] = ("简称", "Short name"), ["kind"] = ("类别", "Kind"),
    };

    private static readonly Dictionary<string, (string Zh, string En)> Choices = new()
    {
        ["none"] = ("不扣除", "not deducted"), ["approved"] = ("经批准的扣除", "approved ones are deducted"), ["cumulative"] = ("累计", "cumulative"), ["continuous"] = ("连续", "continuous"),
        ["calendar"] = ("自然时", "around the clock"), ["workday24"] = ("工作日每日24小时", "working days, 24 hours"), ["workhours"] = ("工作时段", "hours of working days"),
        ["accident"] = ("险情/突发情况", "accident"), ["fault"] = ("故障", "fault"), ["hazard"] = ("隐患", "hazard"), ["inquiry"] = ("咨询纠纷", "inquiry"), ["yes"] = ("是", "yes"), ["no"] = ("否", "no"),
        ["street"] = ("街道", "street"), ["town"] = ("镇", "town"),
    };

    private static readonly Dictionary<string, (string Zh, string En)> Hints = new()
    {
        ["days"] = ("每行一日：日期,holiday 或 workday,名称，如 2027-01-01,holiday,元旦。可粘贴国务院通知整理出的 CSV。", "A day a line: date, holiday or workday, name, as 2027-01-01,holiday,元旦. A CSV may be pasted."),
        ["steps"] = ("每行一级，按现行内容的写法。", "A step a line, written as those in force."),
        ["windows"] = ("形如 08:30-12:00,14:00-17:30；仅“工作时段”填写。", "As 08:30-12:00,14:00-17:30; for the mode workhours only."),
        ["resolutionLimitSec"] = ("24小时为 86400。", "24 hours are 86400."), ["responseLimitSec"] = ("30分钟为 1800。", "30 minutes are 1800."),
    };

    public static string List(this Words words, string list) => ReferenceList.All.FirstOrDefault(l => l.List == list) is { List: not null } known ? words[known.Zh, known.En] : list;

    public static string Member(this Words words, string name) => Members.TryGetValue(name, out var known) ? words[known.Zh, known.En] : name;

    public static string? Hint(this Words words, string name) => Hints.TryGetValue(name, out var known) ? words[known.Zh, known.En] : null;

    public static string Choice(this Words words, string code) => Choices.TryGetValue(code, out var known) ? words[known.Zh, known.En] : code;

    /// <summary>A member of a content as it stands; empty where it has none.</summary>
    public static string Of(string content, string member) => Payload.Read(content) is var p ? p.Text(member) ?? p.Number(member)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "" : "";

    /// <summary>From when a version is valid; what ships with the product is from the beginning.</summary>
    public static string From(this Words words, DateOnly day) => day <= ShippedRows.Beginning ? words["自始", "from the beginning"] : day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An instant of the clock to the minute; a dash for none.</summary>
    public static string At(this Words words, Instant? at) => at is { } time ? words.Minute(time) : "—";

    /// <summary>A verdict.</summary>
    public static string Verdict(this Words words, Outcome outcome) => outcome switch
    {
        Outcome.OnTime => words["按时", "on time"], Outcome.Breached => words["超时", "breached"], Outcome.Pending => words["未到期", "pending"], _ => words["剔除", "excluded"],
    };

    /// <summary>What an asked version would change of the names and members that stand now.</summary>
    public static IEnumerable<(string Name, string Before, string After)> Changes(this Words words, ReferenceRow? before, NewVersion asked)
    {
        var all = ReferenceList.MembersOf(asked.List).Select(m => (Name: words.Member(m.Name), Before: before is null ? "" : Of(before.Content, m.Name), After: Of(asked.Content, m.Name)));
        return all.Prepend((words["英文名称", "Name in English"], before?.NameEn ?? "", asked.NameEn)).Prepend((words["名称", "Name"], before?.NameZh ?? "", asked.NameZh))
            .Append((words["停用", "Ended"], before?.Ended == 1 ? words["是", "yes"] : words["否", "no"], asked.Ended ? words["是", "yes"] : words["否", "no"])).Where(c => c.Item2 != c.Item3);
    }
}
