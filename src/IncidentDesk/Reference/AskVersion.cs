using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>
/// Asks for a new version of a code; it takes force once a second person approved it. <paramref name="IfMatch"/> is the highest version recorded, 0 for a code that does not
/// exist yet; the edge requires it.
/// </summary>
public sealed record AskVersion(Caller By, VersionDraft Draft, int? IfMatch, string? Idempotency = null) : IRequest<Outcome<VersionAsked>>, IUnitOfWork, IIdempotent
{
    /// <summary>Why who has seen another version must look again, or null.</summary>
    internal static Refusal? Stale(int? seen, int stands) => seen is null || seen == stands ? null : new Refusal(
        "changed_since", "If-Match", $"该代码已有第 {stands} 版(所据为第 {seen} 版)，请刷新后再办理。", $"The code stands at version {stands}, not {seen}; read it again.");

    /// <summary>The version of a code that waits for its second person.</summary>
    internal static async Task<RequestRow?> Pending(DeskDb db, string list, string code, CancellationToken cancellationToken) =>
        (await db.Requests.AsNoTracking().Where(r => r.State == RequestRow.Pending && r.Subject == NewVersion.Subject).ToListAsync(cancellationToken))
            .Find(r => NewVersion.Of(r) is var version && version.List == list && version.Code == code);
}

/// <summary>The request that waits now, and the version that it would become.</summary>
public sealed record VersionAsked(string RequestId, string List, string Code, int Version);

/// <inheritdoc cref="AskVersion"/>
public sealed class AskVersionHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<AskVersion, Outcome<VersionAsked>>
{
    /// <inheritdoc/>
    public async Task<Outcome<VersionAsked>> Handle(AskVersion request, CancellationToken cancellationToken)
    {
        if (request.By.Lacks(Right.WriteRules) is { } refused)
        {
            return refused;
        }

        // Writing what stands takes the row: of two who ask at once the second finds the first one's request.
        await db.Installations.ExecuteUpdateAsync(set => set.SetProperty(i => i.District, i => i.District), cancellationToken);
        var (desk, now) = (await cache.Get(db, cancellationToken), clock.GetUtcNow());
        var (version, wrong) = CheckVersion.Of(request.Draft, desk, now);
        if ((wrong ?? AskVersion.Stale(request.IfMatch, version!.Version - 1)) is { } no)
        {
            return no;
        }

        if (await AskVersion.Pending(db, version!.List, version.Code, cancellationToken) is { } waiting)
        {
            return new Refusal(
                "version_pending", "code", $"该代码已有新版本待审批(申请 {waiting.Id})，请先审批或退回。", $"A version of this code waits already (request {waiting.Id}); decide that first.");
        }

        var asked = new RequestRow
        {
            Id = Guid.NewGuid().ToString("N"), Subject = NewVersion.Subject, Payload = version.ToPayload().ToString(), RequestedBy = request.By.Person.Id,
            RequestedAt = Instant.Of(now), State = RequestRow.Pending,
        };
        db.Requests.Add(asked);
        return new VersionAsked(asked.Id, version.List, version.Code, version.Version);
    }
}
