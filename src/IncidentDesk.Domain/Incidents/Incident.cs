using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>A request that a second person has not decided yet (D22): what, by whom, and since when.</summary>
public sealed record PendingRequest(string Id, RequestSubject Subject, Actor By, Instant At);

/// <summary>A photo or a document by the seq of its event, which is its id; withdrawn or not, its file erased or not.</summary>
public sealed record Attachment(int Seq, Attached File, bool Withdrawn = false, bool Erased = false);

/// <summary>
/// Today's state of an incident: what decisions need, and no more. Everything that a clock reads too (start, open, paused, first response, void)
/// comes from <see cref="Facts"/>, the clock's own fold, so that a decision and a verdict can never see two different tickets.
/// </summary>
public sealed record Incident
{
    /// <summary>Its identity.</summary>
    public required IncidentNumber Number { get; init; }

    /// <summary>Its entries in order of seq.</summary>
    public required IReadOnlyList<Entry> Entries { get; init; }

    /// <summary>What the clock reads, folded from all the entries.</summary>
    public required ClockFacts Facts { get; init; }

    /// <summary>Rental property or information system, as logged. A corrected category may have moved it: then the category says (D18, D23).</summary>
    public FaultKind Kind { get; init; }

    /// <summary>The code of the category, corrected (D18).</summary>
    public string Category { get; init; } = "";

    /// <summary>The code of the severity, corrected (D18).</summary>
    public string Severity { get; init; } = "";

    /// <summary>What waits for a second person, in order of asking.</summary>
    public IReadOnlyList<PendingRequest> Pending { get; init; } = [];

    /// <summary>Who has the job; null before it is given and after it was given back.</summary>
    public Actor? Handler { get; init; }

    /// <summary>Whether that handler accepted it (签收).</summary>
    public bool Accepted { get; init; }

    /// <summary>The master it was merged into.</summary>
    public IncidentNumber? MergedInto { get; init; }

    /// <summary>The duplicates merged into it, each once.</summary>
    public IReadOnlyList<IncidentNumber> Absorbed { get; init; } = [];

    /// <summary>Its photos and documents, in order of attaching.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>The seq of its last entry; its ETag.</summary>
    public int LastSeq => Entries[^1].Seq;

    /// <summary>When its last entry was recorded; the next one is not recorded before that (D1).</summary>
    public DateTimeOffset LastRecorded => Entries[^1].RecordedAt;

    /// <summary>Void or duplicate: no longer counted, and over.</summary>
    public bool Closed => Facts.VoidedAt is not null || Facts.MergedAt is not null;

    /// <summary>Neither resolved nor closed.</summary>
    public bool Open => Facts.Open && !Closed;

    /// <summary>Open and inside an approved pause.</summary>
    public bool Paused => Open && Facts.Pauses.Count > 0 && Facts.Pauses[^1].To is null;

    /// <summary>When it was last opened again; null where it never was.</summary>
    public Instant? LastReopenedAt => Facts.ReopenCount > 0 ? Facts.Work[^1].From : null;

    /// <summary>When it was resolved; null while its fault is open.</summary>
    public Instant? ResolvedAt => Facts.Work[^1].To;

    /// <summary>When it was over: resolved, void or merged, the last of them; null while it is open.</summary>
    public Instant? OverAt => Open ? null : new[] { ResolvedAt, Facts.VoidedAt, Facts.MergedAt }.Max();

    /// <summary>
    /// Folds a stream in order of seq. A stream that does not begin with its log is no incident: <see cref="InvalidDataException"/>.
    /// </summary>
    public static Incident Of(IncidentNumber number, IEnumerable<Entry> entries)
    {
        Entry[] inOrder = [.. entries.OrderBy(e => e.Seq)];
        return inOrder is [{ What: FaultLogged }, ..]
            ? inOrder.Aggregate(new Incident { Number = number, Entries = inOrder, Facts = Fold(inOrder) }, (state, next) => state.Apply(next))
            : throw new InvalidDataException($"The stream of {number} does not begin with its log.");
    }

    /// <summary>What the clock would read with one event more, effective at that instant: how a decision looks before it leaps.</summary>
    public ClockFacts FactsWith(Instant at, IncidentEvent what) => Fold([.. Entries, new Entry(LastSeq + 1, at, LastRecorded, what)]);

    private static ClockFacts Fold(IReadOnlyList<Entry> entries) => ClockFacts.Of(entries, Instant.Never, DateTimeOffset.MaxValue)!;

    private Incident Apply(Entry entry) => entry.What switch
    {
        FaultLogged e => this with { Kind = e.Details.Kind, Category = e.Details.Category.Code, Severity = e.Details.Severity.Code },
        Assigned e => this with { Handler = new Actor(e.HandlerId, e.HandlerName), Accepted = false },
        AssignmentAccepted => this with { Accepted = true },
        AssignmentReturned => this with { Handler = null, Accepted = false },
        Attached e => this with { Attachments = [.. Attachments, new Attachment(entry.Seq, e)] },
        AttachmentWithdrawn e => this with { Attachments = [.. Attachments.Select(a => a.Seq == e.Seq ? a with { Withdrawn = true } : a)] },
        FileErased e => this with { Attachments = [.. Attachments.Select(a => a.Seq == e.Seq ? a with { Erased = true } : a)] },
        Requested e => this with { Pending = [.. Pending, new PendingRequest(e.RequestId, e.Subject, Asker(entry), entry.At)] },
        RequestRejected e => this with { Pending = Without(e.RequestId) },
        Responded e => this with { Pending = Without(e.Late?.RequestId) },
        Resolved e => this with { Pending = Without(e.Late?.RequestId) },
        Paused e => this with { Pending = Without(e.Approval.RequestId) },
        Extended e => this with { Pending = Without(e.Approval.RequestId) },
        Voided e => this with { Pending = Without(e.Approval.RequestId) },
        Merged e => this with { Pending = Without(e.Approval.RequestId), MergedInto = e.Into },
        DuplicateAbsorbed e => this with { Absorbed = [.. Absorbed.Where(n => n != e.Duplicate), e.Duplicate] },
        Corrected e => this with
        {
            Pending = Without(e.Approval.RequestId),
            Category = e.Field == Corrected.Category ? e.Value : Category,
            Severity = e.Field == Corrected.Severity ? e.Value : Severity,
        },
        _ => this,
    };

    private PendingRequest[] Without(string? requestId) => [.. Pending.Where(r => r.Id != requestId)];

    /// <summary>Without a name nobody could tell whether the approver is somebody else (D22).</summary>
    private Actor Asker(Entry request) =>
        request.By ?? throw new InvalidDataException($"A request of {Number} says not who asked (seq {request.Seq}).");
}
