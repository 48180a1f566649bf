using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Reference;

/// <summary>The lists of the reference data, each with how many codes are in force today and how many are ended.</summary>
public sealed record ListReference(Caller By) : IRequest<Outcome<IReadOnlyList<ListView>>>;

/// <summary>A list by what it is called, and its counts.</summary>
public sealed record ListView(string List, string Zh, string En, int InForce, int Ended);

/// <inheritdoc cref="ListReference"/>
public sealed class ListReferenceHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<ListReference, Outcome<IReadOnlyList<ListView>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<ListView>>> Handle(ListReference request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.Read) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        var today = desk.Zone.DayOf(Instant.Of(clock.GetUtcNow()));
        return new Outcome<IReadOnlyList<ListView>>([.. ReferenceList.All.Select(l =>
        {
            var ruling = desk.Reference.CodesOf(l.List).Select(code => desk.Reference.RulingOn(l.List, code.Key, today)).OfType<ReferenceRow>().ToList();
            return new ListView(l.List, l.Zh, l.En, ruling.Count(r => r.Ended == 0), ruling.Count(r => r.Ended == 1));
        })], null);
    }
}
