using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Pipeline;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>What came of a request for a version: the code, and the highest version recorded of it now.</summary>
public sealed record VersionDecided(string List, string Code, int Version, bool Approved);

/// <summary>
/// Decides a request for a new version, in the unit of work of <see cref="DecideRequest"/>. Approval is the recording: the row, who asked and who approved, and the period of the
/// job that projects incidents anew, are stored together.
/// </summary>
public sealed class DecideVersion(DeskDb db, DeskCache cache, TimeProvider clock)
{
    /// <summary>Approves or rejects; every guard is asked again, because days and versions went on meanwhile.</summary>
    public async Task<Outcome<VersionDecided>> Decide(DecideRequest request, RequestRow row, CancellationToken cancellationToken)
    {
        var (asked, by, now) = (NewVersion.Of(row), request.By.Person.Id, Iso.ToMilliseconds(clock.GetUtcNow()));
        if ((row.State != RequestRow.Pending ? Refusals.RequestNotFound
            : row.RequestedBy == by ? Refusals.ApproverIsRequester
            : Texts.Check("note", request.Note, CheckVersion.LongestNote)) is { } refused)
        {
            return refused;
        }

        var state = request.Approve ? RequestRow.Approved : RequestRow.Rejected;
        var payload = Payload.Read(row.Payload).Add("decisionNote", string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim()).ToString();

        // Guarded, before anything is read that decides: of two at once the second waits here and finds it decided.
        if (await db.Requests.Where(r => r.Id == row.Id && r.State == RequestRow.Pending).ExecuteUpdateAsync(
            set => set.SetProperty(r => r.State, state).SetProperty(r => r.DecidedBy, by).SetProperty(r => r.DecidedAt, now).SetProperty(r => r.Payload, payload),
            cancellationToken) != 1)
        {
            return Refusals.RequestNotFound;
        }

        var desk = await cache.Get(db, cancellationToken);
        var stands = desk.Reference.Versions(asked.List, asked.Code).Count;
        if (AskVersion.Stale(request.IfMatch, stands) is { } unseen)
        {
            return unseen;
        }

        return request.Approve ? Record(asked, row.RequestedBy, by, stands, desk, now) : new VersionDecided(asked.List, asked.Code, stands, false);
    }

    private Outcome<VersionDecided> Record(NewVersion asked, string requestedBy, string by, int stands, Desk desk, DateTimeOffset now)
    {
        if (asked.Version != stands + 1)
        {
            return new Refusal(
                "version_stale", "request", $"申请所据为第 {asked.Version - 1} 版，现已是第 {stands} 版，请退回后重新申请。",
                $"It was asked for on version {asked.Version - 1} and the code stands at {stands}; reject it and ask again.");
        }

        if (CheckVersion.Of(asked.ToDraft(), desk, now).Refused is { } wrong)
        {
            return wrong;
        }

        db.References.Add(asked.ToRow(requestedBy, by, now));
        if (ReferenceList.IsRule(asked.List))
        {
            db.JobPeriods.Add(ProjectAnew.Owed(asked, now));
        }

        return new VersionDecided(asked.List, asked.Code, asked.Version, true);
    }
}
