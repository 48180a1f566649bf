using IncidentDesk.Incidents;
using IncidentDesk.Jobs;
using IncidentDesk.Pipeline;

namespace IncidentDesk.Web.Api;

/// <summary>Requests for a second person: what waits with what approval would change, approve, reject.</summary>
internal static class RequestRoutes
{
    public static void MapRequests(this WebApplication app)
    {
        var desk = app.MapDesk("requests");
        desk.MapGet("/requests", (Delegate)(async (HttpContext http) => DeskApi.Json(await http.Send(new ListRequests(http.Caller())), (json, requests) =>
        {
            json.WriteStartArray();
            foreach (var view in requests)
            {
                json.WriteStartObject();
                json.WriteString("id", view.Request.Id);
                json.WriteString("number", view.Number);
                json.WriteNumber("seq", view.Seq);
                json.WriteString("subject", view.Request.Subject);
                json.WriteString("requestedBy", view.Request.RequestedBy);
                json.WriteString("before", view.Before?.Code());
                json.WriteString("after", view.After?.Code());
                json.WriteString("changesZh", view.Zh);
                json.WriteString("changesEn", view.En);
                if (view.Version is { } effect)
                {
                    json.WriteString("list", effect.Version.List);
                    json.WriteString("code", effect.Version.Code);
                    ReferenceJson.Asked(json, effect.Version);
                    json.WriteNumber("affectedOpen", effect.Affected);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }))).WithName("requests");
        Decide("approve", true);
        Decide("reject", false);

        void Decide(string act, bool approve) => desk.MapPost($"/requests/{{id}}/{act}", async (HttpContext http, string id) =>
        {
            var (seen, mismatch) = http.IfMatch(required: true);
            if (mismatch is not null)
            {
                return Problems.Of(mismatch);
            }

            var (body, key, refused) = await Body.Read<DecideBody>(http);
            return body is null ? Problems.Of(refused!) : await Decided(http, await http.Send(new DecideRequest(http.Caller(), id, approve, body.Note, seen, key)));
        }).Accepts<DecideBody>("application/json").WithName(act);
    }

    private static async Task<IResult> Decided(HttpContext http, Outcome<RequestDecided> outcome)
    {
        if (outcome.Value is not { Version: { } version })
        {
            return await IncidentRoutes.Changed(http, new Outcome<IncidentChanged>(outcome.Value?.Incident, outcome.Refused));
        }

        await Schedule.RingForVersion(http.RequestServices, http.RequestServices.GetRequiredService<TimeProvider>(), http.RequestAborted);
        http.Response.Headers.ETag = $"\"{version.Version}\"";
        return DeskApi.Written(json => ReferenceJson.Write(json, version));
    }

    internal sealed record DecideBody(string? Note = null);
}
