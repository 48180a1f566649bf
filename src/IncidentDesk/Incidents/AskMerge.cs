using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Incidents;

/// <summary>Asks to merge a duplicate into its master (D10); the request stands on the duplicate.</summary>
public sealed record AskMerge(Caller By, string Number, string Into, string? Note, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<IncidentChanged>>, IUnitOfWork, IIdempotent;

/// <inheritdoc cref="AskMerge"/>
public sealed class AskMergeHandler(ChangeIncident change) : IRequestHandler<AskMerge, Outcome<IncidentChanged>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentChanged>> Handle(AskMerge request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("note", request.Note, 2000);
        if (texts.Refused is { } refused)
        {
            return refused;
        }

        var opened = await change.Open(request.By, Right.Log, request.Number, request.IfMatch, cancellationToken);
        if (opened.Value is not { } duplicate)
        {
            return opened.Refused!;
        }

        var master = await change.Open(request.By, Right.Log, request.Into, null, cancellationToken);
        return master.Value is null
            ? master.Refused! with { Field = "into" }
            : await change.Append(
                request.By, duplicate, SecondPersonDecisions.AskMerge(Pair(duplicate, master.Value), duplicate.RequestId, duplicate.Now),
                texts.Said, cancellationToken);
    }

    /// <summary>The pair with scopes and clocks as a merge would leave them: the master's at the earlier of the two reportedAts.</summary>
    public static MergePair Pair(Opened duplicate, Opened master)
    {
        var earlier = Instant.Min(duplicate.State.Facts.ReportedAt, master.State.Facts.ReportedAt);
        return new MergePair(Side(duplicate, duplicate.State.Facts.ReportedAt), Side(master, earlier));

        static MergeSide Side(Opened one, Instant reportedAt) =>
            new(one.State, one.Rules.ScopeOf(one.State.Kind, one.State.Category, reportedAt), one.ClockFor(reportedAt));
    }
}
