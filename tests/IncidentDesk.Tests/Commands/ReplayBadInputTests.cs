using System.Text;
using System.Text.Json.Nodes;
using IncidentDesk.Replay;

namespace IncidentDesk.Tests.Commands;

/// <summary>A file that is no file of vectors is refused whole: a code, a sentence with the place, nothing computed.</summary>
public sealed class ReplayBadInputTests : IDisposable
{
    private const string Whole = """
        {"timezone":"Asia/Shanghai","calendars":{"c":{"mode":"workhours","windows":[["08:30","12:00"]]},"d":{"mode":"calendar"}},
         "policies":{"p":{"calendar":"d","clockStart":"reported","responseLimitSec":1800,"resolutionLimitSec":86400,"pauseMode":"none","reopenMode":"cumulative","lateLogFlagSec":1800,"weight":10}},
         "vectors":[{"id":"V","policy":"p","asOf":"2025-03-10T00:00:00","tickets":[{"no":"A","kind":"rental","events":[
            {"type":"report","at":"2025-03-03T09:00:00"},
            {"type":"merge","at":"2025-03-03T10:00:00","into":"Z","approvedBy":"b"},
            {"type":"extend","at":"2025-03-03T10:00:00","to":"2025-03-09T09:00:00","approvedBy":"b"},
            {"type":"correct","at":"2025-03-03T10:00:00","field":"reported","value":"2025-03-03T09:00:00","approvedBy":"b"}]}]}],
         "aggregates":[{"id":"G","weight":10,"counts":{"2025-01":{"onTime":1,"breached":0,"pending":0,"excluded":0}}}]}
        """;

    private readonly DeskFolder folder = new();

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("vectors")]
    [InlineData("{\"vectors\":")]
    [InlineData("{\"vectors\":[]} {}")]
    [InlineData("原编号,领域\n1,出租屋\n")]
    public async Task What_is_not_json_is_refused(string text) => (await folder.Run("replay", "--file", folder.Put("bad.json", text))).Refused("bad_json");

    [Fact]
    public async Task Nothing_on_standard_input_is_refused() => (await folder.Run("replay", "--file", "-")).Refused("bad_json");

    [Theory]
    [InlineData("utf-16")]
    [InlineData("workbook")]
    [InlineData("not utf-8")]
    [InlineData("half a pair")]
    [InlineData("deep")]
    public async Task Bytes_that_are_no_json_text_are_refused(string what)
    {
        byte[] bytes = what switch
        {
            "utf-16" => [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Whole)],
            "workbook" => [(byte)'P', (byte)'K', 3, 4, .. new byte[200]],
            "not utf-8" => Encoding.Latin1.GetBytes(Whole.Replace("\"V\"", "\"\u00FF\"", StringComparison.Ordinal)),
            "half a pair" => Encoding.UTF8.GetBytes(Whole.Replace("\"V\"", "\"\\ud800\"", StringComparison.Ordinal)),
            _ => Encoding.UTF8.GetBytes(new string('[', 100_000)),
        };

        (await folder.Run(["replay", "--file", "-"], bytes)).Refused("bad_json");
    }

    [Fact]
    public async Task A_missing_file_and_a_folder_are_refused()
    {
        (await folder.Run("replay", "--file", folder.Place("nowhere.json"))).Refused("file_unreadable");
        (await folder.Run("replay", "--file", Path.GetTempPath())).Refused("file_unreadable");
    }

    [Fact]
    public async Task The_whole_file_is_computed()
    {
        var result = (await folder.Run("replay", "--file", folder.Put("whole.json", Whole))).Exits(0).Json;

        Assert.Equal("excluded", (string)result["vectors"]![0]!["tickets"]!["A"]!["outcome"]!);
        Assert.Equal("100.00", (string)result["aggregates"]![0]!["total"]!["ratePct"]!);
    }

    [Fact]
    public async Task A_byte_order_mark_is_passed_over() =>
        (await folder.Run("replay", "--file", folder.Put("bom.json", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Whole)]))).Exits(0);

    [Theory]
    [InlineData("vectors", "policy")]
    [InlineData("vectors", "asOf")]
    [InlineData("vectors", "tickets")]
    public async Task A_vector_without_a_member_is_refused_on_the_command_line(string list, string member)
    {
        var file = JsonNode.Parse(Whole)!;
        file[list]![0]!.AsObject().Remove(member);

        var ran = await folder.Run("replay", "--file", folder.Put("lacks.json", file.ToJsonString()));

        ran.Refused("missing_member");
        Assert.Contains($"$.{list}[0].{member}", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$.calendars")]
    [InlineData("$.policies")]
    [InlineData("$.vectors")]
    [InlineData("$.calendars.c.mode")]
    [InlineData("$.calendars.c.windows")]
    [InlineData("$.policies.p.calendar")]
    [InlineData("$.policies.p.clockStart")]
    [InlineData("$.policies.p.responseLimitSec")]
    [InlineData("$.policies.p.resolutionLimitSec")]
    [InlineData("$.policies.p.pauseMode")]
    [InlineData("$.policies.p.reopenMode")]
    [InlineData("$.policies.p.lateLogFlagSec")]
    [InlineData("$.policies.p.weight")]
    [InlineData("$.vectors[0].id")]
    [InlineData("$.vectors[0].policy")]
    [InlineData("$.vectors[0].asOf")]
    [InlineData("$.vectors[0].tickets")]
    [InlineData("$.vectors[0].tickets[0].no")]
    [InlineData("$.vectors[0].tickets[0].kind")]
    [InlineData("$.vectors[0].tickets[0].events")]
    [InlineData("$.vectors[0].tickets[0].events[0].type")]
    [InlineData("$.vectors[0].tickets[0].events[0].at")]
    [InlineData("$.vectors[0].tickets[0].events[1].into")]
    [InlineData("$.vectors[0].tickets[0].events[2].to")]
    [InlineData("$.vectors[0].tickets[0].events[3].field")]
    [InlineData("$.vectors[0].tickets[0].events[3].value")]
    [InlineData("$.aggregates[0].id")]
    [InlineData("$.aggregates[0].counts")]
    [InlineData("$.aggregates[0].counts.2025-01.onTime")]
    [InlineData("$.aggregates[0].counts.2025-01.breached")]
    [InlineData("$.aggregates[0].counts.2025-01.pending")]
    [InlineData("$.aggregates[0].counts.2025-01.excluded")]
    public void Every_required_member_is_missed_by_its_place(string place)
    {
        var file = JsonNode.Parse(Whole)!;
        var (owner, member) = Find(file, place);
        owner.Remove(member);

        var missing = Refusal(file.ToJsonString());
        owner[member] = null;
        var empty = Refusal(file.ToJsonString());

        Assert.Equal(("missing_member", place), (missing.Code, missing.Field));
        Assert.Equal(missing, empty);
    }

    [Theory]
    [InlineData("$", "[]")]
    [InlineData("$.timezone", "\"Mars/Olympus\"")]
    [InlineData("$.timezone", "8")]
    [InlineData("$.calendars", "[]")]
    [InlineData("$.calendars.c", "\"24x7\"")]
    [InlineData("$.calendars.c.mode", "\"lunar\"")]
    [InlineData("$.calendars.c.windows", "[]")]
    [InlineData("$.calendars.c.windows[0]", "[\"08:30\"]")]
    [InlineData("$.calendars.c.windows[0]", "[\"12:00\",\"08:30\"]")]
    [InlineData("$.calendars.c.windows[0]", "[\"08:30\",\"25:00\"]")]
    [InlineData("$.policies.p", "7")]
    [InlineData("$.policies.p.calendar", "\"office\"")]
    [InlineData("$.policies.p.clockStart", "\"archived\"")]
    [InlineData("$.policies.p.responseLimitSec", "\"1800\"")]
    [InlineData("$.policies.p.resolutionLimitSec", "-1")]
    [InlineData("$.policies.p.resolutionLimitSec", "86400.5")]
    [InlineData("$.policies.p.resolutionLimitSec", "1e18")]
    [InlineData("$.policies.p.pauseMode", "true")]
    [InlineData("$.policies.p.reopenMode", "\"sometimes\"")]
    [InlineData("$.policies.p.extensionAffectsIndicator", "true")]
    [InlineData("$.policies.p.weight", "-0.1")]
    [InlineData("$.vectors", "{}")]
    [InlineData("$.vectors[0]", "[]")]
    [InlineData("$.vectors[0].id", "1")]
    [InlineData("$.vectors[0].policy", "\"lenient\"")]
    [InlineData("$.vectors[0].asOf", "20250310")]
    [InlineData("$.vectors[0].tickets", "\"A\"")]
    [InlineData("$.vectors[0].tickets[0].events[0]", "\"report\"")]
    [InlineData("$.vectors[0].tickets[0].events[0].at", "1741000000")]
    [InlineData("$.vectors[0].tickets[0].events[0].auto", "\"yes\"")]
    [InlineData("$.vectors[0].tickets[0].events[1].approvedBy", "true")]
    [InlineData("$.aggregates", "{}")]
    [InlineData("$.aggregates[0].counts", "[]")]
    [InlineData("$.aggregates[0].counts.2025-01.onTime", "-1")]
    public void A_member_of_another_type_or_value_is_named_by_its_place(string place, string value)
    {
        var file = JsonNode.Parse(Whole)!;
        if (place == "$")
        {
            file = JsonNode.Parse(value)!;
        }
        else if (place.EndsWith(']'))
        {
            var (owner, list) = Find(file, place[..^3]);
            owner[list]![0] = JsonNode.Parse(value);
        }
        else
        {
            var (owner, member) = Find(file, place);
            owner[member] = JsonNode.Parse(value);
        }

        var refused = Refusal(file.ToJsonString());

        Assert.Equal(("bad_member", place), (refused.Code, refused.Field));
    }

    [Fact]
    public void Two_tickets_of_one_number_are_refused()
    {
        var file = JsonNode.Parse(Whole)!;
        var tickets = file["vectors"]![0]!["tickets"]!.AsArray();
        tickets.Add(tickets[0]!.DeepClone());

        Assert.Equal("bad_member", Refusal(file.ToJsonString()).Code);
    }

    public void Dispose() => folder.Dispose();

    private static Domain.Refusal Refusal(string json)
    {
        var (file, refused) = VectorFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        Assert.Null(file);
        return refused!;
    }

    private static (JsonObject Owner, string Member) Find(JsonNode file, string place)
    {
        var names = place[2..].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        var owner = names[..^1].Aggregate(file, (at, name) => at is JsonArray array ? array[int.Parse(name)]! : at[name]!);
        return (owner.AsObject(), names[^1]);
    }
}
