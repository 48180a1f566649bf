using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Web.Pages;

/// <summary>What happened to an incident, one sentence an event; <paramref name="name"/> gives a code's name in the language of the page.</summary>
internal sealed class EventWords(Words t, Func<string, Coded, string> name)
{
    /// <summary>The sentence of an event.</summary>
    public string Of(IncidentEvent what, Incident state) => what switch
    {
        FaultLogged e => e.Details.Imported ? t["台账导入(未经本系统计时)", "Imported from a ledger, not timed by this system"] : t["登记工单", "Logged"],
        Responded { Auto: true } => t["自动回复(不计为响应)", "Automatic reply, no response"],
        Responded e => t["首次响应", "First response"] + Way(e.Way, "response-way") + Late(e.Late, t["补录响应", "late entry"]),
        Resolved e => t["处理完成", "Resolved"] + Way(e.Manner, "resolution-manner") + (e.FollowUpOn is { } day ? t[$"，后续根治日期 {day:yyyy-MM-dd}", $", follow-up on {day:yyyy-MM-dd}"] : "") + Late(e.Late, t["补录办结", "late completion"]),
        Reopened e => t["重开", "Reopened"] + Way(e.Reason, "reopen-reason"),
        Paused e => t["暂停", "Paused"] + Way(e.Reason, "pause-reason") + Late(e.Approval, ""),
        Resumed => t["恢复计时", "Resumed"],
        Voided e => t["作废", "Void"] + Way(e.Reason, "void-reason") + Late(e.Approval, ""),
        Merged e => t[$"并入主单 {e.Into}", $"Merged into {e.Into}"] + Late(e.Approval, ""),
        DuplicateAbsorbed e => t[$"并入重复单 {e.Duplicate}，其接报时间 {t.Time(e.ReportedAt)}", $"Absorbed {e.Duplicate}, reported {t.Time(e.ReportedAt)}"],
        Extended e => t[$"内部时限延至 {t.Time(e.To)}(不改变24小时指标)", $"Internal due time moved to {t.Time(e.To)}; the indicator does not follow"] + Late(e.Approval, ""),
        Corrected e => t[$"更正{t.Field(e.Field)}为 {Value(e.Field, e.Value, state)}", $"Corrected {t.Field(e.Field)} to {Value(e.Field, e.Value, state)}"] + Late(e.Approval, ""),
        Requested e => t["提出申请：", "Asked: "] + Of(e.Subject, state),
        RequestRejected e => t["退回申请：", "Rejected: "] + (state.Entries.Select(x => x.What).OfType<Requested>().FirstOrDefault(r => r.RequestId == e.RequestId) is { } asked ? Of(asked.Subject, state) : ""),
        Assigned e => t[$"派单给 {e.HandlerName}", $"Assigned to {e.HandlerName}"],
        AssignmentAccepted => t["承办人签收", "Accepted by the handler"],
        AssignmentReturned => t["承办人退单", "Returned by the handler"],
        Noted => t["备注", "Note"],
        BreachExplained => t["超时说明", "Breach explained"],
        Attached e => t[$"附件 {AttachedFiles.Kind(t, e.MediaType)} {AttachedFiles.Size(e.Bytes)}，SHA-256 {e.Hash[..16]}…", $"Attached: {AttachedFiles.Kind(t, e.MediaType)}, {AttachedFiles.Size(e.Bytes)}, SHA-256 {e.Hash[..16]}…"],
        AttachmentWithdrawn e => t[$"撤回第 {e.Seq} 条的附件", $"Withdrew the attachment of event {e.Seq}"],
        TextErased => t["个人信息到期清除", "A text was erased when it was due"],
        FileErased e => t[$"第 {e.Seq} 条的附件到期清除", $"The attachment of event {e.Seq} was erased when it was due"],
        _ => throw new InvalidOperationException($"No words for {what.GetType().Name}."),
    };

    /// <summary>What is asked for.</summary>
    public string Of(RequestSubject subject, Incident state) => subject switch
    {
        PauseSubject s => t["暂停", "a pause"] + Way(s.Reason, "pause-reason"),
        VoidSubject s => t["作废", "a void"] + Way(s.Reason, "void-reason"),
        MergeSubject s => t[$"并入主单 {s.Into}", $"a merge into {s.Into}"],
        ExtendSubject s => t[$"内部时限延至 {t.Time(s.To)}", $"an internal due time of {t.Time(s.To)}"],
        CorrectSubject s => t[$"更正{t.Field(s.Field)}为 {Value(s.Field, s.Value, state)}", $"a correction of the {t.Field(s.Field)} to {Value(s.Field, s.Value, state)}"],
        LateResolveSubject s => t[$"补录办结：{t.Time(s.At)} 处理完成", $"a late completion: resolved {t.Time(s.At)}"] + Way(s.Manner, "resolution-manner"),
        LateResponseSubject s => t[$"补录响应：{t.Time(s.At)} 响应", $"a late entry: responded {t.Time(s.At)}"] + Way(s.Way, "response-way"),
        _ => "",
    };

    /// <summary>Whose deed it is beside who entered it: the second person approved what the first one asked for.</summary>
    private string Late(Approval? approval, string mark) => approval is null ? ""
        : (mark.Length == 0 ? "" : t["，", ", "] + mark) + t[$"({approval.RequestedByName ?? "—"} 申请，{approval.ApprovedByName} 批准)", $" (asked by {approval.RequestedByName ?? "—"}, approved by {approval.ApprovedByName})"];

    private string Way(Coded? coded, string list) => coded is null ? "" : t["：", ": "] + name(list, coded);

    private string Value(string field, string value, Incident state) => field switch
    {
        Corrected.Reported or Corrected.Occurred => Iso.TryInstant(value, out var at) ? t.Time(at) : value,
        Corrected.Category => name(state.Kind == FaultKind.Rental ? Reference.ReferenceList.RentalType : Reference.ReferenceList.SystemType, new Coded(value, value)),
        _ => name(Reference.ReferenceList.Severity, new Coded(value, value)),
    };
}
