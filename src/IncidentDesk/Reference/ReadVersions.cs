using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Reference;

/// <summary>Every version of a code ever recorded, and the one that waits for its second person.</summary>
public sealed record ReadVersions(Caller By, string List, string Code) : IRequest<Outcome<CodeHistory>>;

/// <summary>Versions in order of recording, the one that rules today, and the request that waits.</summary>
public sealed record CodeHistory(string List, string Code, IReadOnlyList<ReferenceRow> Versions, int? RulesToday, RequestRow? Waiting, Zone Zone)
{
    /// <summary>The highest number recorded.</summary>
    public int Latest => Versions[^1].Version;
}

/// <inheritdoc cref="ReadVersions"/>
public sealed class ReadVersionsHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadVersions, Outcome<CodeHistory>>
{
    /// <inheritdoc/>
    public async Task<Outcome<CodeHistory>> Handle(ReadVersions request, CancellationToken cancellationToken)
    {
        if ((request.By.Lacks(Right.Read) ?? CheckVersion.List(request.List)) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        if (desk.Reference.Versions(request.List, request.Code) is not { Count: > 0 } versions)
        {
            return new Refusal("code_not_found", "code", "该清单中没有这个代码。", "The list has no such code.");
        }

        var ruling = desk.Reference.RulingOn(request.List, request.Code, desk.Zone.DayOf(Instant.Of(clock.GetUtcNow())));
        return new CodeHistory(
            request.List, request.Code, versions, ruling?.Version, await AskVersion.Pending(db, request.List, request.Code, cancellationToken), desk.Zone);
    }
}
