using System.Globalization;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Evidence;

/// <summary>
/// Events to payloads and back: one writer, and a reader for each (type, schema version) ever written. Old events are never rewritten; an unknown type or
/// version stops with its name.
/// </summary>
public static class EventPayloads
{
    /// <summary>The schema version that is written today, for every type.</summary>
    public const int Version = 1;

    private const string Day = "yyyy-MM-dd";

    /// <summary>The stable name of an event's type.</summary>
    public static string TypeOf(IncidentEvent what) => what switch
    {
        FaultLogged => "fault_logged",
        AssignmentAccepted => "assignment_accepted",
        Responded => "responded",
        Resolved => "resolved",
        Reopened => "reopened",
        Paused => "paused",
        Resumed => "resumed",
        Voided => "voided",
        Merged => "merged",
        DuplicateAbsorbed => "duplicate_absorbed",
        Extended => "extended",
        Corrected => "corrected",
        Requested => "requested",
        RequestRejected => "request_rejected",
        Assigned => "assigned",
        AssignmentReturned => "assignment_returned",
        Noted => "noted",
        BreachExplained => "breach_explained",
        TextErased => "text_erased",
        Attached => "attached",
        AttachmentWithdrawn => "attachment_withdrawn",
        FileErased => "file_erased",
        _ => throw new InvalidOperationException($"No type name for {what.GetType().Name}."),
    };

    /// <summary>The facts of an event, without its texts: those are added as <see cref="ErasableText.Prefix"/> members by who has the salts.</summary>
    public static Payload Write(IncidentEvent what) => what switch
    {
        FaultLogged e => WriteLogged(e),
        Responded e => new Payload().Add("way", e.Way).AddIf("auto", e.Auto).Add(e.Late),
        Resolved e => new Payload().Add("manner", e.Manner).Add("followUpOn", e.FollowUpOn?.ToString(Day, CultureInfo.InvariantCulture)).Add(e.Late),
        Reopened e => new Payload().Add("reason", e.Reason),
        Paused e => new Payload().Add("reason", e.Reason).Add(e.Approval),
        Voided e => new Payload().Add("reason", e.Reason).Add(e.Approval),
        Merged e => new Payload().Add("into", e.Into).Add(e.Approval),
        DuplicateAbsorbed e => new Payload().Add("duplicate", e.Duplicate).Add("reportedAt", e.ReportedAt),
        Extended e => new Payload().Add("to", e.To).Add(e.Approval),
        Corrected e => new Payload().Add("field", e.Field).Add("value", e.Value).Add(e.Approval),
        Requested e => WriteSubject(e.Subject).Add("requestId", e.RequestId),
        RequestRejected e => new Payload().Add("requestId", e.RequestId),
        Assigned e => new Payload().Add("handlerId", e.HandlerId).Add("handlerName", e.HandlerName),
        TextErased e => new Payload().Add("seq", e.Seq).Add("field", e.Field),
        Attached e => new Payload()
            .Add("hash", e.Hash).Add("receivedHash", e.ReceivedHash).Add("mediaType", e.MediaType).Add("bytes", e.Bytes).Add("takenAt", e.TakenAt).Add("capturedAt", e.CapturedAt),
        AttachmentWithdrawn e => new Payload().Add("seq", e.Seq),
        FileErased e => new Payload().Add("seq", e.Seq),
        _ => new Payload(),
    };

    /// <summary>Reads an event back. Throws <see cref="NotSupportedException"/> with the name of a type or version that this engine does not know.</summary>
    public static IncidentEvent Read(string type, int version, Payload p) => (type, version) switch
    {
        ("fault_logged", 1) => ReadLogged(p),
        ("assignment_accepted", 1) => new AssignmentAccepted(),
        ("responded", 1) => new Responded(p.Coded("way"), p.Number("auto") == 1, p.Approval()),
        ("resolved", 1) => new Resolved(
            p.Coded("manner"), p.Text("followUpOn") is { } day ? DateOnly.ParseExact(day, Day, CultureInfo.InvariantCulture) : null, p.Approval()),
        ("reopened", 1) => new Reopened(p.Coded("reason")),
        ("paused", 1) => new Paused(p.Coded("reason")!, p.Approval()!),
        ("resumed", 1) => new Resumed(),
        ("voided", 1) => new Voided(p.Coded("reason")!, p.Approval()!),
        ("merged", 1) => new Merged(p.Incident("into"), p.Approval()!),
        ("duplicate_absorbed", 1) => new DuplicateAbsorbed(p.Incident("duplicate"), p.Instant("reportedAt")!.Value),
        ("extended", 1) => new Extended(p.Instant("to")!.Value, p.Approval()!),
        ("corrected", 1) => new Corrected(p.Text("field")!, p.Text("value")!, p.Approval()!),
        ("requested", 1) => new Requested(p.Text("requestId")!, ReadSubject(p)),
        ("request_rejected", 1) => new RequestRejected(p.Text("requestId")!),
        ("assigned", 1) => new Assigned(p.Text("handlerId")!, p.Text("handlerName")!),
        ("assignment_returned", 1) => new AssignmentReturned(),
        ("noted", 1) => new Noted(),
        ("breach_explained", 1) => new BreachExplained(),
        ("text_erased", 1) => new TextErased((int)p.Number("seq")!.Value, p.Text("field")!),
        ("attached", 1) => new Attached(p.Text("hash")!, p.Text("receivedHash")!, p.Text("mediaType")!, p.Number("bytes")!.Value, p.Text("takenAt"), p.Instant("capturedAt")),
        ("attachment_withdrawn", 1) => new AttachmentWithdrawn((int)p.Number("seq")!.Value),
        ("file_erased", 1) => new FileErased((int)p.Number("seq")!.Value),
        _ => throw new NotSupportedException($"Event type {type}, schema version {version}, is not known to this engine."),
    };

    private static Payload WriteLogged(FaultLogged e) => new Payload()
        .Add("reportedAt", e.ReportedAt).Add("occurredAt", e.OccurredAt).Add("loggedAt", e.LoggedAt)
        .Add("kind", e.Details.Kind.Code()).Add("category", e.Details.Category).Add("nature", e.Details.Nature).Add("severity", e.Details.Severity)
        .Add("system", e.Details.System).Add("town", e.Details.Town).Add("building", e.Details.Building).Add("basis", e.Details.Basis)
        .Add("servicePoint", e.Details.ServicePoint).Add("source", e.Details.Source).Add("externalNo", e.Details.ExternalNo)
        .AddIf("imported", e.Details.Imported).Add("handlerName", e.Details.HandlerName);

    private static FaultLogged ReadLogged(Payload p) => new(p.Instant("reportedAt")!.Value, p.Instant("occurredAt"), p.Instant("loggedAt"), new FaultDetails
    {
        Kind = FaultKinds.Parse(p.Text("kind"))!.Value,
        Category = p.Coded("category")!,
        Nature = p.Text("nature")!,
        Severity = p.Coded("severity")!,
        System = p.Coded("system"),
        Town = p.Coded("town"),
        Building = p.Text("building"),
        Basis = p.Coded("basis"),
        ServicePoint = p.Text("servicePoint"),
        Source = p.Text("source"),
        ExternalNo = p.Text("externalNo"),
        Imported = p.Number("imported") == 1,
        HandlerName = p.Text("handlerName"),
    });

    /// <summary>The stable name of what is asked.</summary>
    public static string NameOf(RequestSubject subject) => subject switch
    {
        PauseSubject => "pause",
        VoidSubject => "void",
        MergeSubject => "merge",
        ExtendSubject => "extend",
        CorrectSubject => "correct",
        LateResolveSubject => "late_resolve",
        LateResponseSubject => "late_response",
        _ => throw new InvalidOperationException($"No name for {subject.GetType().Name}."),
    };

    private static Payload WriteSubject(RequestSubject subject)
    {
        var p = new Payload().Add("subject", NameOf(subject));
        return subject switch
        {
            PauseSubject s => p.Add("reason", s.Reason),
            VoidSubject s => p.Add("reason", s.Reason),
            MergeSubject s => p.Add("into", s.Into),
            ExtendSubject s => p.Add("to", s.To),
            CorrectSubject s => p.Add("field", s.Field).Add("value", s.Value),
            LateResolveSubject s => p.Add("at", s.At).Add("manner", s.Manner).Add("followUpOn", s.FollowUpOn?.ToString(Day, CultureInfo.InvariantCulture)),
            LateResponseSubject s => p.Add("at", s.At).Add("way", s.Way),
            _ => p,
        };
    }

    private static RequestSubject ReadSubject(Payload p) => p.Text("subject") switch
    {
        "pause" => new PauseSubject(p.Coded("reason")!),
        "void" => new VoidSubject(p.Coded("reason")!),
        "merge" => new MergeSubject(p.Incident("into")),
        "extend" => new ExtendSubject(p.Instant("to")!.Value),
        "correct" => new CorrectSubject(p.Text("field")!, p.Text("value")!),
        "late_resolve" => new LateResolveSubject(
            p.Instant("at")!.Value, p.Coded("manner")!,
            p.Text("followUpOn") is { } day ? DateOnly.ParseExact(day, Day, CultureInfo.InvariantCulture) : null),
        "late_response" => new LateResponseSubject(p.Instant("at")!.Value, p.Coded("way")!),
        var other => throw new NotSupportedException($"Request subject {other} is not known to this engine."),
    };

    private static Payload Add(this Payload p, string name, Instant? at) => p.Add(name, at?.ToString());

    private static Payload Add(this Payload p, string name, Coded? coded) => p.Add(name, coded?.Code).Add(name + "Name", coded?.Name);

    private static Payload Add(this Payload p, string name, IncidentNumber number) => p.Add(name, number.ToString()).Add(name + "Key", number.Key);

    private static Payload Add(this Payload p, Approval? a) => a is null ? p : p
        .Add("requestId", a.RequestId).Add("requestedById", a.RequestedById).Add("requestedByName", a.RequestedByName).Add("requestedAt", a.RequestedAt)
        .Add("approvedById", a.ApprovedById).Add("approvedByName", a.ApprovedByName).Add("approvedAt", a.ApprovedAt);

    private static Instant? Instant(this Payload p, string name) => p.Text(name) is { } text ? Iso.ToInstant(text) : null;

    private static Coded? Coded(this Payload p, string name) => p.Text(name) is { } code ? new Coded(code, p.Text(name + "Name") ?? "") : null;

    private static IncidentNumber Incident(this Payload p, string name)
    {
        var (text, key) = (p.Text(name)!, p.Number(name + "Key")!.Value);
        return new IncidentNumber(text[..(text.LastIndexOf('-') - 8)], key);
    }

    private static Approval? Approval(this Payload p) => p.Instant("approvedAt") is not { } at ? null : new Approval(
        p.Text("requestId"), p.Text("requestedById"), p.Text("requestedByName"), p.Instant("requestedAt"), p.Text("approvedById"),
        p.Text("approvedByName")!, at);
}
