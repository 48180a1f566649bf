using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Data;

/// <summary>The one row that says whose ledger this is; made at first start, never changed.</summary>
public sealed class InstallationRow
{
    /// <summary>Always 1.</summary>
    public int Row { get; set; } = 1;

    /// <summary>Random; part of every event's hash. One that was made as a demonstration begins with <see cref="Demonstration"/>, and is one for ever.</summary>
    public required string Id { get; set; }

    /// <summary>What the id of a demonstration begins with.</summary>
    public const string Demonstration = "demo-";

    /// <summary>演示数据: nothing in it happened.</summary>
    public bool IsDemonstration => Id.StartsWith(Demonstration, StringComparison.Ordinal);

    /// <summary>IANA zone in which days and months are cut (D1).</summary>
    public required string Zone { get; set; }

    /// <summary>What incident numbers begin with.</summary>
    public required string NumberPrefix { get; set; }

    /// <summary>The district's name on reports.</summary>
    public required string District { get; set; }

    /// <summary>When the ledger was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A person, or the one part of the product that acts by itself (<c>import</c>).</summary>
public sealed class PersonRow
{
    /// <summary>ASCII, at most 64 characters, never reused.</summary>
    public required string Id { get; set; }

    /// <summary>As it stands on events from now on.</summary>
    public required string Name { get; set; }

    /// <summary>Role codes, comma between; empty for one who may do nothing else.</summary>
    public required string Roles { get; set; }

    /// <summary>The 受理点 where the person is on duty; null where that does not matter.</summary>
    public string? ServicePoint { get; set; }

    /// <summary>Codes of the 镇街 to which the person's rights are limited, comma between; null: everywhere.</summary>
    public string? Towns { get; set; }

    /// <summary>The 受理点 to which they are limited, one a line; null: all.</summary>
    public string? ServicePoints { get; set; }

    /// <summary>When the account was disabled; null: it is in use.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>When it ends by itself, as an evaluator's does; null: not.</summary>
    public DateTimeOffset? EndsAt { get; set; }

    /// <summary>Whether the account is in use at an instant: neither disabled nor ended.</summary>
    public bool IsInForce(DateTimeOffset now) => DisabledAt is null && !(EndsAt <= now);

    /// <summary>When the row was made.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A version of a code of the reference data; a code is ended, never deleted.</summary>
public sealed class ReferenceRow
{
    /// <summary>Which list: <c>town</c>, <c>rental-type</c>, <c>policy</c>, …</summary>
    public required string List { get; set; }

    /// <summary>The code, unique in its list and version.</summary>
    public required string Code { get; set; }

    /// <summary>1 for the first.</summary>
    public int Version { get; set; }

    /// <summary>In force from this day's first second; 1900-01-01 for what ships with the product.</summary>
    public DateOnly ValidFrom { get; set; }

    /// <summary>When it was recorded.</summary>
    public DateTimeOffset RecordedAt { get; set; }

    /// <summary>Who recorded it; <c>product</c> for what ships with it.</summary>
    public required string RecordedBy { get; set; }

    /// <summary>The second person; null for what ships with the product.</summary>
    public string? ApprovedBy { get; set; }

    /// <summary>Its name in zh-CN.</summary>
    public required string NameZh { get; set; }

    /// <summary>Its name in English.</summary>
    public required string NameEn { get; set; }

    /// <summary>1 when the code is ended from this version on.</summary>
    public int Ended { get; set; }

    /// <summary>What else the list needs, in canonical form.</summary>
    public required string Content { get; set; }
}

/// <summary>One event, written once. The columns are the envelope; the hash covers all of them.</summary>
public sealed class EventRow
{
    /// <summary>Key of the incident.</summary>
    public long Incident { get; set; }

    /// <summary>From 1, without gaps.</summary>
    public int Seq { get; set; }

    /// <summary>Name of the type.</summary>
    public required string Type { get; set; }

    /// <summary>Version of the payload's schema.</summary>
    public int SchemaVersion { get; set; }

    /// <summary>From when it counts.</summary>
    public Instant EffectiveAt { get; set; }

    /// <summary>When it was recorded, to the millisecond.</summary>
    public DateTimeOffset RecordedAt { get; set; }

    /// <summary>Who did it.</summary>
    public required string ActorId { get; set; }

    /// <summary>The name as it was.</summary>
    public required string ActorName { get; set; }

    /// <summary>page, api, cli, import or system.</summary>
    public required string Via { get; set; }

    /// <summary>The canonical payload, byte for byte.</summary>
    public required string Payload { get; set; }

    /// <summary>Hash of this event over the one before it, lower-case hex.</summary>
    public required string Hash { get; set; }
}

/// <summary>A free text or personal datum of an event; erased by nulling salt and value.</summary>
public sealed class TextRow
{
    /// <summary>Key of the incident.</summary>
    public long Incident { get; set; }

    /// <summary>The event it belongs to.</summary>
    public int Seq { get; set; }

    /// <summary>Which text: <c>title</c>, <c>reporterPhone</c>, …</summary>
    public required string Field { get; set; }

    /// <summary>32 random bytes, or null once erased.</summary>
    public byte[]? Salt { get; set; }

    /// <summary>The words, or null once erased.</summary>
    public string? Value { get; set; }
}

/// <summary>Which file the attachment of an event names, so that it is known whether a file is still needed; everything else of it stands in the event.</summary>
public sealed class AttachmentRow
{
    /// <summary>Key of the incident.</summary>
    public long Incident { get; set; }

    /// <summary>The event that attached it.</summary>
    public int Seq { get; set; }

    /// <summary>SHA-256 of the file as kept, hex; its name in the folder of files.</summary>
    public required string Hash { get; set; }

    /// <summary>When this incident ceased to need it; null: it needs it.</summary>
    public DateTimeOffset? ErasedAt { get; set; }
}

/// <summary>
/// An incident as it stands today, written by the same fold and in the same transaction as its events. It keeps instants, never a flag: overdue is a comparison.
/// </summary>
public sealed class IncidentRow
{
    /// <summary>yyyymmdd × 10⁶ + n.</summary>
    public long Key { get; set; }

    /// <summary>Whose numbering <see cref="ExternalNo"/> belongs to.</summary>
    public string? Source { get; set; }

    /// <summary>The source's own number; unique within the source.</summary>
    public string? ExternalNo { get; set; }

    /// <summary>Salt of <see cref="ContentHash"/>.</summary>
    public byte[]? ContentSalt { get; set; }

    /// <summary>HMAC of what the source sent, so that the same again can be told from other content without keeping it twice.</summary>
    public string? ContentHash { get; set; }

    /// <summary>rental or system.</summary>
    public required string Kind { get; set; }

    /// <summary>Code of the category.</summary>
    public required string Category { get; set; }

    /// <summary>Code of the severity.</summary>
    public required string Severity { get; set; }

    /// <summary>Code of the 镇街.</summary>
    public string? Town { get; set; }

    /// <summary>Town, street and plate, normalised.</summary>
    public string? Building { get; set; }

    /// <summary>The 受理点.</summary>
    public string? ServicePoint { get; set; }

    /// <summary>Who has the job.</summary>
    public string? Handler { get; set; }

    /// <summary>rental, rental-other or system.</summary>
    public required string Scope { get; set; }

    /// <summary>Month of effective reportedAt, yyyymm.</summary>
    public int Month { get; set; }

    /// <summary>Where it once stood in other months: the earliest, yyyymm; null where it never moved.</summary>
    public int? MovedFromMonth { get; set; }

    /// <summary>The latest of them, its present one included.</summary>
    public int? MovedToMonth { get; set; }

    /// <summary>Effective reportedAt.</summary>
    public Instant ReportedAt { get; set; }

    /// <summary>Official due time without pauses and reopens.</summary>
    public Instant? DueAt { get; set; }

    /// <summary>Official effective due time; null while a pause stops the clock.</summary>
    public Instant? EffectiveDueAt { get; set; }

    /// <summary>First instant over the limit; null where it was or will be none as things stand.</summary>
    public Instant? BreachesAt { get; set; }

    /// <summary>First human response.</summary>
    public Instant? FirstResponseAt { get; set; }

    /// <summary>First instant over the response limit.</summary>
    public Instant? ResponseBreachesAt { get; set; }

    /// <summary>Last resolve; null while open.</summary>
    public Instant? ResolvedAt { get; set; }

    /// <summary>void or duplicate; null while it counts.</summary>
    public string? ExcludedAs { get; set; }

    /// <summary>Counted seconds to the resolve, without deductions; null while open.</summary>
    public long? GrossSec { get; set; }

    /// <summary>Counted seconds of approved pauses; null while open.</summary>
    public long? PausedSec { get; set; }

    /// <summary>Counted seconds against the limit; null while open.</summary>
    public long? OfficialSec { get; set; }

    /// <summary>The active stretches, <c>from/to</c> in UTC, space between; a running one has no end.</summary>
    public required string Active { get; set; }

    /// <summary>From 1; rises whenever <see cref="EffectiveDueAt"/> changes, so that the steps of the new due time are owed anew.</summary>
    public int DeadlineVersion { get; set; }

    /// <summary>The same for the due time of the response.</summary>
    public int ResponseVersion { get; set; }

    /// <summary>No step of the ladder is owed before; never later than the next one. Null once none ever will be.</summary>
    public Instant? NextStepAt { get; set; }

    /// <summary>Seq of the last event.</summary>
    public int LastSeq { get; set; }

    /// <summary>The latest effective time among its events.</summary>
    public Instant LastEffectiveAt { get; set; }

    /// <summary>When its first event was recorded.</summary>
    public DateTimeOffset FirstRecordedAt { get; set; }

    /// <summary>When its last event was recorded.</summary>
    public DateTimeOffset LastRecordedAt { get; set; }
}

/// <summary>The last number given out, by day and series; taken last in a transaction, so that numbers have no gaps.</summary>
public sealed class DayCounterRow
{
    /// <summary>yyyymmdd.</summary>
    public int Day { get; set; }

    /// <summary>1 for the imported series.</summary>
    public int Imported { get; set; }

    /// <summary>Last number given out.</summary>
    public int Last { get; set; }
}

/// <summary>Something that waits for, or had, a second person's decision (D22).</summary>
public sealed class RequestRow
{
    /// <summary>Random.</summary>
    public required string Id { get; set; }

    /// <summary>Key of the incident; null where the request is not about one, as for a new version of a policy.</summary>
    public long? Incident { get; set; }

    /// <summary>pause, void, merge, correct, extend, late_resolve, new_version, …</summary>
    public required string Subject { get; set; }

    /// <summary>What is asked, the payload of its <c>requested</c> event.</summary>
    public required string Payload { get; set; }

    /// <summary>Who asked.</summary>
    public required string RequestedBy { get; set; }

    /// <summary>From when it would work.</summary>
    public Instant RequestedAt { get; set; }

    /// <summary>pending, approved or rejected.</summary>
    public required string State { get; set; }

    /// <summary>The second person; null while it waits.</summary>
    public string? DecidedBy { get; set; }

    /// <summary>When they decided.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Nobody has decided yet.</summary>
    public const string Pending = "pending";

    /// <summary>A second person said yes.</summary>
    public const string Approved = "approved";

    /// <summary>A second person said no.</summary>
    public const string Rejected = "rejected";
}

/// <summary>What came of a message that a client may send twice, kept in the transaction that stored its effect.</summary>
public sealed class IdempotencyRow
{
    /// <summary>Who sent it.</summary>
    public required string Actor { get; set; }

    /// <summary>Where to.</summary>
    public required string Route { get; set; }

    /// <summary>The client's key.</summary>
    public required string Key { get; set; }

    /// <summary>SHA-256 of the body, hex.</summary>
    public required string BodyHash { get; set; }

    /// <summary>The result's identity, as JSON.</summary>
    public required string Result { get; set; }

    /// <summary>When; kept for 7 days.</summary>
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A unit of work's own row: a commit whose answer was lost is settled by looking for it.</summary>
public sealed class UnitRow
{
    /// <summary>Random.</summary>
    public required string Id { get; set; }

    /// <summary>When the unit began.</summary>
    public DateTimeOffset BegunAt { get; set; }
}
