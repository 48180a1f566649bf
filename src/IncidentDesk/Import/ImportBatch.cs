using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Import;

/// <summary>Writes some good lines of a ledger in one transaction: each ticket whole or not at all. A line that was imported before adds nothing (R23).</summary>
public sealed record ImportBatch(Desk Desk, string Source, IReadOnlyList<LedgerTicket> Tickets) : IRequest<IReadOnlyList<LineResult>>, IUnitOfWork;

/// <summary>What became of a good line.</summary>
public enum LineResult
{
    /// <summary>A ticket was made.</summary>
    Accepted,

    /// <summary>It was imported before, with the same content.</summary>
    Unchanged,

    /// <summary>Its number was imported before with other content.</summary>
    Duplicate,
}

/// <inheritdoc cref="ImportBatch"/>
public sealed class ImportBatchHandler(DeskDb db, DeskCache cache, IncidentJournal journal, TimeProvider clock) : IRequestHandler<ImportBatch, IReadOnlyList<LineResult>>
{
    private static readonly Author Importer = new(ImportLedger.Person, "import");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LineResult>> Handle(ImportBatch request, CancellationToken cancellationToken)
    {
        var (desk, now) = (request.Desk, clock.GetUtcNow());

        // A file of hours was opened under the rules of its first line; a version recorded since must stand in the rows that are written now.
        var rules = (await cache.Get(db, cancellationToken)).Reference.Rules.KnownAt(now);
        var externalNos = request.Tickets.Select(t => t.ExternalNo).ToList();
        var known = await db.Incidents.AsNoTracking()
            .Where(i => i.Source == request.Source && externalNos.Contains(i.ExternalNo!))
            .Select(i => new { i.ExternalNo, i.ContentSalt, i.ContentHash })
            .ToDictionaryAsync(i => i.ExternalNo!, cancellationToken);
        var fresh = request.Tickets.Where(t => !known.ContainsKey(t.ExternalNo)).ToList();
        var numbers = await DayNumbers.TakeImported(db, fresh.ConvertAll(t => t.Day), cancellationToken);
        foreach (var (ticket, n) in fresh.Zip(numbers))
        {
            var number = IncidentNumber.Of(desk.Installation.NumberPrefix, ticket.Day, n, imported: true);
            var row = journal.Append(desk.Installation.Id, number, null, [], EventChain.Genesis, ticket.Events, Importer, now, rules);
            (row.ContentSalt, row.ContentHash) = (ticket.Content.Salt, ticket.Content.Hash);
        }

        return [.. request.Tickets.Select(t => !known.TryGetValue(t.ExternalNo, out var before) ? LineResult.Accepted
            : before.ContentSalt is { } salt && ErasableText.HashOf(salt, t.Content.Value) == before.ContentHash ? LineResult.Unchanged
            : LineResult.Duplicate)];
    }
}
