using System.Text.Json;
using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Web.Api;

/// <summary>The caller's own inbox, and 已知悉; how the watch does; the ways out of the house.</summary>
internal static class AlertRoutes
{
    public static void MapAlerts(this WebApplication app)
    {
        var desk = app.MapDesk("alerts");
        desk.MapGet("/inbox", async (HttpContext http, bool? open, string? cursor, int? limit) =>
            DeskApi.Json(await http.Send(new ReadInbox(http.Caller(), open ?? false, cursor, limit)), (json, page) =>
            {
                json.WriteStartObject();
                json.WriteStartArray("items");
                foreach (var item in page.Items)
                {
                    Write(json, item, page.Zone);
                }

                json.WriteEndArray();
                json.WriteString("next", page.Next);
                json.WriteEndObject();
            })).WithName("inbox");
        desk.MapPost("/inbox/{id}/acknowledge", async (HttpContext http, string id) =>
        {
            var (key, refused) = Body.KeyOf(http);
            return refused is not null
                ? Problems.Of(refused)
                : DeskApi.Json(await http.Send(new Acknowledge(http.Caller(), id, key)), (json, known) =>
                {
                    json.WriteStartObject();
                    json.WriteString("id", known.Alert);
                    json.WriteString("acknowledgedAt", Iso.Recorded(known.At));
                    json.WriteEndObject();
                });
        }).WithName("acknowledge");
        desk.MapGet("/watch", (Delegate)Watch).WithName("watch");
        app.MapChannels();
    }

    private static async Task<IResult> Watch(HttpContext http) => DeskApi.Json(await http.Send(new ReadWatch(http.Caller())), Write);

    private static void Write(Utf8JsonWriter json, WatchState watch)
    {
        json.WriteStartObject();
        json.WriteStartArray("wrong");
        foreach (var wrong in watch.Wrong)
        {
            json.WriteStringValue(wrong);
        }

        json.WriteEndArray();
        json.WriteString("lastTick", watch.LastTick is { } tick ? Iso.Recorded(tick) : null);
        Delays("raisedAfter", watch.Raised);
        Delays("deliveredAfter", watch.Delivered);
        json.WriteNumber("waiting", watch.Waiting);
        json.WriteString("waitingSince", watch.WaitingSince is { } since ? Iso.Recorded(since) : null);
        json.WriteEndObject();

        void Delays(string name, Delays delays)
        {
            json.WriteStartObject(name);
            json.WriteNumber("count", delays.Count);
            json.WriteOrNull("medianSec", (decimal?)delays.MedianSec);
            json.WriteOrNull("p99Sec", (decimal?)delays.P99Sec);
            json.WriteOrNull("worstSec", (decimal?)delays.WorstSec);
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, InboxItem item, Zone zone)
    {
        json.WriteStartObject();
        json.WriteString("id", item.Alert.Id);
        if (item.Alert is { Timer: not AlertRow.Canary, Incident: > 0 })
        {
            json.WriteString("number", item.Number);
        }

        json.WriteString("timer", item.Alert.Timer);
        json.WriteString("step", item.Alert.Step);
        json.WriteNumber("deadlineVersion", item.Alert.DeadlineVersion);
        json.WriteString("owedAt", zone.Format(item.Alert.DueAt));
        json.WriteString("raisedAt", Iso.Recorded(item.Alert.RaisedAt));
        json.WriteString("textZh", item.Alert.Zh);
        json.WriteString("textEn", item.Alert.En);
        json.WriteString("acknowledgedAt", item.AcknowledgedAt is { } at ? Iso.Recorded(at) : null);
        json.WriteStartArray("knownBy");
        foreach (var (person, known) in item.KnownBy)
        {
            json.WriteStartObject();
            json.WriteString("id", person.Id);
            json.WriteString("name", person.Name);
            json.WriteString("at", Iso.Recorded(known));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
