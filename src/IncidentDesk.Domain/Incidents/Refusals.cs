using System.Globalization;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>
/// Every refusal of an incident's decisions: its stable code, its field, and the sentence the desk reads. One place, so that a rule met twice says the same.
/// </summary>
public static class Refusals
{
    /// <summary>Void or merged: over.</summary>
    public static readonly Refusal IncidentClosed = new("incident_closed", "incident",
        "该工单已作废或已并入主单，不能再办理。", "The incident is void or merged into a master; nothing more can be done with it.");

    /// <summary>Already resolved, or was at that instant.</summary>
    public static readonly Refusal NotOpen = new("not_open", "incident",
        "该工单已处理完成；如故障未解决，请先重开。", "The incident is resolved; reopen it first if the fault is still there.");

    /// <summary>Nothing to explain.</summary>
    public static readonly Refusal NotBreached = new("not_breached", "incident",
        "该工单未超时，无需填写超时说明。", "The incident is not breached; there is nothing to explain.");

    /// <summary>Already out of the denominator (D11).</summary>
    public static readonly Refusal NotCounted = new("not_counted", "incident",
        "该工单已作废或已并入主单，不在考核之列，无需再作废。", "The incident is void or merged already and no longer counted; it cannot be voided again.");

    /// <summary>D3.</summary>
    public static readonly Refusal BasisRequired = new("basis_required", "basis",
        "请选择接报依据。", "Say how the report was received.");

    /// <summary>D2.</summary>
    public static readonly Refusal OccurredAfterReported = new("occurred_after_reported", "occurredAt",
        "发生时间不能晚于接报时间。", "The fault cannot have occurred after it was reported.");

    /// <summary>D2, for a correction.</summary>
    public static readonly Refusal ReportedAfterLogged = new("reported_after_logged", "reportedAt",
        "接报时间不能晚于登记时间。", "The report cannot have been received after it was logged.");

    /// <summary>D4.</summary>
    public static readonly Refusal WayRequired = new("way_required", "way",
        "请选择响应方式：电话联系、到场或远程处理。", "Say how contact was made: by phone, on site or remotely.");

    /// <summary>D4: the first one stands.</summary>
    public static readonly Refusal AlreadyResponded = new("already_responded", "at",
        "该工单已登记首次响应，不能重复登记。", "The first response is recorded already and cannot be entered again.");

    /// <summary>D2.</summary>
    public static readonly Refusal RespondedBeforeStart = new("responded_before_start", "at",
        "首次响应时间不能早于接报时间。", "The first response cannot lie before the report was received.");

    /// <summary>D5.</summary>
    public static readonly Refusal MannerRequired = new("manner_required", "manner",
        "请选择办结方式。", "Say how the fault ended.");

    /// <summary>D5.</summary>
    public static readonly Refusal FollowUpRequired = new("follow_up_required", "followUpOn",
        "采取临时措施控险的，请填写后续根治的日期。", "A temporary measure needs a date for the follow-up.");

    /// <summary>D5.</summary>
    public static readonly Refusal FollowUpBeforeResolve = new("follow_up_before_resolve", "followUpOn",
        "后续根治的日期不能早于处理完成当日。", "The follow-up cannot lie before the day of the resolve.");

    /// <summary>D5.</summary>
    public static readonly Refusal ReceiptRequired = new("receipt_required", "receipt",
        "移交责任单位的，须取得并登记回执。", "A handover needs the receipt of the unit that took the matter over.");

    /// <summary>D5.</summary>
    public static readonly Refusal HandedOverNotFinal = new("handed_over_not_final", "manner",
        "仅消防、治安类工单移交后可视为处理完成；其他工单移交后继续计时，请待故障消除或风险受控后再办结。",
        "Only fire and police matters end with a handover; for all others the clock runs on until the fault is gone or the danger contained.");

    /// <summary>D2.</summary>
    public static readonly Refusal ResolvedBeforeStart = new("resolved_before_start", "at",
        "处理完成时间不能早于接报时间。", "The resolve cannot lie before the report was received.");

    /// <summary>D9.</summary>
    public static readonly Refusal ResolvedBeforeReopen = new("resolved_before_reopen", "at",
        "处理完成时间不能早于最近一次重开时间。", "The resolve cannot lie before the last reopen.");

    /// <summary>D9.</summary>
    public static readonly Refusal ReopenReasonRequired = new("reason_required", "reason",
        "请选择重开原因：未修好或又发生。", "Say why it is reopened: it never was fixed, or it happened again.");

    /// <summary>D9.</summary>
    public static readonly Refusal ReopenedWhileOpen = new("reopened_while_open", "at",
        "该工单当时尚未处理完成，无需重开。", "The incident was not resolved at that time; there is nothing to reopen.");

    /// <summary>D9.</summary>
    public static readonly Refusal ReopenWindowPassed = new("reopen_window_passed", "at",
        "处理完成已超过7天，不能重开；请新登记一张工单并关联本单。", "It was resolved more than 7 days before; log a new incident and link it to this one.");

    /// <summary>D8.</summary>
    public static readonly Refusal NotPaused = new("not_paused", "incident",
        "该工单未在暂停中，无需恢复计时。", "The incident is not paused; there is nothing to resume.");

    /// <summary>D8.</summary>
    public static readonly Refusal ResumedBeforePause = new("resumed_before_pause", "at",
        "恢复计时的时间不能早于暂停开始时间。", "The pause cannot end before it began.");

    /// <summary>D8.</summary>
    public static readonly Refusal AlreadyPaused = new("already_paused", "incident",
        "该工单已在暂停中，不能重复申请。", "The incident is paused already.");

    /// <summary>D8, D11.</summary>
    public static readonly Refusal ReasonRequired = new("reason_required", "reason",
        "请选择申请原因。", "Give the reason of the request.");

    /// <summary>D22.</summary>
    public static readonly Refusal RequestPending = new("request_pending", "incident",
        "该工单已有同类申请待审批，请待审批后再办理。", "A request of the same type still waits for approval; it must be decided first.");

    /// <summary>D22.</summary>
    public static readonly Refusal RequestNotFound = new("request_not_found", "requestId",
        "该工单没有这项待审批的申请，可能已审批完毕。", "The incident has no such pending request; it may have been decided already.");

    /// <summary>D22.</summary>
    public static readonly Refusal ApproverIsRequester = new("approver_is_requester", "approver",
        "审批人不能是申请人本人，请由另一名审批人办理。", "The approver cannot be the person who asked; another approver must decide.");

    /// <summary>D12.</summary>
    public static readonly Refusal ExtensionNotLater = new("extension_not_later", "to",
        "延期后的内部时限须晚于当前时间和现行内部时限。", "The extended internal due time must be later than now and than the present one.");

    /// <summary>D10.</summary>
    public static readonly Refusal MergeCycle = new("merge_cycle", "into",
        "工单不能并入自身或已并入本单的工单。", "An incident cannot be merged into itself or into its own duplicate.");

    /// <summary>D10.</summary>
    public static readonly Refusal MergeIntoDuplicate = new("merge_into_duplicate", "into",
        "所选主单已作废或本身是重复单，请改选有效的主单。", "The master chosen is void or a duplicate itself; choose one that counts.");

    /// <summary>D10.</summary>
    public static readonly Refusal MergeOtherKind = new("merge_other_kind", "into",
        "出租屋工单与信息系统工单不能合并。", "A rental ticket and a system ticket cannot be merged.");

    /// <summary>D10.</summary>
    public static readonly Refusal MergeOutOfIndicator = new("merge_out_of_indicator", "into",
        "纳入考核的工单不能并入不纳入考核的主单。", "A ticket that counts into the indicator cannot be merged into one that does not.");

    /// <summary>D10.</summary>
    public static readonly Refusal MergeAfterResolve = new("merge_after_resolve", "into",
        "该工单在主单处理完成之后接报，不属重复单。", "It was received after the master had been resolved and is no duplicate of it.");

    /// <summary>D10.</summary>
    public static readonly Refusal MergeHidesBreach = new("merge_hides_breach", "into",
        "该工单已处理完成或已超时，而合并后主单并未超时，不能合并。", "The ticket is resolved or overdue and the master would not read breached; merging would hide it.");

    /// <summary>D18.</summary>
    public static readonly Refusal UnknownField = new("unknown_field", "field",
        "该项目不能更正。", "This field cannot be corrected.");

    /// <summary>D18.</summary>
    public static readonly Refusal BadTime = new("bad_time", "value",
        "更正后的时间无法识别。", "The corrected time cannot be read.");

    /// <summary>D18.</summary>
    public static readonly Refusal NothingToCorrect = new("nothing_to_correct", "value",
        "更正后的内容与现有内容相同。", "The corrected value is the present one.");

    /// <summary>D3.</summary>
    public static readonly Refusal NotAssigned = new("not_assigned", "incident",
        "该工单尚未派单，没有承办人。", "The incident has no handler yet.");

    /// <summary>The same handler again.</summary>
    public static readonly Refusal AlreadyAssigned = new("already_assigned", "handler",
        "该工单已派给该承办人。", "The incident is with that handler already.");

    /// <summary>The same acceptance again.</summary>
    public static readonly Refusal AlreadyAccepted = new("already_accepted", "incident",
        "承办人已签收。", "The handler has accepted the job already.");

    /// <summary>D2: later than the server's clock, which the sentence names, because the reader's may be wrong.</summary>
    public static Refusal ReportedAfterNow(Zone zone, Instant now) => new("reported_after_logged", "reportedAt",
        $"接报时间不能晚于登记时间（服务器时间 {Clock(zone, now)}）。", $"The report cannot have been received after now (server time {Clock(zone, now)}).");

    /// <summary>D21: later than the server's clock.</summary>
    public static Refusal InFuture(Zone zone, Instant now) => new("in_future", "at",
        $"所填时间不能晚于当前时间（服务器时间 {Clock(zone, now)}）。", $"The time entered lies in the future (server time {Clock(zone, now)}).");

    private static string Clock(Zone zone, Instant now) => zone.Local(now).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
