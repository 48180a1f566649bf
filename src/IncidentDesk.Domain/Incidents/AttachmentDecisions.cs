using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Domain.Incidents;

/// <summary>Photos and documents of an incident. No clock depends on any of it. A closed incident takes them too: an evaluator may ask about it.</summary>
public static class AttachmentDecisions
{
    /// <summary>Attaches a file that is kept already; at most <paramref name="most"/> that are neither withdrawn nor erased.</summary>
    public static Decision Attach(Incident incident, Attached file, int most, Instant now) =>
        IsFull(incident, most) is { } full ? Decision.No(full) : Decision.Of(now, file);

    /// <summary>Why the incident takes no further file, or null.</summary>
    public static Refusal? IsFull(Incident incident, int most) => incident.Attachments.Count(a => !a.Withdrawn && !a.Erased) < most ? null : new Refusal(
        "too_many_files", "file", $"每张工单最多 {most} 个附件；请先撤回不需要的附件。", $"An incident has at most {most} attachments; withdraw one that is not needed first.");

    /// <summary>Withdraws one; the reason is a text beside the event.</summary>
    public static Decision Withdraw(Incident incident, int seq, Instant now) => incident.Attachments.FirstOrDefault(a => a.Seq == seq) switch
    {
        null => Decision.No(NotFound),
        { Erased: true } => Decision.No(Erased),
        { Withdrawn: true } => Decision.No(AlreadyWithdrawn),
        _ => Decision.Of(now, new AttachmentWithdrawn(seq)),
    };

    /// <summary>There is none of that id.</summary>
    public static readonly Refusal NotFound = new("attachment_not_found", "id", "该工单没有这个附件。", "The incident has no such attachment.");

    /// <summary>It was erased when it was due.</summary>
    public static readonly Refusal Erased = new("attachment_erased", "id", "该附件已到期清除。", "The attachment was erased when it was due.");

    private static readonly Refusal AlreadyWithdrawn = new("already_withdrawn", "id", "该附件已撤回。", "The attachment is withdrawn already.");
}
