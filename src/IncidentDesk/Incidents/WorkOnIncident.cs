using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>An incident as somebody at the desk works on it: what <see cref="ReadIncident"/> gives, what they could do now, and what waits on it.</summary>
public sealed record WorkOnIncident(Caller By, string Number) : IRequest<Outcome<IncidentWork>>;

/// <summary>The view, the acts that its reader could take, and its requests that nobody has decided, oldest first.</summary>
public sealed record IncidentWork(IncidentView View, IReadOnlySet<Act> Acts, IReadOnlyList<WaitingRequest> Waiting);

/// <summary>
/// A request that waits: what approval would change, how many its requester has asked for in this month of the desk, of all incidents, and how many of these were approved.
/// <paramref name="CannotDecide"/> says why the reader neither approves nor rejects it, <paramref name="CannotApprove"/> why it can only be rejected.
/// </summary>
public sealed record WaitingRequest(PendingRequest Asked, string Zh, string En, int AskedThisMonth, int ApprovedThisMonth, Refusal? CannotDecide, Refusal? CannotApprove);

/// <inheritdoc cref="WorkOnIncident"/>
public sealed class WorkOnIncidentHandler(DeskDb db, DeskCache cache, ChangeIncident change, TimeProvider clock) : IRequestHandler<WorkOnIncident, Outcome<IncidentWork>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IncidentWork>> Handle(WorkOnIncident request, CancellationToken cancellationToken)
    {
        var read = await new ReadIncidentHandler(db, cache, clock).Handle(new ReadIncident(request.By, request.Number), cancellationToken);
        var opened = await change.Open(request.By, Right.Read, request.Number, null, cancellationToken);
        if (read.Value is not { } view || opened.Value is not { } incident)
        {
            return (read.Refused ?? opened.Refused)!;
        }

        var counts = await Counts(incident, cancellationToken);
        var waiting = new List<WaitingRequest>();
        foreach (var asked in incident.State.Pending)
        {
            var (_, _, zh, en) = ListRequestsHandler.Weigh(incident.State, asked, incident.Desk, incident.Rules, incident.Now);
            var own = counts.Where(c => c.By == asked.By.Id).ToList();
            var cannot = DecideRequestHandler.CannotDecide(request.By, incident.State, asked);
            var (decision, unready) = cannot is null ? await DecideRequestHandler.Approval(change, request.By, asked.Id, incident, cancellationToken) : (null, null);
            waiting.Add(new WaitingRequest(asked, zh, en, own.Sum(c => c.Count), own.Where(c => c.State == RequestRow.Approved).Sum(c => c.Count), cannot, unready ?? decision?.Refused));
        }

        return new IncidentWork(view, AllowedActs.Of(request.By, incident), waiting);
    }

    /// <summary>How many requests each of those who wait has asked for since the month began, by what became of them.</summary>
    private async Task<List<(string By, string State, int Count)>> Counts(Opened incident, CancellationToken cancellationToken)
    {
        var askers = incident.State.Pending.Select(p => p.By.Id).Distinct().ToList();
        if (askers.Count == 0)
        {
            return [];
        }

        // States are named so that the index of state and time is sought, not the table read.
        var from = incident.Desk.Zone.StartOf(incident.Desk.Zone.MonthOf(incident.Now));
        string[] states = [RequestRow.Pending, RequestRow.Approved, RequestRow.Rejected];
        return [.. (await db.Requests.Where(r => states.Contains(r.State) && r.RequestedAt >= from && askers.Contains(r.RequestedBy))
            .GroupBy(r => new { r.RequestedBy, r.State }).Select(g => new { g.Key.RequestedBy, g.Key.State, Count = g.Count() }).ToListAsync(cancellationToken))
            .Select(g => (g.RequestedBy, g.State, g.Count))];
    }
}
