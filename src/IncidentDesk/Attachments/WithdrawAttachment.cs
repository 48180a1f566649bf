using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Attachments;

/// <summary>
/// Withdraws an attachment (撤回附件), for a reason that is an erasable text. It goes on standing on the timeline, its file stays as evidence until it is erased, and only those
/// who answer for the figures open it (<see cref="ReadAttachment"/>).
/// </summary>
public sealed record WithdrawAttachment(Caller By, string Number, int Id, string Reason, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="WithdrawAttachment"/>
public sealed class WithdrawAttachmentHandler(ChangeIncident change) : IRequestHandler<WithdrawAttachment, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(WithdrawAttachment request, CancellationToken cancellationToken)
    {
        var opened = await change.Open(request.By, Right.Handle, request.Number, request.IfMatch, cancellationToken);
        var texts = new Texts().Add("reason", request.Reason, 500);
        var refused = opened.Refused ?? texts.Refused ?? (texts.Said.Count == 0 ? Reasonless : null);
        return refused ?? await change.Append(
            request.By, opened.Value!, AttachmentDecisions.Withdraw(opened.Value!.State, request.Id, opened.Value.Now), texts.Said, cancellationToken);
    }

    private static readonly Refusal Reasonless = new("reason_required", "reason", "请填写撤回原因。", "Say why it is withdrawn.");
}
