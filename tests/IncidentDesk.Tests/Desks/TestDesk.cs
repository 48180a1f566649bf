using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Import;
using IncidentDesk.Reports;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace IncidentDesk.Tests.Desks;

/// <summary>
/// A desk ready to be used: a real database, the registration that every process calls, and a clock that the test moves. It starts at <see cref="Opening"/>.
/// </summary>
public sealed class TestDesk : IAsyncDisposable
{
    /// <summary>After every ticket of the sample ledger is decided.</summary>
    public static readonly DateTimeOffset Opening = new(2026, 2, 15, 0, 0, 0, TimeSpan.FromHours(8));

    private readonly List<IAsyncDisposable> owned = [];
    private readonly Action<IServiceCollection>? besides;

    private TestDesk(TestDatabase database, FakeTimeProvider clock, Action<IServiceCollection>? besides)
    {
        (Database, Clock, this.besides) = (database, clock, besides);
        Services = Process();
    }

    /// <summary>Where it is stored.</summary>
    public TestDatabase Database { get; }

    /// <summary>The clock, in its own hands only.</summary>
    public FakeTimeProvider Clock { get; }

    /// <summary>The services of its process.</summary>
    public ServiceProvider Services { get; }

    /// <summary>Its engine.</summary>
    public Engine Engine => Database.Settings.Engine;

    /// <summary>Opens a desk on a fresh database. <paramref name="besides"/> registers messages of the test's own.</summary>
    public static async Task<TestDesk> Open(Engine engine, DateTimeOffset? at = null, Action<IServiceCollection>? besides = null)
    {
        var desk = new TestDesk(await TestDatabase.Create(engine), new FakeTimeProvider(at ?? Opening), besides);
        Assert.Null(await DeskStart.Prepare(desk.Services, CancellationToken.None));
        return desk;
    }

    /// <summary>Another process on the same database, under the same clock.</summary>
    public ServiceProvider Process()
    {
        var services = new ServiceCollection().AddIncidentDesk(Database.Settings).AddSingleton<TimeProvider>(Clock)
            .AddTransient<IRequestHandler<WriteEvents, int>, WriteEventsHandler>();
        besides?.Invoke(services);
        var process = services.BuildServiceProvider(validateScopes: true);
        owned.Add(process);
        return process;
    }

    /// <summary>Sends one message in a scope of its own.</summary>
    public Task<T> Send<T>(IRequest<T> message) => Services.SendAlone(message);

    /// <summary>Reads the database.</summary>
    public async Task<T> Read<T>(Func<DeskDb, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<DeskDb>());
    }

    /// <summary>Changes the database behind the product's back; foreign keys do not hold it up.</summary>
    public Task<int> Sql(string sql, params object[] values) => Read(async db =>
    {
        await db.Database.OpenConnectionAsync();
        await db.Database.ExecuteSqlRawAsync(Engine == Engine.PostgreSql ? "SET session_replication_role = replica"
            : Engine == Engine.Sqlite ? "PRAGMA foreign_keys=OFF" : "EXEC sp_MSforeachtable 'ALTER TABLE ? NOCHECK CONSTRAINT ALL'");
        try
        {
            return await db.Database.ExecuteSqlRawAsync(sql, values);
        }
        finally
        {
            await db.Database.ExecuteSqlRawAsync(Engine == Engine.PostgreSql ? "SET session_replication_role = DEFAULT"
                : Engine == Engine.Sqlite ? "PRAGMA foreign_keys=ON" : "SELECT 1");
        }
    });

    /// <summary>Whose ledger it is and its rules.</summary>
    public Task<Desk> Load() => Read(db => Desk.Load(db, CancellationToken.None));

    /// <summary>Imports a ledger file, in its own process or in another.</summary>
    public async Task<(ImportProgress Done, IReadOnlyList<RefusedLine> Refused)> Import(string file, string source = "ledger", IServiceProvider? process = null)
    {
        var (ledger, unreadable) = LedgerFile.Open(file);
        Assert.Null(unreadable);
        using (ledger)
        {
            var refused = new List<RefusedLine>();
            var done = await new ImportLedger(process ?? Services).Run(ledger!, source, refused.Add, _ => { }, CancellationToken.None);
            return (done, refused);
        }
    }

    /// <summary>Writes a report; as-of and known-at are the desk's now unless given.</summary>
    public async Task<byte[]> Report(Period period, string scope, Instant? asOf = null, DateTimeOffset? knownAt = null, ReportFormat format = ReportFormat.Json)
    {
        using var output = new MemoryStream();
        var outcome = await Send(new WriteReport(period, scope, asOf, knownAt, format, output));
        Assert.Null(outcome.Refused);
        return output.ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in owned)
        {
            await process.DisposeAsync();
        }

        await Database.DisposeAsync();
    }
}
