using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Tests.Desks;

/// <summary>An event of one incident, and when it is recorded.</summary>
public sealed record RecordedEvent(IncidentNumber Number, DateTimeOffset RecordedAt, EventToWrite Event);

/// <summary>Appends events one by one through the journal, each at its own time of recording; an incident that has none yet begins.</summary>
public sealed record WriteEvents(Desk Desk, params IReadOnlyList<RecordedEvent> Events) : IRequest<int>, IUnitOfWork;

/// <inheritdoc cref="WriteEvents"/>
public sealed class WriteEventsHandler(IncidentJournal journal) : IRequestHandler<WriteEvents, int>
{
    private static readonly Author Author = new(new Actor("p0", "值班员"), "page");

    /// <inheritdoc/>
    public async Task<int> Handle(WriteEvents request, CancellationToken cancellationToken)
    {
        var rules = request.Desk.Reference.Rules.KnownAt(DateTimeOffset.MaxValue);
        foreach (var (number, recordedAt, what) in request.Events)
        {
            if (await journal.Open(number, cancellationToken) is { } opened)
            {
                journal.Append(request.Desk.Installation.Id, opened, [what], Author, recordedAt, rules);
            }
            else
            {
                journal.Append(request.Desk.Installation.Id, number, null, [], EventChain.Genesis, [what], Author, recordedAt, rules);
            }

            await journal.Flush(cancellationToken);
        }

        return request.Events.Count;
    }
}
