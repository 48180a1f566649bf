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
public sealed class ImportBatchHandler(DeskDb db, IncidentJournal journal, TimeProvider clock) : IRequestHandler<ImportBatch, IReadOnlyList<LineResult>>
{
    private static readonly Author Importer = new(ImportLedger.Person, "import");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LineResult>> Handle(ImportBatch request, CancellationToken cancellationToken)
    {
        var (desk, now) = (request.Desk, clock.GetUtcNow());
        var rules = desk.Reference.Rules.KnownAt(now);
        var numbers = request.Tickets.Select(t => t.ExternalNo).ToList();
        var known = await db.Incidents.AsNoTracking()
            .Where(i => i.Source == request.Source && numbers.Contains(i.ExternalNo!))
            .Select(i => new { i.ExternalNo, i.ContentSalt, i.ContentHash })
            .ToDictionaryAsync(i => i.ExternalNo!, cancellationToken);
        var fresh = request.Tickets.Where(t => !known.ContainsKey(t.ExternalNo)).ToList();
        var counters = await Counters(fresh, cancellationToken);
        foreach (var ticket in fresh)
        {
            var number = IncidentNumber.Of(desk.Installation.NumberPrefix, ticket.Day, ++counters[ticket.Day].Last, imported: true);
            var row = journal.Append(desk.Installation.Id, number, null, [], EventChain.Genesis, ticket.Events, Importer, now, rules);
            (row.ContentSalt, row.ContentHash) = (ticket.Content.Salt, ticket.Content.Hash);
        }

        return [.. request.Tickets.Select(t => !known.TryGetValue(t.ExternalNo, out var before) ? LineResult.Accepted
            : before.ContentSalt is { } salt && ErasableText.HashOf(salt, t.Content.Value) == before.ContentHash ? LineResult.Unchanged
            : LineResult.Duplicate)];
    }

    /// <summary>The imported series' counters of the days concerned; changed in the same transaction as the tickets, so that numbers have no gaps.</summary>
    private async Task<Dictionary<DateOnly, DayCounterRow>> Counters(List<LedgerTicket> tickets, CancellationToken cancellationToken)
    {
        var days = tickets.Select(t => t.Day).Distinct().ToDictionary(IncidentNumberDay);
        var keys = days.Keys.ToList();
        var theirs = db.DayCounters.Where(c => c.Imported == 1 && keys.Contains(c.Day));

        // Who numbers the same days waits here and then reads what stands; without it two long imports take each other's numbers until one of them gives up.
        await theirs.ExecuteUpdateAsync(c => c.SetProperty(r => r.Last, r => r.Last), cancellationToken);
        var rows = await theirs.ToDictionaryAsync(c => c.Day, cancellationToken);
        foreach (var day in keys.Where(day => !rows.ContainsKey(day)))
        {
            rows[day] = new DayCounterRow { Day = day, Imported = 1 };
            db.DayCounters.Add(rows[day]);
        }

        return rows.ToDictionary(r => days[r.Key], r => r.Value);
    }

    private static int IncidentNumberDay(DateOnly day) => (int)(IncidentNumber.DayKey(day) / 1_000_000);
}
