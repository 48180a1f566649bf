using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Reference;

/// <summary>
/// What a row of each list holds besides its names: the members that the shipped rows have, and no others. Clocks and reports read the content as it stands, so nothing
/// enters that they could not read.
/// </summary>
internal static class ListContent
{
    private const int MostWords = 500;
    private const int LongestLimitSec = 30 * 86_400;

    private static readonly Member Basis = Words("basis");
    private static readonly Member Examples = Words("examples");
    private static readonly Member Pinyin = new("pinyin", false, (text, _) =>
        text.Length <= 40 && text.All(char.IsAsciiLetterLower) ? (text, null) : (null, No("bad_pinyin", "pinyin", "拼音首字母应为至多40个小写字母。", "Pinyin initials are at most 40 small letters.")));

    private static readonly Member[] Category =
    [
        OneOf("nature", "accident", "fault", "hazard", "inquiry"), CodeIn("defaultSeverity", ReferenceList.Severity), Words("divertTo"), Words("typicalPauseReason"), Examples, Basis, Pinyin,
    ];

    private static readonly Dictionary<string, Member[]> Lists = new(StringComparer.Ordinal)
    {
        [ReferenceList.Town] = [Words("shortName"), OneOf("kind", "street", "town"), Words("source")],
        [ReferenceList.System] = [Examples, Basis, Pinyin],
        [ReferenceList.RentalGroup] = [Examples, Basis, Pinyin],
        [ReferenceList.Severity] = [Words("defaultSeverity"), Examples, Basis],
        [ReferenceList.RentalType] = [.. Category, CodeIn("parent", ReferenceList.RentalGroup), OneOf("countsInIndicator", "yes", "no")],

        // System faults are outside the indicator (D23); a yes would promise what no figure does.
        [ReferenceList.SystemType] = [.. Category, OneOf("countsInIndicator", "no")],
        [ReferenceList.Calendar] = [OneOf("mode", "calendar", "workday24", "workhours"), new("windows", false, Windows)],
        [ReferenceList.OfficialDays] = [Whole("year", 1900, 2999), Words("source") with { Required = true }, new("days", true, Days) { Lines = true }],
        [ReferenceList.Policy] =
        [
            CodeIn("calendar", ReferenceList.Calendar), Whole("responseLimitSec", 1, LongestLimitSec), Whole("resolutionLimitSec", 1, LongestLimitSec),
            OneOf("pauseMode", "none", "approved"), OneOf("reopenMode", "cumulative", "continuous"), Whole("lateLogFlagSec", 0, LongestLimitSec), new("weight", true, Points),
        ],
        [ReferenceList.Ladder] = [new("steps", true, Steps) { Lines = true }],
    };

    /// <summary>The content in canonical form, or why it is none; read at <paramref name="validFrom"/>, when the codes it names must be in force.</summary>
    public static (Payload Content, Refusal? Refused) Canonical(string list, string code, Payload sent, ReferenceBook book, DateOnly validFrom)
    {
        var members = Lists.GetValueOrDefault(list, [Examples, Basis]);
        var content = new Payload();
        if (sent.Names.FirstOrDefault(name => !members.Any(m => m.Name == name)) is { } unknown)
        {
            return (content, No("unknown_member", unknown, "该清单没有这一项。", "The list has no such member."));
        }

        var place = new Place(code, content, book, validFrom);
        foreach (var member in members)
        {
            var text = (sent.Text(member.Name) ?? sent.Number(member.Name)?.ToString(CultureInfo.InvariantCulture))?.Trim();
            if (text is null or "")
            {
                if (member.Required)
                {
                    return (content, No("missing_member", member.Name, "缺少此项。", "It is missing."));
                }

                continue;
            }

            var (value, refused) = member.Read(text, place);
            if (refused is not null)
            {
                return (content, refused with { Field = "content." + member.Name });
            }

            content = value is long number ? content.Add(member.Name, number) : content.Add(member.Name, (string)value!);
        }

        return (content, list != ReferenceList.Calendar || (content.Text("mode") == "workhours") == (content.Text("windows") is not null) ? null
            : No("bad_windows", "windows", "仅“工作时间”日历须填写时段，且必须填写。", "Windows belong to the mode workhours, which needs them."));
    }

    /// <summary>The members of a list, as a form asks for them.</summary>
    public static IReadOnlyList<ListMember> Members(string list) =>
        [.. Lists.GetValueOrDefault(list, [Examples, Basis]).Select(m => new ListMember(m.Name, m.Required, m.Choices, m.CodesOf, m.Lines))];

    private static Member Words(string name) => new(name, false, (text, _) =>
        Incidents.Texts.Check(name, text, MostWords) is { } refused ? (null, refused)
        : text.Any(char.IsControl) ? (null, No("bad_character", name, "含有不能保存的字符。", "It holds a character that cannot be stored."))
        : (text, null));

    private static Member OneOf(string name, params string[] codes) => new(name, true, (text, _) =>
        codes.Contains(text) ? (text, null) : (null, No("unknown_value", name, $"应为 {string.Join("、", codes)}。", $"It is one of {string.Join(", ", codes)}.")))
    {
        Choices = codes,
    };

    private static Member Whole(string name, long least, long most) => new(name, true, (text, _) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? (number, null)
            : (null, No("bad_number", name, $"应为 {least} 至 {most} 的整数。", $"It is a whole number from {least} to {most}.")));

    private static Member CodeIn(string name, string list) => new(name, true, (text, place) =>
        place.Book.Find(list, text, place.ValidFrom) is not null
            ? (text, null)
            : (null, No($"unknown_{(name == "defaultSeverity" ? "severity" : name)}", name, "该代码不存在，或届时未启用。", "The code does not exist, or is not in force on that day.")))
    {
        CodesOf = list,
    };

    private static (object?, Refusal?) Points(string text, Place place) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var points) && points <= 1_000 && decimal.Round(points, 2) == points
            ? (points.ToString("0.##", CultureInfo.InvariantCulture), null)
            : (null, No("bad_number", "weight", "分值应为 0 至 1000，至多两位小数。", "Points are from 0 to 1000, with two decimals at most."));

    private static (object?, Refusal?) Windows(string text, Place place) => DayWindows.Read(text) is not null
        ? (text, null)
        : (null, No("bad_windows", "windows", "时段应形如 08:30-12:00,14:00-17:30，先后有序、互不重叠。", "Windows are like 08:30-12:00,14:00-17:30, in order and apart."));

    private static (object?, Refusal?) Steps(string text, Place place) =>
        LadderRules.Read(text.Replace("\r", "", StringComparison.Ordinal)) is var (steps, refused) && refused is null ? (string.Join('\n', steps), null) : (null, refused);

    private static (object?, Refusal?) Days(string text, Place place)
    {
        const string Header = "date,kind,name\n";
        var csv = text.TrimStart('\uFEFF').Replace("\r", "", StringComparison.Ordinal);
        var (years, refused) = OfficialDays.Read(csv.StartsWith(Header, StringComparison.Ordinal) ? csv : Header + csv, "", place.ValidFrom);
        return refused is not null ? (null, refused)
            : years is not [var year] || year.Year.ToString(CultureInfo.InvariantCulture) != place.Code || place.Before.Number("year") != year.Year
                ? (null, No("days_of_another_year", "days", $"所列日期应全部在 {place.Code} 年。", $"All days must lie in the year {place.Code}."))
            : year.Days.FirstOrDefault(d => d.Name.Trim().Length is < 1 or > 100 || d.Name.Any(char.IsControl)) is { } unnamed
                ? (null, No("bad_holiday_list", "days", $"{unnamed.Date:yyyy-MM-dd} 缺少节日名称。", $"{unnamed.Date:yyyy-MM-dd} has no name."))
            : (string.Join('\n', year.Days.OrderBy(d => d.Date).Select(
                d => $"{d.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)},{(d.Works ? "workday" : "holiday")},{d.Name.Trim()}")), null);
    }

    private static Refusal No(string code, string member, string zh, string en) => new(code, "content." + member, zh, en);

    private sealed record Member(string Name, bool Required, Func<string, Place, (object? Value, Refusal? Refused)> Read)
    {
        public IReadOnlyList<string> Choices { get; init; } = [];

        public string? CodesOf { get; init; }

        public bool Lines { get; init; }
    }

    // Before: the members read so far, in the order of the list.
    private sealed record Place(string Code, Payload Before, ReferenceBook Book, DateOnly ValidFrom);
}
