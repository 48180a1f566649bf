using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reference;

namespace IncidentDesk.Import;

/// <summary>A good line: the events that its ticket gets, and what it says in one string, by which the same line is known again.</summary>
public sealed record LedgerTicket(string ExternalNo, DateOnly Day, IReadOnlyList<EventToWrite> Events, ErasableText Content);

/// <summary>Reads one line of a ledger by the rules R21–R25: a ticket, or the first code that applies.</summary>
public sealed class LedgerLine(ReferenceBook reference, Zone zone, string source)
{
    /// <summary>The columns that hold times.</summary>
    internal static readonly string[] TimeColumns = ["发生时间", "接报时间", "登记时间", "首次响应时间", "办结时间", "重开时间", "再次办结时间", "作废时间"];

    private static readonly Dictionary<string, int> Column =
        LedgerFile.Columns.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i);

    /// <summary>The ticket of a record, or its code (R22); a number that stands twice is found later.</summary>
    public (LedgerTicket? Ticket, string? Error) Read(LedgerRecord record)
    {
        var f = record.Fields;
        if (f[Column["原编号"]] == LedgerTemplate.ExampleNo)
        {
            return (null, "example_line");
        }

        string Field(string column) => f[Column[column]];
        string? Some(string column) => Field(column) is { Length: > 0 } text ? text : null;
        var times = new Dictionary<string, Instant?>(TimeColumns.Length);
        foreach (var column in TimeColumns)
        {
            times[column] = null;
            if (Some(column) is { } text)
            {
                if (!TimeText.TryAny(text, zone, out var time))
                {
                    return (null, "bad_time");
                }

                times[column] = time;
            }
        }

        if (times["接报时间"] is not { } reported)
        {
            return (null, "missing_reported_at");
        }

        var day = zone.DayOf(reported);
        FaultKind? kind = Field("领域") switch { "出租屋" => FaultKind.Rental, "信息系统" => FaultKind.System, _ => null };
        if (kind is null)
        {
            return (null, "unknown_kind");
        }

        if (reference.FindCategory(kind.Value, Some("类别代码"), day) is not var (category, nature, defaultSeverity))
        {
            return (null, "unknown_category");
        }

        var town = reference.Find(ReferenceList.Town, Some("镇街代码"), day);
        var system = reference.Find(ReferenceList.System, Some("系统代码"), day);
        var severity = reference.Find(ReferenceList.Severity, Some("严重程度") ?? defaultSeverity, day);
        var basis = reference.Find(ReferenceList.ReportBasis, Some("渠道"), day);
        var voidReason = reference.Find(ReferenceList.VoidReason, Some("作废原因"), day);
        var (voided, approver, handler) = (times["作废时间"], Some("作废审批人"), Some("处理人"));
        var error = town is null ? "unknown_town"
            : system is null && (kind == FaultKind.System || Some("系统代码") is not null) ? "unknown_system"
            : severity is null ? "unknown_severity"
            : basis is null && Some("渠道") is not null ? "unknown_channel"
            : voidReason is null && (voided is not null || Some("作废原因") is not null) ? "unknown_void_reason"
            : FirstTimeError(times, reported)
            ?? (voided is not null && approver is not null && approver == handler ? "approver_is_requester" : null);
        if (error is not null)
        {
            return (null, error);
        }

        var address = Some("地址");
        var details = new FaultDetails
        {
            Kind = kind.Value, Category = category, Nature = nature, Severity = severity!, System = system, Town = town,
            Building = kind == FaultKind.Rental && address is not null ? BuildingKey.Of(town!.Code, address) : null,
            Basis = basis, ServicePoint = Some("受理点"), Source = source, ExternalNo = Field("原编号"), Imported = true, HandlerName = handler,
        };
        var events = new List<EventToWrite>
        {
            new(new NewEvent(reported, new FaultLogged(reported, times["发生时间"], times["登记时间"], details)), Texts(
                ("title", "标题"), ("description", "描述"), ("address", "地址"), ("room", "房号"), ("reporterName", "报告人"), ("reporterPhone", "联系电话"))),
        };
        if (times["首次响应时间"] is { } responded)
        {
            events.Add(EventToWrite.Of(responded, new Responded(null)));
        }

        if (times["办结时间"] is { } resolved)
        {
            events.Add(new EventToWrite(new NewEvent(resolved, new Resolved(null)), Texts(("handling", "处理说明"))));
        }

        if (times["重开时间"] is { } reopened)
        {
            events.Add(EventToWrite.Of(reopened, new Reopened(null)));
        }

        if (times["再次办结时间"] is { } again)
        {
            events.Add(EventToWrite.Of(again, new Resolved(null)));
        }

        if (voided is { } at)
        {
            events.Add(EventToWrite.Of(at, approver is null
                ? new Requested(Guid.NewGuid().ToString("N"), new VoidSubject(voidReason!))
                : new Voided(voidReason!, new Approval(null, null, handler, at, null, approver, at))));
        }

        var content = string.Join('\u001F', LedgerFile.Columns.Select(c => times.TryGetValue(c, out var t) ? t?.ToString() : Field(c)));
        return (new LedgerTicket(Field("原编号"), zone.DayOf(times["登记时间"] ?? reported), events, ErasableText.New("content", content)), null);

        List<ErasableText> Texts(params ReadOnlySpan<(string Field, string Column)> texts)
        {
            var said = new List<ErasableText>(texts.Length);
            foreach (var (field, column) in texts)
            {
                if (Some(column) is { } value)
                {
                    said.Add(ErasableText.New(field, value));
                }
            }

            return said;
        }
    }

    private static string? FirstTimeError(Dictionary<string, Instant?> times, Instant reported)
    {
        var (resolved, reopened, again) = (times["办结时间"], times["重开时间"], times["再次办结时间"]);
        return times["发生时间"] > reported ? "occurred_after_reported"
            : reported > (times["登记时间"] ?? reported) ? "reported_after_logged"
            : times["首次响应时间"] < reported ? "responded_before_start"
            : resolved < reported || (again is not null && (reopened is null || again < reopened)) ? "resolved_before_start"
            : times["作废时间"] < reported ? "voided_before_start"
            : reopened is { } open && (resolved is null || open < resolved) ? "reopened_while_open"
            : reopened is { } late && late.Since(resolved!.Value) > ReopenRules.WindowSec ? "reopen_window_passed"
            : null;
    }
}
