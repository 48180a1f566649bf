using System.CommandLine;
using System.Text.Json;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;

namespace IncidentDesk.Worker.Commands;

/// <summary>Checks the whole ledger; exit code 1 when something does not fit.</summary>
internal static class VerifyCommand
{
    public static Command Build()
    {
        var command = new Command("verify", "核验全部事件链、文本、工单行与编号 / check every chain, text, row and number");
        command.SetAction((_, cancel) => CommandLine.OnDesk(
            async services =>
            {
                var result = await services.SendAlone(
                    new VerifyLedger(done => Console.Error.WriteLine($"{done} 件 / incidents")), cancel);
                return Print(result);
            },
            cancel));
        return command;
    }

    /// <summary>Prints what was found; the exit code is 1 where something does not fit.</summary>
    public static int Print(Verification result)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = FigureJson.Plain, Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("incidents", result.Incidents);
            json.WriteNumber("events", result.Events);
            json.WriteNumber("texts", result.Texts);
            json.WriteNumber("problems", result.Problems);
            json.WriteStartArray("named");
            foreach (var problem in result.Named)
            {
                json.WriteStartObject();
                json.WriteString("incident", problem.Incident);
                json.WriteNumber("seq", problem.Seq);
                json.WriteString("problem", problem.Code);
                json.WriteString("detail", problem.Detail);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (result.Gaps is { Count: > 0 } gaps)
            {
                json.WriteStartArray("leftOutByRestore");
                foreach (var gap in gaps)
                {
                    json.WriteStartObject();
                    json.WriteString("first", gap.First.ToString());
                    json.WriteString("last", gap.Last.ToString());
                    json.WriteString("restoredAt", Iso.Recorded(gap.At));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return result.Problems == 0 ? CommandLine.Done : CommandLine.Refused;
    }
}
