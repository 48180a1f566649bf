using System.Text.RegularExpressions;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;

namespace IncidentDesk.Reference;

/// <summary>
/// Whether a version may be recorded now: asked when it is sent, and again when it is approved, because approval is its recording and no version rules a day that has begun (D7).
/// </summary>
internal static partial class CheckVersion
{
    /// <summary>The job's period (list, code and number in 64 characters) bounds a code.</summary>
    private const int LongestCode = 40;
    private const int LongestName = 100;
    internal const int LongestNote = 500;
    private const int YearsAhead = 10;

    /// <summary>The version as it would be recorded, or why not.</summary>
    public static (NewVersion? Version, Refusal? Refused) Of(VersionDraft draft, Desk desk, DateTimeOffset now)
    {
        var (book, today) = (desk.Reference, desk.Zone.DayOf(Instant.Of(now)));
        if (Form(draft) is { } malformed)
        {
            return (null, malformed);
        }

        var recorded = book.Versions(draft.List, draft.Code);
        if ((Day(draft, today, out var validFrom) ?? Ending(draft, recorded.Count > 0)) is { } refused)
        {
            return (null, refused);
        }

        var sent = draft.Content ?? Payload.Read(recorded.Count > 0 ? recorded[^1].Content : "{}");
        var (content, wrong) = ListContent.Canonical(draft.List, draft.Code, sent, book, validFrom);
        if (wrong is not null)
        {
            return (null, wrong);
        }

        var version = new NewVersion(
            draft.List, draft.Code, recorded.Count + 1, draft.NameZh.Trim(), draft.NameEn.Trim(), validFrom, draft.Ended, content.ToString(), Some(draft.Note));
        return (Nothing(version, book.RulingOn(draft.List, draft.Code, validFrom)) ?? Left(version, book, now)) is { } bad ? (null, bad) : (version, null);
    }

    private static Refusal? Form(VersionDraft draft) =>
        List(draft.List) is { } unknown ? unknown
        : !Code().IsMatch(draft.Code) || draft.Code.Length > LongestCode || (draft.List == ReferenceList.OfficialDays && !Year().IsMatch(draft.Code)) ? new Refusal(
            "bad_code", "code", $"代码应为 1 至 {LongestCode} 个拉丁字母、数字或 - _；节假日安排的代码为年份。",
            $"A code is 1 to {LongestCode} Latin letters, digits, - or _; that of official days is the year.")
        : Name("nameZh", draft.NameZh) ?? Name("nameEn", draft.NameEn) ?? Texts.Check("note", draft.Note, LongestNote);

    private static Refusal? Name(string field, string name) => name.Trim().Length is < 1 or > LongestName || name.Any(char.IsControl) || Texts.Check(field, name, 2 * LongestName) is not null
        ? new Refusal("bad_name", field, $"名称应为 1 至 {LongestName} 个字。", $"A name is 1 to {LongestName} characters.")
        : null;

    private static Refusal? Day(VersionDraft draft, DateOnly today, out DateOnly day) =>
        !NewVersion.TryDay(draft.ValidFrom, out day) ? new Refusal("bad_date", "validFrom", "生效日期应为 yyyy-MM-dd。", "The valid-from is yyyy-MM-dd.")
        : day <= today ? new Refusal(
            "valid_from_too_early", "validFrom", $"生效日期最早为 {today.AddDays(1):yyyy-MM-dd}：已开始的日子不得变更规则。",
            $"The earliest valid-from is {today.AddDays(1):yyyy-MM-dd}: the rules of a day that has begun never change.")
        : day > today.AddYears(YearsAhead) ? new Refusal(
            "valid_from_too_late", "validFrom", $"生效日期不得晚于今后 {YearsAhead} 年。", $"The valid-from lies at most {YearsAhead} years ahead.")
        : draft.List == ReferenceList.OfficialDays && day.Year.ToString("0000", System.Globalization.CultureInfo.InvariantCulture) != draft.Code ? new Refusal(
            "valid_from_outside_year", "validFrom", $"节假日安排只管当年的日子，生效日期应在 {draft.Code} 年内；提前录入的，填 {draft.Code}-01-01。",
            $"A list rules the days of its year only: the valid-from lies in {draft.Code}, for a list recorded ahead on {draft.Code}-01-01.")
        : null;

    private static Refusal? Ending(VersionDraft draft, bool exists) =>
        draft.List == ReferenceList.ReopenReason && (draft.Ended || !exists) ? new Refusal(
            "fixed_list", "code", "重开原因由计时规则固定，只能改名，不能增加或停用。", "The clock knows these two reasons; they can be renamed, not added to or ended.")
        : draft.Ended && (!exists || draft.List == ReferenceList.OfficialDays) ? new Refusal(
            "cannot_end", "ended", "该代码不能停用：尚不存在，或属节假日安排(请录入更正后的新版本)。",
            "The code cannot be ended: it does not exist yet, or is a year of official days, which a corrected version follows.")
        : null;

    private static Refusal? Nothing(NewVersion version, ReferenceRow? ruling) =>
        ruling is not null && (ruling.NameZh, ruling.NameEn, ruling.Ended == 1, ruling.Content) == (version.NameZh, version.NameEn, version.Ended, version.Content)
            ? new Refusal("nothing_changed", "content", $"与该日生效的第 {ruling.Version} 版相同。", $"It is the same as version {ruling.Version}, which rules that day.")
            : null;

    /// <summary>What would be left without something that it needs.</summary>
    private static Refusal? Left(NewVersion version, ReferenceBook book, DateTimeOffset now)
    {
        if (!version.Ended)
        {
            return null;
        }

        var rules = book.With(version.ToRow("", null, now)).Rules.KnownAt(DateTimeOffset.MaxValue);
        return rules.FirstWithout(version.ValidFrom) is { } day
                ? new Refusal("none_in_force", "ended", $"停用后自 {day:yyyy-MM-dd} 起无可用的规则。", $"From {day:yyyy-MM-dd} on there would be none in force.")
            : (version.List == ReferenceList.Calendar && Names(ReferenceList.Policy, "calendar"))
                || (version.List == ReferenceList.Severity && (Names(ReferenceList.RentalType, "defaultSeverity") || Names(ReferenceList.SystemType, "defaultSeverity")))
                ? new Refusal("still_in_use", "ended", "仍有启用中的时限规则或类别引用该代码，请先变更引用。", "A policy or category in force names the code; change that first.")
            : null;

        bool Names(string list, string member) => book.CodesOf(list).SelectMany(code => code).Any(row => row.Ended == 0
            && (row.ValidFrom > version.ValidFrom || book.RulingOn(list, row.Code, version.ValidFrom) == row) && Payload.Read(row.Content).Text(member) == version.Code);
    }

    private static string? Some(string? text) => text?.Trim() is { Length: > 0 } said ? said : null;

    /// <summary>Why there is no such list, or null.</summary>
    public static Refusal? List(string list) =>
        ReferenceList.All.Any(l => l.List == list) ? null : new Refusal("unknown_list", "list", "没有这个清单。", "There is no such list.");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex("^[12][0-9]{3}$", RegexOptions.CultureInvariant)]
    private static partial Regex Year();
}
