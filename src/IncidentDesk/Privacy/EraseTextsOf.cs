using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Pipeline;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Privacy;

/// <summary>
/// Erases every text of those of the incidents that are due by their events: salt and value go, the hash of what the source sent goes from the row, and each is on record as
/// <c>text_erased</c>; its files are needed no more (<c>file_erased</c>), and whoever sends this removes them then. One whose texts do not fit its events is left as it is and fails the unit: what was changed by hand is evidence.
/// </summary>
public sealed record EraseTextsOf(IReadOnlyList<long> Incidents) : IRequest<ErasedTexts>, IUnitOfWork
{
    /// <summary>How many incidents one transaction takes.</summary>
    public const int Batch = 100;
}

/// <summary>How many incidents were erased, and how many texts.</summary>
public sealed record ErasedTexts(int Incidents, int Texts);

/// <inheritdoc cref="EraseTextsOf"/>
public sealed class EraseTextsOfHandler(DeskDb db, DeskCache cache, DeskSettings settings, IncidentJournal journal, TimeProvider clock) : IRequestHandler<EraseTextsOf, ErasedTexts>
{
    // No person can have an id with a colon.
    private static readonly Author Product = new(new Actor("product:erase-texts", "系统(到期清除)"), "system");

    /// <inheritdoc/>
    public async Task<ErasedTexts> Handle(EraseTextsOf request, CancellationToken cancellationToken)
    {
        if (db is SqliteDeskDb)
        {
            // Else the words would stand on in the free bytes of the file's pages.
            await db.Database.ExecuteSqlRawAsync("PRAGMA secure_delete=ON", cancellationToken);
        }

        var desk = await cache.Get(db, cancellationToken);
        var now = clock.GetUtcNow();
        var (at, rules) = (Instant.Of(now), desk.Reference.Rules.KnownAt(now));
        var keys = request.Incidents.ToList();
        var rows = await db.Incidents.Where(i => keys.Contains(i.Key)).OrderBy(i => i.Key).ToListAsync(cancellationToken);
        var events = (await db.Events.AsNoTracking().Where(e => keys.Contains(e.Incident)).OrderBy(e => e.Incident).ThenBy(e => e.Seq).ToListAsync(cancellationToken))
            .ToLookup(e => e.Incident);
        var texts = (await db.Texts.Where(t => keys.Contains(t.Incident)).OrderBy(t => t.Incident).ThenBy(t => t.Seq).ThenBy(t => t.Field).ToListAsync(cancellationToken))
            .ToLookup(t => t.Incident);
        var files = (await db.Attachments.Where(a => keys.Contains(a.Incident) && a.ErasedAt == null).OrderBy(a => a.Incident).ThenBy(a => a.Seq).ToListAsync(cancellationToken))
            .ToLookup(a => a.Incident);
        var erased = new ErasedTexts(0, 0);
        foreach (var row in rows)
        {
            List<EventRow> stream = [.. events[row.Key]];
            var incident = Incident.Of(new IncidentNumber(desk.Installation.NumberPrefix, row.Key), stream.Entries());
            if (incident.OverAt is not { } over || EraseTexts.DueAt(over, settings.EraseAfterMonths, desk.Zone) > at)
            {
                continue;
            }

            if (TextCheck.Wrong(row, stream, [.. texts[row.Key]]) is var (seq, code, detail))
            {
                throw new InvalidDataException($"{code}, seq {seq}: {detail}");
            }

            var left = texts[row.Key].Where(t => t.Value is not null).ToList();
            List<AttachmentRow> kept = [.. files[row.Key]];
            if (left.Count + kept.Count == 0)
            {
                continue;
            }

            journal.Append(
                desk.Installation.Id, incident.Number, row, incident.Entries, stream[^1].Hash,
                [.. left.Select(t => EventToWrite.Of(at, new TextErased(t.Seq, t.Field))), .. kept.Select(f => EventToWrite.Of(at, new FileErased(f.Seq)))], Product, now, rules);
            left.ForEach(t => (t.Salt, t.Value) = (null, null));
            kept.ForEach(f => f.ErasedAt = now);
            (row.ContentSalt, row.ContentHash) = (null, null);
            erased = new ErasedTexts(erased.Incidents + 1, erased.Texts + left.Count);
        }

        return erased;
    }
}
