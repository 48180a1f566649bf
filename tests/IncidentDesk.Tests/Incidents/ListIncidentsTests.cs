using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Incidents;

/// <summary>The board's order, page by page.</summary>
public sealed class ListIncidentsTests
{
    private static readonly Caller Staff = new(new Actor("chen", "陈静"), new HashSet<Role> { Role.Staff }, "api");

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Open_incidents_come_by_due_time_and_those_whose_clock_is_stopped_last(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var reported = Instant.Of(TestDesk.Opening);
        foreach (var ago in new[] { 60, 300, 120, 240, 180, 180, 30 })
        {
            await desk.Send(new LogFault(
                Staff, "rental", "RNT-WATER-02", null, null, "440111011", null, null, "phone", null, null, null, null, reported.Plus(-ago * 60), "漏水", null, null, null, null, null, null));
        }

        // As an approved pause leaves the row under a policy that stops the clock.
        await desk.Read(db => db.Incidents.Where(i => i.Key % 100 == 2 || i.Key % 100 == 7).ExecuteUpdateAsync(s => s.SetProperty(i => i.EffectiveDueAt, (Instant?)null)));

        foreach (var limit in new[] { 1, 2, 3, 4, 5, 6, 7, 50 })
        {
            var seen = new List<long>();
            string? cursor = null;
            do
            {
                var page = (await desk.Send(new ListIncidents(Staff, "open", null, null, null, null, null, "due", cursor, limit))).Value!;
                Assert.InRange(page.Rows.Count, 1, limit);
                seen.AddRange(page.Rows.Select(r => r.Key % 100));
                cursor = page.Next;
            }
            while (cursor is not null);

            Assert.Equal([4, 5, 6, 3, 1, 2, 7], seen);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.2.3")]
    [InlineData("stopped")]
    [InlineData("stopped.x")]
    [InlineData("-1.2")]
    [InlineData("99999999999.1")]
    [InlineData("1.99999999999999999999")]
    public async Task A_cursor_that_is_none_of_ours_is_refused(string cursor)
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        Assert.Equal("bad_cursor", (await desk.Send(new ListIncidents(Staff, null, null, null, null, null, null, "due", cursor, null))).Refused?.Code);
    }
}
