using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// A second person approves a request, or rejects it and says why (D22). Approver ≠ requester, always; every guard is asked again on the state as it is now. <paramref name="IfMatch"/> is
/// required by the edge: who approves has seen what they approve.
/// </summary>
public sealed record DecideRequest(Caller By, string RequestId, bool Approve, string? Note, int? IfMatch = null, string? Idempotency = null)
    : IRequest<Outcome<RequestDecided>>, IUnitOfWork, IIdempotent;

/// <summary>What was decided on: an incident, or a version of the reference data.</summary>
public sealed record RequestDecided(IncidentChanged? Incident, VersionDecided? Version);

/// <inheritdoc cref="DecideRequest"/>
public sealed class DecideRequestHandler(DeskDb db, DeskCache cache, ChangeIncident change, DecideVersion versions)
    : IRequestHandler<DecideRequest, Outcome<RequestDecided>>
{
    /// <inheritdoc/>
    public async Task<Outcome<RequestDecided>> Handle(DecideRequest request, CancellationToken cancellationToken)
    {
        var texts = new Texts().Add("note", request.Note, 2000);
        if ((request.By.Lacks(Right.Approve) ?? texts.Refused ?? (request.Approve || texts.Said.Count > 0 ? null : Unsaid)) is { } refused)
        {
            return refused;
        }

        if (await db.Requests.AsNoTracking().SingleOrDefaultAsync(r => r.Id == request.RequestId, cancellationToken) is not { } row)
        {
            return Refusals.RequestNotFound;
        }

        if (CannotStandIn(request.By, row.RequestedBy) is { } foregone)
        {
            return foregone;
        }

        request = request with { By = request.By.Deciding };
        if (row.Incident is not { } key)
        {
            var version = await versions.Decide(request, row, cancellationToken);
            return new Outcome<RequestDecided>(version.Value is { } recorded ? new RequestDecided(null, recorded) : null, version.Refused);
        }

        var prefix = (await cache.Get(db, cancellationToken)).Installation.NumberPrefix;
        var opened = await change.Open(request.By, Right.Approve, new IncidentNumber(prefix, key).ToString(), request.IfMatch, cancellationToken);
        if (opened.Value is not { } incident)
        {
            return opened.Refused!;
        }

        var (decision, unready) = request.Approve
            ? await Approval(change, request.By, request.RequestId, incident, cancellationToken)
            : (SecondPersonDecisions.Reject(incident.State, request.RequestId, request.By.Person, incident.Now), null);
        if (unready is not null)
        {
            return unready;
        }

        var changed = await change.Append(request.By, incident, decision!, texts.Said, cancellationToken);
        return new Outcome<RequestDecided>(changed.Value is { } done ? new RequestDecided(done, null) : null, changed.Refused);
    }

    /// <summary>Why this person neither approves nor rejects what is asked on the incident as it stands, or null.</summary>
    public static Refusal? CannotDecide(Caller by, Incident incident, PendingRequest asked) =>
        by.Lacks(Right.Approve) ?? by.LacksOn(incident, Right.Approve) ?? CannotStandIn(by, asked.By.Id)
        ?? SecondPersonDecisions.Reject(incident, asked.Id, by.Person, Domain.Sla.Instant.Never).Refused;

    /// <summary>What approval would write; a merge and a duplicate's correction need the masters as they are now.</summary>
    public static async Task<(Decision? Decision, Refusal? Refused)> Approval(ChangeIncident change, Caller by, string requestId, Opened incident, CancellationToken cancellationToken)
    {
        MergePair? pair = null;
        if (incident.State.Pending.FirstOrDefault(p => p.Id == requestId)?.Subject is MergeSubject merge)
        {
            var master = await change.Open(by, Right.Approve, merge.Into.ToString(), null, cancellationToken);
            if (master.Value is null)
            {
                return (null, master.Refused);
            }

            pair = AskMergeHandler.Pair(incident, master.Value);
        }

        return (SecondPersonDecisions.Approve(incident.State, requestId, by.Person, incident.Now, pair, await change.Masters(incident, cancellationToken)), null);
    }

    private static readonly Refusal Unsaid = new("reason_required", "note", "退回申请须写明理由。", "Say why the request is rejected.");

    /// <summary>Who stands in for somebody decides nothing that this one asked for either (D22).</summary>
    private static Refusal? CannotStandIn(Caller by, string requestedBy) => by.StandsInFor?.Id == requestedBy
        ? new Refusal("approver_is_requester", "actor", "不得代其审批本人提出的申请。", "A stand-in does not decide what the one stood in for has asked.")
        : null;
}
