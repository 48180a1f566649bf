using System.Globalization;
using System.Text.Json.Nodes;

namespace IncidentDesk.Tests.Commands;

/// <summary>All the lines below as one ledger, imported by one process, with what the reports say of them.</summary>
public sealed class ImportedLines : IAsyncLifetime
{
    private readonly Dictionary<string, string> errors = [];
    private readonly Dictionary<string, JsonNode> tickets = [];

    /// <summary>The code of the line with that number, empty where it was accepted.</summary>
    public string Error(string number) => errors.GetValueOrDefault(number, "");

    /// <summary>The line of the reports for that number.</summary>
    public JsonNode Ticket(string number) => tickets[number];

    /// <summary>Whether any report has that number.</summary>
    public bool Has(string number) => tickets.ContainsKey(number);

    public async Task InitializeAsync()
    {
        using var folder = new DeskFolder();
        var file = folder.Put("lines.csv", Ledgers.Of(ImportLinesTests.Rows.Select((r, i) => Ledgers.Line(Number(i), r.Differs))));
        var summary = (await folder.Run("import", "--file", file)).Exits(0).Json;
        foreach (var refused in summary["refused"]!.AsArray())
        {
            var number = (string)refused!["externalNo"]!;
            errors.Add(number, (string)refused["error"]!);
            Assert.Equal(int.Parse(number, CultureInfo.InvariantCulture) + 2, (int)refused["line"]!);
        }

        Assert.Equal(ImportLinesTests.Rows.Length, (int)summary["rows"]!);
        Assert.Equal(ImportLinesTests.Rows.Length - errors.Count, (int)summary["accepted"]!);
        foreach (var scope in new[] { "rental", "rental-other", "system" })
        {
            foreach (var ticket in (await folder.Run("report", "--year", "2025", "--scope", scope)).Exits(0).Json["tickets"]!.AsArray())
            {
                tickets.Add((string)ticket!["externalNo"]!, ticket);
            }
        }

        Assert.Equal(0, (int)(await folder.Run("verify")).Exits(0).Json["problems"]!);
    }

    /// <summary>The number of a row in the ledger.</summary>
    public static string Number(int row) => row.ToString("0000", CultureInfo.InvariantCulture);

    public Task DisposeAsync() => Task.CompletedTask;
}

/// <summary>Rules R21, R22 and R24 line by line: the code of a bad line, and what a good one says.</summary>
public sealed class ImportLinesTests(ImportedLines imported) : IClassFixture<ImportedLines>
{
    // What differs from a good line, the code ("" = accepted), and members of the report's line.
    internal static readonly (string Differs, string Code, string Says)[] Rows =
    [
        ("", "", "outcome=onTime officialElapsedSec=10800 responseElapsedSec=600 loggedAt=2025-03-03T09:05:00+08:00 scope=rental lateLogged=false imported=true"),

        // Times (R21), in each of the eight columns
        ("发生时间=昨天", "bad_time", ""),
        ("接报时间=2025-02-29 09:00:00", "bad_time", ""),
        ("登记时间=2025-03-03", "bad_time", ""),
        ("首次响应时间=03/03/2025 09:10", "bad_time", ""),
        ("办结时间=2025-03-03 24:00:00", "bad_time", ""),
        ("重开时间=2025-13-01 09:00:00", "bad_time", ""),
        ("再次办结时间=2025-03-03 09:60:00", "bad_time", ""),
        ("作废时间=待定", "bad_time", ""),
        ("接报时间=2025/3/3 9:00", "", "startAt=2025-03-03T09:00:00+08:00"),
        ("接报时间=2025/3/3 9:00:07", "", "startAt=2025-03-03T09:00:07+08:00"),
        ("接报时间=2025-03-03 09:00", "", "startAt=2025-03-03T09:00:00+08:00"),
        ("接报时间=2025-03-03T09:00:00+08:00", "", "startAt=2025-03-03T09:00:00+08:00"),
        ("接报时间=2025-03-03T02:00:00+01:00", "", "startAt=2025-03-03T09:00:00+08:00"),
        ("接报时间=2025-03-03T01:00:00Z", "", "startAt=2025-03-03T09:00:00+08:00"),
        ("接报时间=  2025-03-03 09:00:00 ", "", "startAt=2025-03-03T09:00:00+08:00"),

        // One code each
        ("接报时间=", "missing_reported_at", ""),
        ("领域=房屋", "unknown_kind", ""),
        ("领域=", "unknown_kind", ""),
        ("类别代码=RNT-NONE-01", "unknown_category", ""),
        ("类别代码=", "unknown_category", ""),
        ("类别代码=RNT-ELEC", "unknown_category", ""),
        ("类别代码=rnt-elec-02", "unknown_category", ""),
        ("类别代码=FLT-NET", "unknown_category", ""),
        ("领域=信息系统;系统代码=SYS-ACC", "unknown_category", ""),
        ("镇街代码=440111999", "unknown_town", ""),
        ("镇街代码=", "unknown_town", ""),
        ("领域=信息系统;类别代码=FLT-NET;系统代码=SYS-NONE", "unknown_system", ""),
        ("领域=信息系统;类别代码=FLT-NET;系统代码=", "unknown_system", ""),
        ("系统代码=SYS-NONE", "unknown_system", ""),
        ("严重程度=P5", "unknown_severity", ""),
        ("渠道=fax", "unknown_channel", ""),
        ("作废时间=2025-03-03 10:00:00;作废原因=mistake;作废审批人=张主任", "unknown_void_reason", ""),
        ("作废时间=2025-03-03 10:00:00;作废审批人=张主任", "unknown_void_reason", ""),
        ("发生时间=2025-03-03 09:00:01", "occurred_after_reported", ""),
        ("登记时间=2025-03-03 08:59:59", "reported_after_logged", ""),
        ("首次响应时间=2025-03-03 08:59:59", "responded_before_start", ""),
        ("办结时间=2025-03-03 08:59:59", "resolved_before_start", ""),
        ("重开时间=2025-03-03 13:00:00;再次办结时间=2025-03-03 12:59:59", "resolved_before_start", ""),
        ("再次办结时间=2025-03-03 13:00:00", "resolved_before_start", ""),
        ("作废时间=2025-03-03 08:59:59;作废原因=test;作废审批人=张主任", "voided_before_start", ""),
        ("作废时间=2025-03-03 08:59:59;作废原因=test", "voided_before_start", ""),
        ("办结时间=;重开时间=2025-03-03 13:00:00", "reopened_while_open", ""),
        ("重开时间=2025-03-03 11:59:59", "reopened_while_open", ""),
        ("重开时间=2025-03-10 12:00:01;再次办结时间=2025-03-10 13:00:00", "reopen_window_passed", ""),
        ("作废时间=2025-03-03 10:00:00;作废原因=test;作废审批人=罗工", "approver_is_requester", ""),
        ("作废时间=2025-03-03 10:00:00;作废原因=test;作废审批人= 罗工 ", "approver_is_requester", ""),

        // Two codes: the earlier of the list
        ("接报时间=;登记时间=x", "bad_time", ""),
        ("接报时间=;领域=x", "missing_reported_at", ""),
        ("领域=x;类别代码=x", "unknown_kind", ""),
        ("类别代码=x;镇街代码=x", "unknown_category", ""),
        ("镇街代码=x;系统代码=x", "unknown_town", ""),
        ("系统代码=x;严重程度=x", "unknown_system", ""),
        ("严重程度=x;渠道=x", "unknown_severity", ""),
        ("渠道=x;作废时间=2025-03-03 10:00:00", "unknown_channel", ""),
        ("作废时间=2025-03-03 10:00:00;发生时间=2025-03-03 10:00:00", "unknown_void_reason", ""),
        ("发生时间=2025-03-03 10:00:00;登记时间=2025-03-03 08:00:00", "occurred_after_reported", ""),
        ("登记时间=2025-03-03 08:00:00;首次响应时间=2025-03-03 08:00:00", "reported_after_logged", ""),
        ("首次响应时间=2025-03-03 08:00:00;办结时间=2025-03-03 08:00:00", "responded_before_start", ""),
        ("办结时间=2025-03-03 08:00:00;作废时间=2025-03-03 08:00:00;作废原因=test", "resolved_before_start", ""),
        ("作废时间=2025-03-03 08:00:00;作废原因=test;重开时间=2025-03-03 11:00:00", "voided_before_start", ""),
        ("办结时间=2025-03-03 08:00:00;重开时间=2025-03-03 07:00:00", "resolved_before_start", ""),
        ("重开时间=2025-03-11 12:00:00;作废时间=2025-03-03 10:00:00;作废原因=test;作废审批人=罗工", "reopen_window_passed", ""),
        ("重开时间=2025-03-03 11:00:00;作废时间=2025-03-03 10:00:00;作废原因=test;作废审批人=罗工", "reopened_while_open", ""),

        // Equal instants are no error
        ("发生时间=2025-03-03 09:00:00;登记时间=2025-03-03 09:00:00;首次响应时间=2025-03-03 09:00:00;办结时间=2025-03-03 09:00:00", "", "outcome=onTime officialElapsedSec=0"),
        ("作废时间=2025-03-03 09:00:00;作废原因=test;作废审批人=张主任", "", "outcome=excluded reason=void:test dueAt=null counts=false"),

        // What a good line means (R24)
        ("办结时间=2025-03-04 09:00:00", "", "outcome=onTime officialElapsedSec=86400"),
        ("办结时间=2025-03-04 09:00:01", "", "outcome=breached overdueSec=1"),
        ("办结时间=", "", "outcome=breached open=true resolvedAt=null"),
        ("严重程度=", "", "severity=P2"),
        ("严重程度=;类别代码=RNT-WATER-02", "", "severity=P3 categoryName=渗漏/堵塞"),
        ("渠道=", "", "basis=null basisName=null"),
        ("渠道=hotline_12345", "", "basis=hotline_12345 basisName=12345工单"),
        ("类别代码=RNT-ENV-01", "", "scope=rental-other nature=hazard"),
        ("领域=信息系统;类别代码=FLT-NET;系统代码=SYS-ACC;严重程度=", "", "scope=system kind=system system=SYS-ACC severity=P2 building=null"),
        ("系统代码=SYS-ACC", "", "scope=rental system=SYS-ACC"),
        ("登记时间=", "", "loggedAt=null lateLogged=- number=BY20250303-L"),
        ("登记时间=2025-03-05 08:00:00", "", "lateLogged=true number=BY20250305-L month=2025-03"),
        ("登记时间=2025-03-03 09:30:00", "", "lateLogged=false"),
        ("登记时间=2025-03-03 09:30:01", "", "lateLogged=true"),
        ("接报时间=2025-03-31 23:59:59;登记时间=2025-04-01 00:10:00;首次响应时间=;办结时间=2025-04-01 08:00:00", "", "month=2025-03 number=BY20250401-L firstResponseAt=null responseBreached=true"),
        ("作废时间=2025-03-03 10:00:00;作废原因=false_alarm;作废审批人=张主任", "", "outcome=excluded excludedAs=void reason=void:false_alarm"),
        ("作废时间=2025-03-03 10:00:00;作废原因=false_alarm;作废审批人=张主任;处理人=", "", "outcome=excluded reason=void:false_alarm"),
        ("作废时间=2025-03-03 10:00:00;作废原因=false_alarm", "", "outcome=onTime reason=counted excludedAs=- counts=true"),
        ("作废审批人=罗工", "", "outcome=onTime reason=counted"),
        ("重开时间=2025-03-05 12:00:00;再次办结时间=2025-03-05 15:00:00", "", "outcome=onTime officialElapsedSec=21600 reopenCount=1"),
        ("重开时间=2025-03-10 12:00:00;再次办结时间=2025-03-11 12:00:00", "", "outcome=breached officialElapsedSec=97200 reopenCount=1"),
        ("重开时间=2025-03-05 12:00:00", "", "open=true outcome=breached reopenCount=1"),
        ("地址=永平街 新市路５６号 ３０２房", "", "building=440111011\u00A0永平街新市路56号"),
        ("标题=\"停电\",两次;受理点=\"积分制,受理点\"", "", "servicePoint=\"积分制,受理点\""),
    ];

    public static TheoryData<int, string, string> Lines
    {
        get
        {
            var lines = new TheoryData<int, string, string>();
            for (var i = 0; i < Rows.Length; i++)
            {
                lines.Add(i, Rows[i].Differs, Rows[i].Code);
            }

            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_line_has_its_code(int row, string differs, string code)
    {
        Assert.Equal((differs, code), (differs, imported.Error(ImportedLines.Number(row))));
        Assert.Equal(code.Length == 0, imported.Has(ImportedLines.Number(row)));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_good_line_says_what_the_ledger_said(int row, string differs, string code)
    {
        var says = Rows[row].Says.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(code.Length > 0, says.Length == 0);
        Assert.All(says, s =>
        {
            var (name, value) = (s.Split('=')[0], s[(s.IndexOf('=', StringComparison.Ordinal) + 1)..].Replace('\u00A0', ' '));
            var found = imported.Ticket(ImportedLines.Number(row)).AsObject();
            var actual = !found.TryGetPropertyValue(name, out var member) ? "-"
                : member is null ? "null"
                : member is JsonValue text && text.TryGetValue<string>(out var t) ? t : member.ToJsonString();
            Assert.Equal($"{differs}: {name}={value}", $"{differs}: {name}={(name == "number" ? actual[..value.Length] : actual)}");
        });
    }
}
