using IncidentDesk.Accounts;
using IncidentDesk.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace IncidentDesk.Pipeline;

/// <summary>
/// The one road to the disk: fresh change tracker, transaction, handler, the unit's own row, save, commit. A conflict or a transient fault runs the handler
/// again from the start, at most three times in all; a commit whose answer was lost is settled by looking for the unit's own row.
/// </summary>
public sealed class UnitOfWork<TRequest, TResponse>(DeskDb db, IncidentJournal journal, DeskCache cache, WriterGate gate, SyslogFeed syslog, TimeProvider clock) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private const int Attempts = 3;

    /// <inheritdoc/>
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (request is not IUnitOfWork)
        {
            return await next();
        }

        using var turn = await gate.Enter(db, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var unit = Guid.NewGuid().ToString("N");
            try
            {
                return await db.Database.CreateExecutionStrategy().ExecuteAsync(
                    unit,
                    (_, id, token) => Run(request, id, next, token),
                    async (_, id, token) => new ExecutionResult<TResponse>(
                        await db.Units.AsNoTracking().AnyAsync(u => u.Id == id, token) && answered is not null, answered!),
                    cancellationToken);
            }
            catch (Exception e) when (attempt < Attempts && IsConflict(e))
            {
                // Somebody else wrote first: everything is decided anew on what stands now.
                answered = default;
            }
        }
    }

    private TResponse? answered;

    private async Task<TResponse> Run(TRequest request, string unit, RequestHandlerDelegate<TResponse> next, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        journal.Clear();
        cache.Forget();
        answered = default;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var sent = (request as IIdempotent)?.Idempotency;
        if (sent is not null && (await SentBefore.Find<TResponse>(db, [sent], cancellationToken)).TryGetValue(0, out var before))
        {
            return before;
        }

        var response = await next();
        if (response is IRefusable { Refused: not null })
        {
            // Nothing of a refused message is stored; what its handler touched is undone with the transaction.
            return response;
        }

        SentBefore.Keep(journal, sent, response, clock.GetUtcNow());
        journal.Keep(new UnitRow { Id = unit, BegunAt = clock.GetUtcNow() });
        await journal.Flush(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        answered = response;
        await transaction.CommitAsync(cancellationToken);
        cache.Forget();
        if (syslog.IsOn)
        {
            syslog.Tell(db.ChangeTracker.Entries<SecurityEventRow>().Select(e => e.Entity));
        }

        return response;
    }

    /// <summary>
    /// A row that changed meanwhile, a unique or primary key that somebody else's row took first, or a serialisation failure: PostgreSQL 23505, 40001, 40P01; SQL Server
    /// 2601, 2627, 1205; SQLite 1555, 2067.
    /// </summary>
    private static bool IsConflict(Exception e) => e switch
    {
        DbUpdateConcurrencyException => true,
        DbUpdateException or RetryLimitExceededException => e.InnerException is { } inner && IsConflict(inner),
        Npgsql.PostgresException postgres => postgres.SqlState is "23505" or "40001" or "40P01",
        Microsoft.Data.SqlClient.SqlException server => server.Number is 2601 or 2627 or 1205,
        Microsoft.Data.Sqlite.SqliteException sqlite => sqlite.SqliteExtendedErrorCode is 1555 or 2067,
        _ => false,
    };
}

/// <summary>Lets one writer of this process into SQLite at a time, so that writers wait in order instead of polling a busy file. Server engines pass.</summary>
public sealed class WriterGate : IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Waits for the turn; disposing what it returns ends it.</summary>
    public async Task<IDisposable?> Enter(DeskDb db, CancellationToken cancellationToken)
    {
        if (db is not SqliteDeskDb)
        {
            return null;
        }

        await one.WaitAsync(cancellationToken);
        return new Turn(one);
    }

    /// <inheritdoc/>
    public void Dispose() => one.Dispose();

    private sealed class Turn(SemaphoreSlim one) : IDisposable
    {
        public void Dispose() => one.Release();
    }
}
