using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Import;

/// <summary>A refused line: where it begins, its number in the ledger and the code.</summary>
public sealed record RefusedLine(LedgerRecord Record, string ExternalNo, string Error);

/// <summary>How far an import is.</summary>
public sealed record ImportProgress(int Rows, int Accepted, int Unchanged, int Refused);

/// <summary>
/// Imports a ledger that has been read through: a loop of small units of work, so that others can write in between and a kill costs one batch at most. The same
/// file again finishes what a killed run began and adds nothing twice.
/// </summary>
public sealed class ImportLedger(IServiceProvider services)
{
    /// <summary>The person that imported events are recorded by; it can do nothing else.</summary>
    public static readonly Actor Person = new("import", "台账导入");

    // Rows of the database in one transaction: a long writer holds the file for a few milliseconds at a time.
    private const int RowsInBatch = 500;

    /// <summary>
    /// Imports the file under a source's name. Refused lines are reported one by one, in order of the file; the result is the final count.
    /// </summary>
    public async Task<ImportProgress> Run(
        LedgerFile file, string source, Action<RefusedLine> refused, Action<ImportProgress> progress, CancellationToken cancellationToken)
    {
        var desk = await LoadDesk(cancellationToken);
        var lines = new LedgerLine(desk.Reference, desk.Zone, source);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var batch = new List<(LedgerRecord Record, LedgerTicket? Ticket, string? Error)>();
        var (done, rows) = (new ImportProgress(0, 0, 0, 0), 0);
        foreach (var record in file.Records())
        {
            var (ticket, error) = lines.Read(record);
            if (ticket is not null && !seen.Add(ticket.ExternalNo))
            {
                (ticket, error) = (null, "duplicate_external_no");
            }

            batch.Add((record, ticket, error));
            rows += ticket is null ? 1 : 2 + ticket.Events.Sum(e => 1 + (e.Texts.Count));
            if (rows >= RowsInBatch)
            {
                await Write();
            }
        }

        await Write();
        return done;

        async Task Write()
        {
            var tickets = batch.Where(b => b.Ticket is not null).Select(b => b.Ticket!).ToList();
            var results = tickets.Count == 0 ? [] : await services.SendAlone(new ImportBatch(desk, source, tickets), cancellationToken);
            var next = 0;
            foreach (var (record, ticket, error) in batch)
            {
                var result = ticket is null ? LineResult.Duplicate : results[next++];
                if (result == LineResult.Duplicate)
                {
                    refused(new RefusedLine(record, record.Fields[0], error ?? "duplicate_external_no"));
                }

                done = new ImportProgress(
                    done.Rows + 1, done.Accepted + (result == LineResult.Accepted ? 1 : 0), done.Unchanged + (result == LineResult.Unchanged ? 1 : 0),
                    done.Refused + (result == LineResult.Duplicate ? 1 : 0));
            }

            batch.Clear();
            rows = 0;
            progress(done);
        }
    }

    private async Task<Desk> LoadDesk(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await Desk.Load(scope.ServiceProvider.GetRequiredService<DeskDb>(), cancellationToken);
    }
}
