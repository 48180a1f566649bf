using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Notes something on an incident; the words are erasable text.</summary>
public sealed record Note(Caller By, string Number, string Words, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="Note"/>
public sealed class NoteHandler(ChangeIncident change) : IRequestHandler<Note, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(Note request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("note", request.Words, 4000);
        if (texts.Refused is { } refused)
        {
            return refused with { Field = "words" };
        }

        if (texts.Said.Count == 0)
        {
            return Wordless;
        }

        var opened = await change.Open(request.By, Right.Log, request.Number, request.IfMatch, cancellationToken);
        return opened.Value is not { } incident
            ? opened.Refused!
            : await change.Append(
                request.By, incident,
                PeopleDecisions.Note(incident.Now),
                texts.Said, cancellationToken);
    }

    private static readonly Refusal Wordless = new("note_required", "words", "请填写备注内容。", "Say what is to be noted.");
}
