using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>What can happen to an incident: a closed set (R1 and the desk's own acts). Events are past tense and never change.</summary>
public abstract record IncidentEvent;

/// <summary>
/// The fault was logged (登记). Effective at reportedAt, where its clock starts (D3). <paramref name="LoggedAt"/> is the system's own time, for an
/// imported ticket the ledger's, null where the ledger has none (R24).
/// </summary>
public sealed record FaultLogged(Instant ReportedAt, Instant? OccurredAt, Instant? LoggedAt, FaultDetails Details) : IncidentEvent;

/// <summary>The handler accepted the job (签收). The clock never depends on it (D3).</summary>
public sealed record AssignmentAccepted : IncidentEvent;

/// <summary>First contact (D4). Automatic replies are recorded and do not count. An imported response has no way (R25).</summary>
public sealed record Responded(Coded? Way, bool Auto = false, Approval? Late = null) : IncidentEvent;

/// <summary>
/// The fault is gone or the danger contained (D5). An imported resolve has no manner (R25). <paramref name="Late"/> is the approval that a
/// late completion needed (D21).
/// </summary>
public sealed record Resolved(Coded? Manner, DateOnly? FollowUpOn = null, Approval? Late = null) : IncidentEvent;

/// <summary>Opened again (D9). Old ledgers give no reason: the policy's mode decides then.</summary>
public sealed record Reopened(Coded? Reason) : IncidentEvent
{
    /// <summary>It never was resolved: the gap counts.</summary>
    public const string NotFixed = "not_fixed";

    /// <summary>It happened again: the gap does not count.</summary>
    public const string Recurred = "recurred";
}

/// <summary>An approved pause, from the instant it was requested (D8, D22).</summary>
public sealed record Paused(Coded Reason, Approval Approval) : IncidentEvent;

/// <summary>The pause ended.</summary>
public sealed record Resumed : IncidentEvent;

/// <summary>An approved void (D11), from approval: out of the denominator.</summary>
public sealed record Voided(Coded Reason, Approval Approval) : IncidentEvent;

/// <summary>An approved merge into a master (D10), from approval: out of the denominator.</summary>
public sealed record Merged(IncidentNumber Into, Approval Approval) : IncidentEvent;

/// <summary>
/// Written to the master of a merge, and again whenever the duplicate's start changes: the duplicate's effective reportedAt, so that the master's clock
/// reads one stream (D10).
/// </summary>
public sealed record DuplicateAbsorbed(IncidentNumber Duplicate, Instant ReportedAt) : IncidentEvent;

/// <summary>An approved extension of the internal due time; the indicator does not follow it (D12).</summary>
public sealed record Extended(Instant To, Approval Approval) : IncidentEvent;

/// <summary>An approved correction (D18): the field, its new value as text, who asked and who approved. The last one recorded wins (R17).</summary>
public sealed record Corrected(string Field, string Value, Approval Approval) : IncidentEvent
{
    /// <summary>When on-site staff first learned of it; an instant.</summary>
    public const string Reported = "reported";

    /// <summary>When the fault occurred; an instant.</summary>
    public const string Occurred = "occurred";

    /// <summary>The code of the category.</summary>
    public const string Category = "category";

    /// <summary>The code of the severity.</summary>
    public const string Severity = "severity";
}

/// <summary>Somebody asked for what needs a second person (D22). It never moves a clock.</summary>
public sealed record Requested(string RequestId, RequestSubject Subject) : IncidentEvent;

/// <summary>The second person said no. The request is over and nothing else has changed.</summary>
public sealed record RequestRejected(string RequestId) : IncidentEvent;

/// <summary>The job was given to a person or a unit (派单/改派).</summary>
public sealed record Assigned(string HandlerId, string HandlerName) : IncidentEvent;

/// <summary>The handler gave the job back (退单); the clock does not stop.</summary>
public sealed record AssignmentReturned : IncidentEvent;

/// <summary>A note; its words are erasable text.</summary>
public sealed record Noted : IncidentEvent;

/// <summary>超时说明 on a breached ticket: cause, responsible party and measure are erasable texts beside it. It changes no verdict; the last one stands.</summary>
public sealed record BreachExplained : IncidentEvent;

/// <summary>An erasable text was erased; its salted hash stays in the event it belonged to.</summary>
public sealed record TextErased(int Seq, string Field) : IncidentEvent;

/// <summary>
/// A photo or a document was attached (附件). <paramref name="Hash"/>: SHA-256 of the bytes as kept, <paramref name="ReceivedHash"/> of those that came, hex; they differ where a
/// photo lost its metadata. <paramref name="TakenAt"/> is what the photo itself says of when it was taken, <c>yyyy-MM-ddTHH:mm:ss</c> with its offset, or without one where it
/// names none; <paramref name="CapturedAt"/> is what the sender says. Both are evidence, and no clock reads either. The name of the file is an erasable text beside it.
/// </summary>
public sealed record Attached(string Hash, string ReceivedHash, string MediaType, long Bytes, string? TakenAt = null, Instant? CapturedAt = null) : IncidentEvent;

/// <summary>The attachment of that event was withdrawn (撤回附件); the reason is a text beside it, and the file stays until it is erased.</summary>
public sealed record AttachmentWithdrawn(int Seq) : IncidentEvent;

/// <summary>The file of the attachment of that event was erased from this incident; its hash stays in the event.</summary>
public sealed record FileErased(int Seq) : IncidentEvent;

/// <summary>A code with its name as it was on the day it was used.</summary>
public sealed record Coded(string Code, string Name);

/// <summary>
/// Who asked, who approved, and when (D22). In an imported ticket the people are names as they stood in the ledger, without an id.
/// </summary>
public sealed record Approval(
    string? RequestId, string? RequestedById, string? RequestedByName, Instant? RequestedAt, string? ApprovedById, string ApprovedByName, Instant ApprovedAt);

/// <summary>What kind of fault, where, and how we heard of it: codes with their names as they were (D3, D23).</summary>
public sealed record FaultDetails
{
    /// <summary>Rental property or information system.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>The category.</summary>
    public required Coded Category { get; init; }

    /// <summary>accident, fault, hazard or inquiry, as the category said on the day (D23).</summary>
    public required string Nature { get; init; }

    /// <summary>P1 to P4.</summary>
    public required Coded Severity { get; init; }

    /// <summary>The information system, for a system fault.</summary>
    public Coded? System { get; init; }

    /// <summary>The 镇街.</summary>
    public Coded? Town { get; init; }

    /// <summary>Town, street and plate, normalised and without the room; null where the ledger gave no address.</summary>
    public string? Building { get; init; }

    /// <summary>接报依据 (D3); null where an old ledger does not say.</summary>
    public Coded? Basis { get; init; }

    /// <summary>The 受理点 where it was received.</summary>
    public string? ServicePoint { get; init; }

    /// <summary>Whose numbering <see cref="ExternalNo"/> belongs to; for an import the name given with it.</summary>
    public string? Source { get; init; }

    /// <summary>The source's own number of the ticket; unique within the source.</summary>
    public string? ExternalNo { get; init; }

    /// <summary>导入(未经本系统计时): the times are the ledger's.</summary>
    public bool Imported { get; init; }

    /// <summary>The handler's name as it stood in the ledger.</summary>
    public string? HandlerName { get; init; }
}

/// <summary>The two kinds of fault the desk takes.</summary>
public enum FaultKind
{
    /// <summary>出租屋.</summary>
    Rental,

    /// <summary>信息系统.</summary>
    System,
}
