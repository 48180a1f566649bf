using IncidentDesk.Import;

namespace IncidentDesk.Tests.Desks;

/// <summary>
/// A desk per engine with the whole sample ledger, imported once. Tests that share it only read; it is opened for the first one that asks.
/// </summary>
public sealed class SampleDesks : IAsyncLifetime
{
    /// <summary>Name of the collection of tests that share it.</summary>
    public const string Collection = "sample ledger";

    private readonly Dictionary<Engine, SampleDesk> desks = [];

    /// <summary>The engine's desk.</summary>
    public async Task<SampleDesk> On(Engine engine)
    {
        if (!desks.TryGetValue(engine, out var sample))
        {
            var desk = await TestDesk.Open(engine);
            desks[engine] = sample = new SampleDesk(desk, await desk.Import(Ledgers.Sample), desk.Clock.GetUtcNow());
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        return sample;
    }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        foreach (var sample in desks.Values)
        {
            await sample.Desk.DisposeAsync();
        }
    }
}

/// <summary>A desk with the sample ledger, what its import said, and when it was; now is a minute later.</summary>
public sealed record SampleDesk(
    TestDesk Desk, (ImportProgress Done, IReadOnlyList<RefusedLine> Refused) Said, DateTimeOffset ImportedAt);

/// <summary>The tests that share the sample ledger.</summary>
[CollectionDefinition(SampleDesks.Collection)]
public sealed class SampleLedgerTests : ICollectionFixture<SampleDesks>;
