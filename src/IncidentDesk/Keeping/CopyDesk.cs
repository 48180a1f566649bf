using System.Reflection;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IncidentDesk.Keeping;

/// <summary>
/// Moves a SQLite desk to an empty database of a server engine; makes the tables there. Every table of the model goes over in key order and batches, and is then read again on
/// both sides: the number of rows and a hash over all of them have to be the same. Only then the installation's row is written, so that a database without it is no desk
/// yet. A copy that was interrupted goes on. The source is locked for writing meanwhile.
/// </summary>
public sealed class CopyDesk(DeskDb source, DeskDb target, TimeProvider clock, Action<string, long> progress)
{
    private const int Batch = 500;
    private const int LivingSec = 10;

    /// <summary>Tables that are not copied: no unit is under way and no process runs on the target, and the row of the installation is written last.</summary>
    public static readonly IReadOnlyList<Type> NotCopied = [typeof(UnitRow), typeof(HeartbeatRow), typeof(InstallationRow)];

    /// <summary>Between two databases by their settings: makes the tables of the target, then copies.</summary>
    public static async Task<(long Rows, Refusal? Refused)> Between(
        DeskSettings from, DeskSettings to, TimeProvider clock, Action<string, long> progress, CancellationToken cancellationToken)
    {
        await using var source = new SqliteDeskDb((DbContextOptions<SqliteDeskDb>)new DbContextOptionsBuilder<SqliteDeskDb>().UseEngine(from).Options);

        // Without retries, which would hold a whole table in memory: a copy that broke off is run again.
        await using DeskDb target = to.Engine == Engine.SqlServer
            ? new SqlServerDeskDb(new DbContextOptionsBuilder<SqlServerDeskDb>().UseSqlServer(to.ConnectionString, o => o.UseCompatibilityLevel(150)).Options)
            : new PostgreSqlDeskDb(new DbContextOptionsBuilder<PostgreSqlDeskDb>().UseNpgsql(to.ConnectionString).Options);
        await DeskStart.Migrate(target, cancellationToken);
        return await new CopyDesk(source, target, clock, progress).Run(cancellationToken);
    }

    /// <summary>How many rows the target, whose tables are there, holds now, or why it was not done.</summary>
    public async Task<(long Rows, Refusal? Refused)> Run(CancellationToken cancellationToken)
    {
        var installation = await source.Installations.AsNoTracking().SingleAsync(cancellationToken);
        if (await Wrong(installation, cancellationToken) is { } wrong)
        {
            return (0, wrong);
        }

        // Nobody writes until the end: what was read is all there is.
        await using var locked = await source.Database.BeginTransactionAsync(cancellationToken);
        var rows = 0L;
        foreach (var table in Tables(source.Model))
        {
            rows += await ((Task<long>)typeof(CopyDesk).GetMethod(nameof(Copy), BindingFlags.NonPublic | BindingFlags.Instance)!
                .MakeGenericMethod(table.ClrType).Invoke(this, [cancellationToken])!);
        }

        foreach (var table in Tables(source.Model))
        {
            var (ours, theirs) = (TableSum.Of(source, table.ClrType, cancellationToken), TableSum.Of(target, table.ClrType, cancellationToken));
            if (await ours != await theirs)
            {
                return (0, new Refusal(
                    "copy_differs", "to", $"表 {table.GetTableName()} 两侧不一致，迁移未完成；请清空目标数据库后重新运行。",
                    $"The table {table.GetTableName()} is not the same on both sides: not copied. Empty the target database and run it again."));
            }
        }

        await using var last = await target.Database.BeginTransactionAsync(cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        target.Installations.Add(installation);
        target.InstallationEvents.Add(InstallationEvent.Row(
            InstallationEventRow.Copied, now, now, new Payload().Add("from", nameof(Engine.Sqlite)).Add("to", (target is SqlServerDeskDb ? Engine.SqlServer : Engine.PostgreSql).ToString()).Add("rows", rows)));
        await target.SaveChangesAsync(cancellationToken);
        await last.CommitAsync(cancellationToken);
        return (rows, null);
    }

    /// <summary>Every table that is copied: people first, by whom a first start knows that a copy is under way, and those that others point to before them.</summary>
    public static IReadOnlyList<IEntityType> Tables(IModel model)
    {
        var waiting = model.GetEntityTypes().Where(t => !NotCopied.Contains(t.ClrType))
            .OrderBy(t => t.ClrType != typeof(PersonRow)).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<IEntityType>();
        while (waiting.Count > 0)
        {
            var next = waiting.First(t => t.GetForeignKeys().All(f => f.PrincipalEntityType == t || ordered.Contains(f.PrincipalEntityType)));
            ordered.Add(next);
            waiting.Remove(next);
        }

        return ordered;
    }

    private async Task<Refusal?> Wrong(InstallationRow installation, CancellationToken cancellationToken)
    {
        if (await target.Installations.AsNoTracking().Select(i => i.Id).SingleOrDefaultAsync(cancellationToken) is { } there)
        {
            return there == installation.Id
                ? new Refusal("already_copied", "to", "目标数据库中已有本系统的完整台账。", "The target database holds this ledger already, in full.")
                : new Refusal("target_holds_another", "to", "目标数据库中已有另一套系统的台账，请另指定空的数据库。", "The target database holds another installation; name an empty one.");
        }

        var alive = clock.GetUtcNow().AddSeconds(-LivingSec);
        return await source.Heartbeats.AnyAsync(h => h.At > alive, cancellationToken)
            ? new Refusal(
                "desk_running", "Data:Folder", $"源系统仍在运行(或停止不足 {LivingSec} 秒)，请先停止网站和定时任务。",
                $"The desk is running, or stopped less than {LivingSec} s ago; stop its hosts and jobs first.")
            : null;
    }

    /// <summary>
    /// A batch is one transaction and batches come in the source's order, so the target holds the first rows of that order, and what it holds is passed over.
    /// </summary>
    private async Task<long> Copy<T>(CancellationToken cancellationToken)
        where T : class
    {
        var copied = await target.Set<T>().LongCountAsync(cancellationToken);
        var (rows, batch) = (0L, new List<T>(Batch));
        await foreach (var row in InOrder<T>().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (++rows <= copied)
            {
                continue;
            }

            batch.Add(row);
            if (batch.Count == Batch)
            {
                await Write();
            }
        }

        await Write();
        progress(source.Model.FindEntityType(typeof(T))!.GetTableName()!, rows);
        return rows;

        async Task Write()
        {
            await using var transaction = await target.Database.BeginTransactionAsync(cancellationToken);
            await BulkInsert.Write(target, batch, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            batch.Clear();
            progress(source.Model.FindEntityType(typeof(T))!.GetTableName()!, rows);
        }
    }

    private IQueryable<T> InOrder<T>()
        where T : class
    {
        IOrderedQueryable<T>? ordered = null;
        foreach (var name in source.Model.FindEntityType(typeof(T))!.FindPrimaryKey()!.Properties.Select(p => p.Name))
        {
            ordered = ordered is null ? source.Set<T>().AsNoTracking().OrderBy(r => EF.Property<object>(r, name)) : ordered.ThenBy(r => EF.Property<object>(r, name));
        }

        return ordered!;
    }
}
