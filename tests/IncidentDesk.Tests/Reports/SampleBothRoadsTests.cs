using CsCheck;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Reports;

/// <summary>The sample ledger at random instants.</summary>
[Collection(SampleDesks.Collection)]
public class SampleBothRoadsTests(SampleDesks desks)
{
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Rows_and_events_give_the_same_figures_of_the_sample_at_any_as_of_and_known_at(Engine engine)
    {
        var (desk, _, importedAt) = await desks.On(engine);
        var (loaded, answered, asked) = (await desk.Load(), 0, 0);
        var first = Zone.Shanghai.StartOf(new Month(202501)).Seconds;
        var gen = Gen.Select(
            Gen.Int[1, 12], Gen.Long[first, first + (420 * 86_400L)], Gen.Frequency((4, Gen.Long[0, 60_000]), (1, Gen.Long[-60_000, -1])));
        await gen.SampleAsync(
            async (month, asOf, knownAt) =>
            {
                asked++;
                answered += await BothRoads.Agree(desk, loaded, Period.Of(new Month(202500 + month)), new Instant(asOf), importedAt.AddMilliseconds(knownAt)) ? 1 : 0;
            },
            iter: 40, threads: 1);

        Assert.Equal(40, asked);
        Assert.InRange(answered, 1, 39);
        Assert.True(await BothRoads.Agree(desk, loaded, Period.OfYear(2025), Instant.Of(TestDesk.Opening), importedAt));
    }
}
