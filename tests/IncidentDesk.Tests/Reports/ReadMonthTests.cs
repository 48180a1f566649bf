using System.Text.Json.Nodes;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Reports;

/// <summary>What the pages of month, year and buildings read, of the sample ledger and of a desk that lives.</summary>
[Collection(SampleDesks.Collection)]
public sealed class ReadMonthTests(SampleDesks desks)
{
    private static readonly JsonNode Expected = JsonNode.Parse(File.ReadAllText(Ledgers.Data("ledger-2025-expected.json")))!;
    private static readonly Caller Chen = Who("chen", "陈静", Role.Staff);
    private static readonly Caller Officer = Who("liu", "刘敏", Role.Officer);
    private static readonly Caller Approver = Who("wang", "王科长", Role.Approver);
    private static readonly Month January = new(202601);

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Month_and_year_are_those_of_the_report_and_their_parts_add_up(Engine engine)
    {
        var (desk, _, _) = await desks.On(engine);
        foreach (var scope in Scope.All)
        {
            var year = (await desk.Send(new ReadYear(Officer, 2025, scope))).Value!;
            Assert.Equal(Expected[scope]!.AsObject().Select(m => (m.Key, Counts(m.Value!))), year.Months.OrderBy(m => m.Key.Number).Select(m => (m.Key.ToString(), m.Value)));
            Assert.Equal((Counts(Expected[scope + "Year"]!), true), (year.Figures.Tally, year.Closable));
            foreach (var month in scope == Scope.Rental ? new[] { 202506, 202512 } : [202512])
            {
                var reading = (await desk.Send(new ReadMonth(Officer, new Month(month), scope))).Value!.Reading;
                var tally = Counts(Expected[scope]![new Month(month).ToString()]!);
                Assert.Equal(tally, reading.Report.Summary.Total);
                Assert.Equal(tally, reading.Days.Values.Aggregate((a, b) => a + b));
                Assert.Equal(tally, reading.Places.Values.Aggregate((a, b) => a + b));
                Assert.Equal((tally.Breached, true), (reading.Breached.Count, reading.Breached.First.All(t => t.Reading.Outcome == Outcome.Breached && t.Scope == scope)));
                Assert.Equal((0, 0, false), (reading.CameIn.Count, reading.WentOut.Count, reading.Report.Disputed));
            }
        }
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Buildings_categories_and_towns_add_up_to_the_month_and_what_comes_back_is_what_the_tickets_say(Engine engine)
    {
        var (desk, _, _) = await desks.On(engine);
        var now = Instant.Of(desk.Clock.GetUtcNow());
        var rows = await desk.Read(db => db.Incidents.AsNoTracking().Where(i => i.ExcludedAs == null).ToListAsync());
        foreach (var (scope, days) in new[] { (Scope.Rental, 30), (Scope.RentalOther, 90), (Scope.System, 30) })
        {
            var (month, expected) = (new Month(202505), Expected[scope]!["2025-05"]!);
            var view = (await desk.Send(new ReadBuildings(Officer, month, scope, days))).Value!;
            foreach (var lines in new[] { view.Towns, view.Categories })
            {
                Assert.Equal((expected["denominator"]!.GetValue<int>(), expected["breached"]!.GetValue<int>()), (lines.Sum(l => l.Count), lines.Sum(l => l.Late)));
            }

            var until = Zone.Shanghai.StartOf(month.Next);
            var again = rows.Where(r => r.Scope == scope && r.Building is not null && r.ReportedAt >= until.Plus(-86_400L * days) && r.ReportedAt < until)
                .GroupBy(r => (r.Building, r.Category)).Where(g => g.Count() >= 2 && g.Any(r => r.Month == month.Number))
                .Select(g => new Recurring(g.Key.Building!, g.Key.Category, g.Count(), g.Count(r => r.Month == month.Number), g.Count(r => r.BreachesAt <= now), g.Max(r => r.Key)))
                .OrderByDescending(r => r.Count).ThenByDescending(r => r.Last).Take(BuildingsView.Most + 1).ToList();
            Assert.Equal(again, view.Recurring);
            var buildings = rows.Where(r => r.Scope == scope && r.Month == month.Number && r.Building is not null).GroupBy(r => r.Building!).Select(g => g.Count()).OrderDescending().Take(BuildingsView.Most + 1);
            Assert.Equal(buildings, view.Buildings.Select(b => b.Count));
        }

        Assert.Equal("bad_days", (await desk.Send(new ReadBuildings(Officer, January, Scope.Rental, 31))).Refused?.Code);
        Assert.Equal("period_not_begun", (await desk.Send(new ReadBuildings(Officer, new Month(203001), Scope.Rental, 30))).Refused?.Code);
        Assert.Equal("not_your_place", (await desk.Send(new ReadMonth(Officer with { Towns = ["440111011"] }, January, Scope.Rental))).Refused?.Code);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_ticket_that_a_correction_moves_to_another_month_stands_in_both_lists_and_a_breach_with_its_explanation(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine, new DateTimeOffset(2026, 2, 1, 9, 0, 0, TimeSpan.FromHours(8)));
        foreach (var who in new[] { Chen, Officer, Approver })
        {
            await desk.Send(new AddPerson(null, who.Person.Id, who.Person.Name, Roles.Codes(who.Roles)));
        }

        var moved = await Log(desk, new DateTimeOffset(2026, 1, 31, 23, 50, 0, TimeSpan.FromHours(8)));
        var late = await Log(desk, new DateTimeOffset(2026, 1, 30, 8, 0, 0, TimeSpan.FromHours(8)));
        var asked = (await desk.Send(new AskCorrection(Chen, moved, "reported", "2026-02-01T00:10:00+08:00", "看错电话记录"))).Value!.RequestId!;
        desk.Clock.Advance(TimeSpan.FromSeconds(20));
        var before = desk.Clock.GetUtcNow();
        desk.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Null((await desk.Send(new DecideRequest(Approver, asked, true, null))).Refused);
        Assert.Null((await desk.Send(new ExplainBreach(Officer, late, "旧的原因", "维保单位", "改"))).Refused);
        desk.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Null((await desk.Send(new ExplainBreach(Officer, late, "备件未到", "维保单位", "备件存放"))).Refused);
        desk.Clock.Advance(TimeSpan.FromSeconds(20));

        var january = await Month(desk, January);
        Assert.Equal((moved, "", late), Lists(january.Reading));
        Assert.Equal(new BreachExplanation("备件未到", "维保单位", "备件存放"), january.Explanations.Values.Single());
        Assert.Equal(("", moved, ""), Lists((await Month(desk, January.Next)).Reading));

        // The same category in the same building: two days apart, then in another window no more.
        var place = (await desk.Send(new ReadBuildings(Officer, January.Next, Scope.Rental, 30))).Value!;
        Assert.Equal([new Recurring("440111011 新市路56号", "RNT-WATER-02", 2, 1, 1, IncidentNumber.TryParse("BY", late, out var last) ? last.Key : 0)], place.Recurring);
        Assert.Empty((await desk.Send(new ReadBuildings(Officer, January, Scope.Rental, 30))).Value!.Recurring);
        Assert.Equal([("440111011", 1, 0)], place.Towns.Select(t => (t.Code!, t.Count, t.Late)));

        // As it was known before the second person had decided.
        var earlier = (await desk.Send(new ReadMonth(Officer, January, Scope.Rental, null, before))).Value!;
        Assert.Equal(("", "", late), Lists(earlier.Reading));
        Assert.Empty(earlier.Explanations);
        Assert.Equal(2, earlier.Reading.Report.Figures.Received);
        var year = (await desk.Send(new ReadYear(Officer, 2026, Scope.Rental, null, before))).Value!;
        Assert.Equal((2, 0), (year.Of(year.Months[January]).Received, year.Of(year.Months[January.Next]).Received));

        static (string Out, string In, string Breached) Lists(MonthReading r) => (Numbers(r.WentOut), Numbers(r.CameIn), Numbers(r.Breached));
        static string Numbers(TicketList list) => string.Join(' ', list.First.Select(t => t.Number));
    }

    [Fact]
    public async Task A_large_month_answers_again_for_half_a_minute_and_as_long_as_nothing_of_it_is_recorded()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite, besides: s => s.AddSingleton(new HeldMonths { Large = 0 }));
        var opening = new DateTimeOffset(2026, 1, 10, 9, 0, 0, TimeSpan.FromHours(8));
        await desk.Send(new AddPerson(null, "chen", "陈静", "staff"));
        var number = await Log(desk, opening);
        var first = (await Month(desk, January)).Reading;
        desk.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Null((await desk.Send(new Resolve(Chen, number, "fixed_on_site", null, null, null, "修好"))).Refused);
        Assert.Same(first, (await Month(desk, January)).Reading);

        // Half a minute later it is read anew. That one holds while nothing is recorded, and ends when something is.
        desk.Clock.Advance(TimeSpan.FromSeconds(20));
        var second = (await Month(desk, January)).Reading;
        Assert.NotSame(first, second);
        Assert.Equal((false, desk.Clock.GetUtcNow()), (second.Breached.First[0].Reading.Open, second.Report.Inputs.KnownAt));
        desk.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Same(second, (await Month(desk, January)).Reading);
        await Log(desk, opening.AddDays(3));
        Assert.Equal(2, (await Month(desk, January)).Reading.Report.Figures.Received);

        // Both instants given: the same for ever. Another scope, or a small month, is another reading.
        var at = desk.Clock.GetUtcNow();
        desk.Clock.Advance(TimeSpan.FromSeconds(11));
        var fixedInputs = new ReadMonth(Officer, January, Scope.Rental, Instant.Of(at), at);
        Assert.Same((await desk.Send(fixedInputs)).Value!.Reading, (await desk.Send(fixedInputs)).Value!.Reading);
        Assert.Equal(0, (await desk.Send(new ReadMonth(Officer, January, Scope.System))).Value!.Reading.Report.Figures.Received);
    }

    private static async Task<MonthView> Month(TestDesk desk, Month month) => (await desk.Send(new ReadMonth(Officer, month, Scope.Rental))).Value!;

    private static async Task<string> Log(TestDesk desk, DateTimeOffset reported) => (await desk.Send(new LogFault(
        Chen, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", null, null, null, null, Instant.Of(reported), "漏水", null, null, null, null, null, null))).Value!.Number;

    private static Tally Counts(JsonNode figures) =>
        new(figures["onTime"]!.GetValue<long>(), figures["breached"]!.GetValue<long>(), figures["pending"]!.GetValue<long>(), figures["excluded"]!.GetValue<long>());

    private static Caller Who(string id, string name, Role role) => new(new Actor(id, name), new HashSet<Role> { role }, "page");
}
