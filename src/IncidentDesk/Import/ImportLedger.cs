using System.Threading.Channels;
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

    // Lines in one transaction: a long writer holds the file for some tens of milliseconds and then lets others in (DESIGN: 500 rows at most).
    private const int LinesInBatch = 200;

    /// <summary>
    /// Imports the file under a source's name. Refused lines are reported one by one, in order of the file; the result is the final count.
    /// </summary>
    public async Task<ImportProgress> Run(
        LedgerFile file, string source, Action<RefusedLine> refused, Action<ImportProgress> progress, CancellationToken cancellationToken)
    {
        var desk = await LoadDesk(cancellationToken);
        var done = new ImportProgress(0, 0, 0, 0);

        // One thread reads lines while another writes them; two batches wait at most, so memory stays as it is for a file of any length.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<List<ReadLine>>(2);
        var reading = Task.Run(() => ReadAll(file, new LedgerLine(desk.Reference, desk.Zone, source), batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken))
            {
                await Write(batch);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return done;

        async Task Write(List<ReadLine> batch)
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

            progress(done);
        }
    }

    private sealed record ReadLine(LedgerRecord Record, LedgerTicket? Ticket, string? Error);

    /// <summary>Reads the lines in batches. Within a file the first good line with a number is kept (R23).</summary>
    private static async Task ReadAll(LedgerFile file, LedgerLine lines, ChannelWriter<List<ReadLine>> batches, CancellationToken stop)
    {
        try
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var chunk in file.Records().Chunk(LinesInBatch))
            {
                var batch = new List<ReadLine>(chunk.Length);
                foreach (var record in chunk)
                {
                    var (ticket, error) = lines.Read(record);
                    batch.Add(ticket is not null && !seen.Add(ticket.ExternalNo)
                        ? new ReadLine(record, null, "duplicate_external_no")
                        : new ReadLine(record, ticket, error));
                }

                await batches.WriteAsync(batch, stop);
            }

            batches.Complete();
        }
        catch (Exception e)
        {
            // The writer's side sees it as its own.
            batches.Complete(e);
        }
    }

    private async Task<Desk> LoadDesk(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await Desk.Load(scope.ServiceProvider.GetRequiredService<DeskDb>(), cancellationToken);
    }
}
