namespace IncidentDesk.Reference;

/// <summary>Names of the reference lists. Lists belong to the product; what stands in them is the installation's, version by version.</summary>
public static class ReferenceList
{
    /// <summary>镇街.</summary>
    public const string Town = "town";

    /// <summary>Information systems.</summary>
    public const string System = "system";

    /// <summary>Categories of system faults.</summary>
    public const string SystemType = "system-type";

    /// <summary>Groups of the categories of rental faults.</summary>
    public const string RentalGroup = "rental-group";

    /// <summary>Categories of rental faults, with the scope of the indicator (D23).</summary>
    public const string RentalType = "rental-type";

    /// <summary>P1 to P4.</summary>
    public const string Severity = "severity";

    /// <summary>接报依据; the ledger's 渠道.</summary>
    public const string ReportBasis = "report-basis";

    /// <summary>Reasons of voids.</summary>
    public const string VoidReason = "void-reason";

    /// <summary>Why a ticket is reopened: the two reasons that the clock knows (D9).</summary>
    public const string ReopenReason = "reopen-reason";

    /// <summary>Policies (D7).</summary>
    public const string Policy = "policy";

    /// <summary>Calendars (D7).</summary>
    public const string Calendar = "calendar";

    /// <summary>The State Council's lists of days, by year (D7).</summary>
    public const string OfficialDays = "official-days";

    /// <summary>Ladders of alerts.</summary>
    public const string Ladder = "ladder";

    /// <summary>All of them by what they are called, in the order in which they are shown.</summary>
    public static IReadOnlyList<(string List, string Zh, string En)> All { get; } =
    [
        (Policy, "时限规则", "Policies"),
        (Calendar, "计时日历", "Calendars"),
        (OfficialDays, "节假日安排", "Official days"),
        (Ladder, "预警催办阶梯", "Ladders"),
        (RentalType, "出租屋事故故障类别", "Categories of rental faults"),
        (RentalGroup, "出租屋事故故障大类", "Groups of rental faults"),
        (SystemType, "信息系统故障类别", "Categories of system faults"),
        (System, "信息系统", "Information systems"),
        (Severity, "严重程度", "Severities"),
        (Town, "镇街", "Towns"),
        (ReportBasis, "接报依据", "Bases of reports"),
        ("response-way", "响应方式", "Ways of response"),
        ("resolution-manner", "办结方式", "Manners of resolution"),
        (ReopenReason, "重开原因", "Reasons of reopens"),
        ("pause-reason", "暂停原因", "Reasons of pauses"),
        (VoidReason, "作废原因", "Reasons of voids"),
    ];

    /// <summary>What a version of that list holds besides its names.</summary>
    public static IReadOnlyList<ListMember> MembersOf(string list) => ListContent.Members(list);

    /// <summary>Whether a version of that list can move a row of an incident: its clock, its scope or its next step.</summary>
    public static bool IsRule(string list) => list is Policy or Calendar or OfficialDays or Ladder or RentalType;
}

/// <summary>
/// A member of a list's content: its codes where it is one of a few, the list whose codes it takes, and whether it is several lines of text.
/// </summary>
public sealed record ListMember(string Name, bool Required, IReadOnlyList<string> Choices, string? CodesOf, bool Lines);
