using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// The file of an attachment, for whoever may read the incident; a withdrawn one for those who read reports, since it may show what nobody else should see, and an evaluator
/// may ask why it went.
/// </summary>
public sealed record ReadAttachment(Caller By, string Number, int Id) : IRequest<Outcome<AttachmentFile>>;

/// <summary>Where it lies, its type and hash, and the name that a download gets, which is of our own making: what the sender called it may end in anything.</summary>
public sealed record AttachmentFile(string Path, string MediaType, string Hash, string DownloadName);

/// <inheritdoc cref="ReadAttachment"/>
public sealed class ReadAttachmentHandler(ChangeIncident change, DeskSettings settings) : IRequestHandler<ReadAttachment, Outcome<AttachmentFile>>
{
    /// <inheritdoc/>
    public async Task<Outcome<AttachmentFile>> Handle(ReadAttachment request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Read, request.Number, null, cancellationToken);
        if (opened.Value is not { State: var incident })
        {
            return opened.Refused!;
        }

        if (incident.Attachments.FirstOrDefault(a => a.Seq == request.Id) is not { File: var file } attachment)
        {
            return AttachmentDecisions.NotFound;
        }

        if (attachment.Erased || (attachment.Withdrawn && request.By.Lacks(Right.Report) is not null))
        {
            return attachment.Erased ? AttachmentDecisions.Erased : Withdrawn;
        }

        var path = Path.Combine(settings.FilesFolder, FileFolder.NameOf(file.Hash));
        return File.Exists(path)
            ? new AttachmentFile(path, file.MediaType, file.Hash, $"{incident.Number}-{attachment.Seq}.{FileContent.EndingOf(file.MediaType)}")
            : Missing;
    }

    private static readonly Refusal Withdrawn = new(
        "attachment_withdrawn", "id", "该附件已撤回，只有审批人、绩效经办人和核查人员可以打开。", "The attachment was withdrawn; only approvers, officers and evaluators open it.");

    private static readonly Refusal Missing = new(
        "file_missing", "id", "附件文件缺失，请告知系统管理员(运行 verify 核对)。", "The file is missing; tell the administrator, who runs verify.");
}
