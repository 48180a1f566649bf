using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>
/// One batch of the rows that a version may move: those that no longer stand as their events and the rules decide are written by the same fold as ever, so that
/// a new due time has a new deadline version and what is unsent of the old one is cancelled. Doing it twice changes nothing.
/// </summary>
public sealed record ProjectRows(IReadOnlyList<long> Incidents) : IRequest<ProjectedRows>, IUnitOfWork
{
    /// <summary>How many incidents one transaction takes.</summary>
    public const int Batch = 200;
}

/// <summary>How many rows moved, and those whose events cannot be read: they hold nobody up, and are reported.</summary>
public sealed record ProjectedRows(int Moved, IReadOnlyList<long> Unreadable);

/// <inheritdoc cref="ProjectRows"/>
public sealed class ProjectRowsHandler(DeskDb db, DeskCache cache, IncidentJournal journal) : IRequestHandler<ProjectRows, ProjectedRows>
{
    /// <inheritdoc/>
    public async Task<ProjectedRows> Handle(ProjectRows request, CancellationToken cancellationToken)
    {
        var desk = await cache.Get(db, cancellationToken);
        var rules = desk.Reference.Rules.KnownAt(DateTimeOffset.MaxValue);
        var keys = request.Incidents.ToList();
        var rows = await db.Incidents.Where(i => keys.Contains(i.Key)).OrderBy(i => i.Key).ToListAsync(cancellationToken);
        var events = (await db.Events.AsNoTracking().Where(e => keys.Contains(e.Incident)).OrderBy(e => e.Incident).ThenBy(e => e.Seq).ToListAsync(cancellationToken))
            .ToLookup(e => e.Incident);
        var alerts = (await db.Alerts.AsNoTracking().Where(a => keys.Contains(a.Incident)).ToListAsync(cancellationToken)).ToLookup(a => a.Incident);
        var (moved, unreadable) = (0, new List<long>());
        foreach (var row in rows)
        {
            List<EventRow> stream = [.. events[row.Key]];
            switch (CheckRow.Wrong(row, stream, desk, [rules], [.. alerts[row.Key].Select(a => a.ToStep())]))
            {
                case (CheckRow.Events, _, _):
                    unreadable.Add(row.Key);
                    break;
                case not null:
                    journal.Project(row, stream.Entries(), rules);
                    moved++;
                    break;
            }
        }

        return new ProjectedRows(moved, unreadable);
    }
}
