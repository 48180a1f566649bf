using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>
/// What whoever logs a fault should know before it is stored: that somebody must be called first, and what the same building had in the last 30 days. Nothing of a fault that
/// was logged with that key already.
/// </summary>
public sealed record LookBeforeLogging(Caller By, string? Kind, string? Category, string? Severity, string? Town, string? Address, string? Idempotency = null)
    : IRequest<Outcome<BeforeLogging>>;

/// <summary>
/// <paramref name="Urgent"/>: the severity is P1. <paramref name="Near"/>: tickets of the building that count or are open, the newest first, at most
/// <see cref="Most"/>; <paramref name="Building"/> is the key they were found by.
/// </summary>
public sealed record BeforeLogging(bool Urgent, string? Building, IReadOnlyList<NearFault> Near, Zone Zone)
{
    /// <summary>How many tickets of a building are looked at.</summary>
    public const int Most = 50;

    /// <summary>How far back, in days.</summary>
    public const int Days = 30;
}

/// <summary>A ticket of the same building.</summary>
public sealed record NearFault(string Number, string CategoryZh, string CategoryEn, Instant ReportedAt, bool Resolved);

/// <inheritdoc cref="LookBeforeLogging"/>
public sealed class LookBeforeLoggingHandler(DeskDb db, DeskCache cache, TimeProvider clock) : IRequestHandler<LookBeforeLogging, Outcome<BeforeLogging>>
{
    private const string Emergency = "P1";

    /// <inheritdoc/>
    public async Task<Outcome<BeforeLogging>> Handle(LookBeforeLogging request, CancellationToken cancellationToken)
    {
        if ((request.By.Lacks(Right.Log) ?? request.By.Lacks(Right.Read) ?? request.By.LacksAt(request.Town, null)) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        if ((await SentBefore.Find<Outcome<IncidentChanged>>(db, [request.Idempotency], cancellationToken)).Count > 0)
        {
            return new BeforeLogging(false, null, [], desk.Zone);
        }

        var now = Instant.Of(clock.GetUtcNow());
        var today = desk.Zone.DayOf(now);
        var severity = request.Severity ?? (FaultKinds.Parse(request.Kind) is { } kind ? desk.Reference.FindCategory(kind, request.Category, today)?.DefaultSeverity : null);
        var building = request is { Kind: "rental", Town: { } town, Address: { } address } && address.Trim().Length > 0 ? BuildingKey.Of(town, address.Trim()) : null;
        return new BeforeLogging(severity == Emergency, building, building is null ? [] : await Near(building, desk, now, cancellationToken), desk.Zone);
    }

    private async Task<IReadOnlyList<NearFault>> Near(string building, Desk desk, Instant now, CancellationToken cancellationToken)
    {
        var since = now.Plus(-BeforeLogging.Days * 86_400L);
        var first = IncidentNumber.DayKey(desk.Zone.DayOf(since));
        var rows = await db.Incidents.AsNoTracking().Where(i => i.Building == building && i.Key > first && i.ReportedAt >= since && i.ExcludedAs == null)
            .OrderByDescending(i => i.Key).Take(BeforeLogging.Most).Select(i => new { i.Key, i.Category, i.ReportedAt, i.ResolvedAt }).ToListAsync(cancellationToken);
        return [.. rows.Select(row =>
        {
            var named = desk.Reference.RulingOn(ReferenceList.RentalType, row.Category, desk.Zone.DayOf(row.ReportedAt));
            return new NearFault(
                new IncidentNumber(desk.Installation.NumberPrefix, row.Key).ToString(), named?.NameZh ?? row.Category, named?.NameEn ?? row.Category, row.ReportedAt, row.ResolvedAt is not null);
        })];
    }
}
