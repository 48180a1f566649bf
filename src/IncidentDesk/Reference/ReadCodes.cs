using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Reference;

/// <summary>The codes of a list as they stand today, ended ones too.</summary>
public sealed record ReadCodes(Caller By, string List) : IRequest<Outcome<IReadOnlyList<CodeView>>>;

/// <summary>
/// A code by the version that rules today, or, before its first, by that one; <paramref name="Latest"/> is the highest number recorded, what a new version stands on.
/// </summary>
public sealed record CodeView(ReferenceRow Version, bool InForce, int Latest);

/// <inheritdoc cref="ReadCodes"/>
public sealed class ReadCodesHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ReadCodes, Outcome<IReadOnlyList<CodeView>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<CodeView>>> Handle(ReadCodes request, CancellationToken cancellationToken)
    {
        if ((request.By.Lacks(Right.Read) ?? CheckVersion.List(request.List)) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        var today = desk.Zone.DayOf(Instant.Of(clock.GetUtcNow()));
        return new Outcome<IReadOnlyList<CodeView>>([.. desk.Reference.CodesOf(request.List).Select(code =>
        {
            var ruling = desk.Reference.RulingOn(request.List, code.Key, today);
            return new CodeView(ruling ?? code.First(), ruling is { Ended: 0 }, code.Last().Version);
        })], null);
    }
}
