using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// Makes a file that was received part of an incident (附件). The same bytes again, while they stand there, add nothing. <paramref name="Name"/> is what the sender calls the
/// file: an erasable text to be read, never a path. <paramref name="CapturedAt"/>: when they say it was taken.
/// </summary>
public sealed record Attach(Caller By, string Number, ReceivedFile File, string? Name = null, Instant? CapturedAt = null, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<AttachmentAdded>>, IUnitOfWork, IIdempotent;

/// <summary>The attachment's id, which is the seq of its event; <paramref name="Known"/>: it stood there already.</summary>
public sealed record AttachmentAdded(string Number, int Id, bool Known = false);

/// <inheritdoc cref="Attach"/>
public sealed class AttachHandler(ChangeIncident change, DeskSettings settings) : IRequestHandler<Attach, Outcome<AttachmentAdded>>
{
    private const int LongestName = 200;

    /// <inheritdoc/>
    public async Task<Outcome<AttachmentAdded>> Handle(Attach request, CancellationToken cancellationToken)
    {
        // What old programs put before it is the sender's own folder.
        var name = request.Name?.Split('/', '\\')[^1];
        var texts = new Texts().Add("fileName", name, LongestName);
        if ((texts.Refused ?? Texts.CheckName("fileName", name, LongestName)) is { } bad)
        {
            return bad with { Field = "name" };
        }

        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        if (opened.Value is not { } incident)
        {
            return opened.Refused!;
        }

        var file = request.File;
        if (incident.State.Attachments.FirstOrDefault(a => !a.Withdrawn && !a.Erased && a.File.Hash == file.Hash) is { } known)
        {
            return new AttachmentAdded(incident.State.Number.ToString(), known.Seq, Known: true);
        }

        if (!File.Exists(Path.Combine(settings.FilesFolder, FileFolder.NameOf(file.Hash))))
        {
            return new Refusal("file_gone", "file", "文件没有保存成功，请重新上传。", "The file was not kept; send it again.");
        }

        var attached = new Attached(file.Hash, file.ReceivedHash, file.MediaType, file.Bytes, file.TakenAt, request.CapturedAt);
        var changed = await change.Append(
            request.By, incident, AttachmentDecisions.Attach(incident.State, attached, settings.FilesPerTicket, incident.Now), texts.Said, cancellationToken);
        return changed.Value is { } done ? new AttachmentAdded(done.Number, done.Seq) : changed.Refused!;
    }
}
