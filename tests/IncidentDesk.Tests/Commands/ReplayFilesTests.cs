using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IncidentDesk.Tests.Commands;

/// <summary>The public calculator on whole files: every key present, none added, strings equal to the character.</summary>
public sealed class ReplayFilesTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Theory]
    [InlineData("vectors.json", false, 41, 5)]
    [InlineData("vectors.json", true, 41, 5)]
    [InlineData("vectors-more.json", false, 300, 0)]
    [InlineData("vectors-more.json", true, 300, 0)]
    public async Task Every_vector_and_aggregate_of_the_files_holds(string name, bool fromStdin, int vectors, int aggregates)
    {
        var bytes = await File.ReadAllBytesAsync(DeskFolder.Sample(name));
        var file = JsonNode.Parse(bytes)!;
        var ran = fromStdin ? await folder.Run(["replay", "--file", "-"], bytes) : await folder.Run("replay", "--file", DeskFolder.Sample(name));

        var result = ran.Exits(0).Json;

        Same(Expected(file["vectors"]!), result["vectors"]!.AsArray(), vectors);
        Same(Expected(file["aggregates"] ?? new JsonArray()), result["aggregates"]!.AsArray(), aggregates);
        Assert.Equal(2, result.AsObject().Count);
        Assert.Equal("", ran.Error);
        Assert.False(folder.Wrote, "replay reads no database");
    }

    [Fact]
    public async Task One_ticket_with_ten_thousand_events_is_computed()
    {
        // Half a year of pauses: each hour has one of five minutes, on and off the office's hours.
        var events = new StringBuilder("""{"type":"report","at":"2025-01-01T00:00:00"}""");
        var start = new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        for (var i = 0; i < 4_999; i++)
        {
            events.Append(CultureInfo.InvariantCulture, $$""",{"type":"pause","at":"{{start.AddMinutes((60 * i) + 30):s}}","approvedBy":"b"}""");
            events.Append(CultureInfo.InvariantCulture, $$""",{"type":"resume","at":"{{start.AddMinutes((60 * i) + 35):s}}"}""");
        }

        events.Append(CultureInfo.InvariantCulture, $$""",{"type":"resolve","at":"{{start.AddHours(4_999):s}}"}""");
        var file = folder.Put("long.json", Vectors.File($$"""
            {"id":"round the clock","policy":"pause","asOf":"2026-01-01T00:00:00","tickets":[{"no":"A","kind":"rental","events":[{{events}}]}]},
            {"id":"office","policy":"pauseOffice7h","asOf":"2026-01-01T00:00:00","tickets":[{"no":"A","kind":"rental","events":[{{events}}]}]}
            """));

        var result = (await folder.Run("replay", "--file", file)).Exits(0).Json["vectors"]!;

        Assert.Equal((4_999L * 3_600, 4_999L * 300, 4_999L * 3_300), Seconds(result[0]!["tickets"]!["A"]!));

        // 4 999 h end at 07:00 on 28 July; a working day has 7 h and pauses at 8:30, 9:30, 10:30, 11:30, 14:30, 15:30 and 16:30.
        var (gross, paused, official) = Seconds(result[1]!["tickets"]!["A"]!);
        Assert.Equal(WorkingDaysTo(new DateOnly(2025, 7, 28)) * 7 * 3_600, gross);
        Assert.Equal(WorkingDaysTo(new DateOnly(2025, 7, 28)) * 7 * 300, paused);
        Assert.Equal(gross - paused, official);
    }

    [Fact]
    public async Task A_chain_and_a_dense_net_of_merges_are_computed()
    {
        var tickets = new StringBuilder();
        for (var i = 0; i < 5_000; i++)
        {
            tickets.Append(CultureInfo.InvariantCulture, $$"""{"no":"T{{i}}","kind":"rental","events":[{"type":"report","at":"2025-03-03T0{{1 + (i % 9)}}:00:00"}""");
            for (var next = i + 1; next <= i + 3 && next < 5_000; next++)
            {
                tickets.Append(CultureInfo.InvariantCulture, $$""",{"type":"merge","at":"2025-03-03T12:00:00","into":"T{{next}}","approvedBy":"b"}""");
            }

            tickets.Append(i == 4_999 ? "]}" : "]},");
        }

        var file = folder.Put("net.json", Vectors.File($$"""{"id":"net","policy":"strict","asOf":"2025-03-03T13:00:00","tickets":[{{tickets}}]}"""));

        var result = (await folder.Run("replay", "--file", file)).Exits(0).Json["vectors"]![0]!;

        Assert.Equal("2025-03-03T01:00:00+08:00", (string)result["tickets"]!["T4999"]!["startAt"]!);
        Assert.Equal((5_000, 4_999, 1), ((int)result["months"]!["2025-03"]!["received"]!, (int)result["months"]!["2025-03"]!["excluded"]!, (int)result["months"]!["2025-03"]!["pending"]!));
    }

    public void Dispose() => folder.Dispose();

    private static (long Gross, long Paused, long Official) Seconds(JsonNode ticket) =>
        ((long)ticket["grossElapsedSec"]!, (long)ticket["pausedSec"]!, (long)ticket["officialElapsedSec"]!);

    // The holidays of 2025 from the State Council's notice, up to July.
    private static int WorkingDaysTo(DateOnly end)
    {
        DateOnly[] off =
        [
            new(2025, 1, 1), .. Days(new(2025, 1, 28), 8), .. Days(new(2025, 4, 4), 3), .. Days(new(2025, 5, 1), 5), .. Days(new(2025, 5, 31), 3),
        ];
        DateOnly[] on = [new(2025, 1, 26), new(2025, 2, 8), new(2025, 4, 27)];
        return Days(new(2025, 1, 1), end.DayNumber - new DateOnly(2025, 1, 1).DayNumber)
            .Count(d => on.Contains(d) || (!off.Contains(d) && d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)));

        static IEnumerable<DateOnly> Days(DateOnly from, int count) => Enumerable.Range(0, count).Select(from.AddDays);
    }

    private static JsonArray Expected(JsonNode cases) => [.. cases.AsArray().Select(c =>
    {
        var expected = c!["expected"]!.DeepClone();
        expected["id"] = (string)c["id"]!;
        return expected;
    })];

    private static void Same(JsonArray expected, JsonArray actual, int count)
    {
        Assert.Equal((count, count), (expected.Count, actual.Count));
        for (var i = 0; i < count; i++)
        {
            Assert.True(
                JsonNode.DeepEquals(expected[i], actual[i]),
                $"{expected[i]!["id"]}\nexpected {expected[i]!.ToJsonString(Plain)}\nactual   {actual[i]!.ToJsonString(Plain)}");
        }
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
