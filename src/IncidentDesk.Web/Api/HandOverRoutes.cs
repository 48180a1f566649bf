using System.Text.Json;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;

namespace IncidentDesk.Web.Api;

/// <summary>Hands all open tickets of who calls to the next shift, and tells of each what became of it.</summary>
internal static class HandOverRoutes
{
    public static void MapHandOver(this RouteGroupBuilder desk) => desk.MapPost("/hand-over", (Delegate)(async (HttpContext http) =>
    {
        var (body, key, refused) = await Body.Read<HandOverBody>(http);
        if (body is null)
        {
            return Problems.Of(refused!);
        }

        var outcome = await http.Send(new HandOver(http.Caller(), body.To, body.Note, key));
        if (outcome.Value is not { } done)
        {
            return Problems.Of(outcome.Refused!);
        }

        // The same key again reads the lists as they stand by then.
        return DeskApi.Json(await http.Send(new ReadHandOver(http.Caller(), done.To, Instant.Of(done.At))), (json, view) =>
        {
            json.WriteStartObject();
            json.WriteString("to", done.To);
            json.WriteInstant("at", Instant.Of(done.At), view.Zone);
            json.WriteNumber("given", done.Given);
            json.WriteNumber("kept", done.Kept);
            json.WriteStartArray("tickets");
            foreach (var (line, given) in view.Given.Select(l => (l, true)).Concat(view.Mine.Select(l => (l, false))))
            {
                json.WriteStartObject();
                json.WriteString("number", line.Number.ToString());
                json.WriteBoolean("given", given);
                json.WriteString("code", line.Kept?.Code);
                json.WriteString("why", line.Kept?.Zh);
                json.WriteString("whyEn", line.Kept?.En);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    })).Accepts<HandOverBody>("application/json").WithName("handOver");

    internal sealed record HandOverBody(string To, string? Note = null);
}
