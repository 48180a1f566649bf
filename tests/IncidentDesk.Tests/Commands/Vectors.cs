using System.Text;
using System.Text.Json.Nodes;

namespace IncidentDesk.Tests.Commands;

/// <summary>Vector files written for a test: the calendars and policies of the sample, some more, and vectors in a short form.</summary>
internal static class Vectors
{
    private const string Policies = """
        "pauseOffice7h": {"calendar":"office7h","clockStart":"reported","responseLimitSec":1800,"resolutionLimitSec":86400,"pauseMode":"approved","reopenMode":"cumulative","lateLogFlagSec":1800,"weight":10},
        "officeDay": {"calendar":"office7h","clockStart":"reported","responseLimitSec":1800,"resolutionLimitSec":25200,"pauseMode":"none","reopenMode":"cumulative","lateLogFlagSec":1800,"weight":10},
        "night": {"calendar":"night","clockStart":"reported","responseLimitSec":1800,"resolutionLimitSec":36000,"pauseMode":"none","reopenMode":"cumulative","lateLogFlagSec":1800,"weight":10},
        "weight12.5": {"calendar":"24x7","clockStart":"reported","responseLimitSec":1800,"resolutionLimitSec":86400,"pauseMode":"none","reopenMode":"cumulative","lateLogFlagSec":1800,"weight":12.5},
        "weight7.009": {"calendar":"24x7","clockStart":"reported","responseLimitSec":1800,"resolutionLimitSec":86400,"pauseMode":"none","reopenMode":"cumulative","lateLogFlagSec":1800,"weight":7.009}
        """;

    /// <summary>A file of these vectors.</summary>
    public static string File(string vectors)
    {
        var sample = JsonNode.Parse(System.IO.File.ReadAllBytes(DeskFolder.Sample("vectors.json")))!;
        sample["calendars"]!["night"] = JsonNode.Parse("""{"mode":"workhours","windows":[["00:00","06:00"],["20:00","24:00"]]}""");
        foreach (var (name, policy) in JsonNode.Parse("{" + Policies + "}")!.AsObject().ToList())
        {
            sample["policies"]![name] = policy!.DeepClone();
        }

        sample["vectors"] = JsonNode.Parse("[" + vectors + "]");
        sample["aggregates"] = new JsonArray();
        return sample.ToJsonString();
    }

    /// <summary>
    /// A vector in short form: tickets separated by |, named A, B, C; events by ; as <c>type time key=value</c>. A time without a year is of 2025. A ticket may begin
    /// with its kind and a colon.
    /// </summary>
    public static string Of(string id, string policy, string asOf, string tickets)
    {
        var all = new JsonArray();
        foreach (var ticket in tickets.Split('|'))
        {
            var (kind, events) = ticket.Split(": ", 2) is [var k, var rest] ? (k.Trim(), rest) : ("rental", ticket);
            all.Add(new JsonObject
            {
                ["no"] = ((char)('A' + all.Count)).ToString(),
                ["kind"] = kind,
                ["events"] = new JsonArray([.. events.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Event)]),
            });
        }

        return new JsonObject { ["id"] = id, ["policy"] = policy, ["asOf"] = Time(asOf), ["tickets"] = all }.ToJsonString();
    }

    private static JsonObject Event(string text)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var e = new JsonObject { ["type"] = words[0], ["at"] = Time(words[1]) };
        foreach (var word in words.Skip(2))
        {
            var pair = word.Split('=');
            e[pair[0] == "by" ? "approvedBy" : pair[0]] = pair switch
            {
                ["auto"] => true,
                ["recordedAt" or "to" or "value", var time] => Time(time),
                [_, var value] => value,
                _ => throw new ArgumentException(word),
            };
        }

        return e;
    }

    private static string Time(string text) =>
        text.Length > 2 && text[2] == '-' ? (text.Length == 11 ? $"2025-{text}:00" : "2025-" + text) : text;
}
