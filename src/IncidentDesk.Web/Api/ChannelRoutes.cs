using System.Text.Json;
using IncidentDesk.Channels;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Web.Api;

/// <summary>Ways out of the house, kept by 绩效经办人 and 系统管理员; what they gave up; and where people are reached.</summary>
internal static class ChannelRoutes
{
    public static void MapChannels(this WebApplication app)
    {
        var desk = app.MapDesk("channels");
        desk.MapGet("/channels", (Delegate)(async (HttpContext http) => DeskApi.Json(await http.Send(new ReadChannels(http.Caller())), (json, channels) => List(json, channels, Write)))).WithName("channels");
        desk.MapPost("/channels", (Delegate)(async (HttpContext http) =>
        {
            var (b, _, refused) = await Body.Read<ChannelBody>(http);
            return b is null ? Problems.Of(refused!) : DeskApi.Json(await http.Send(new SaveChannel(http.Caller(), b.Code, b.Kind, b.Name, b.Enabled, b.Settings)), Write, 201);
        })).Accepts<ChannelBody>("application/json").WithName("addChannel");
        desk.MapPost("/channels/{code}/change", async (HttpContext http, string code) =>
        {
            var (b, _, refused) = await Body.Read<ChangeBody>(http);
            return b is null ? Problems.Of(refused!) : DeskApi.Json(await http.Send(new SaveChannel(http.Caller(), code, null, b.Name, b.Enabled, b.Settings)), Write);
        }).Accepts<ChangeBody>("application/json").WithName("changeChannel");
        desk.MapPost("/channels/{code}/test", async (HttpContext http, string code) =>
        {
            var (b, _, refused) = await Body.Read<TestBody>(http);
            return b is null ? Problems.Of(refused!) : DeskApi.Json(await http.Send(new TestChannel(http.Caller(), code, b.Person)), Write);
        }).Accepts<TestBody>("application/json").WithName("testChannel");
        desk.MapPost("/channels/{code}/resend", async (HttpContext http, string code) => DeskApi.Json(await http.Send(new ResendDead(http.Caller(), null, code)), Resent)).WithName("resendChannel");
        desk.MapGet("/dead-letters", async (HttpContext http, string? channel, string? cursor, int? limit) =>
            DeskApi.Json(await http.Send(new ReadDeadLetters(http.Caller(), channel, cursor, limit)), (json, page) =>
            {
                json.WriteStartObject();
                json.WritePropertyName("items");
                List(json, page.Items, Write);
                json.WriteString("next", page.Next);
                json.WriteEndObject();
            })).WithName("deadLetters");
        desk.MapPost("/dead-letters/{id}/resend", async (HttpContext http, string id) => DeskApi.Json(await http.Send(new ResendDead(http.Caller(), id, null)), Resent)).WithName("resend");
        desk.MapGet("/contacts", (Delegate)(async (HttpContext http) => DeskApi.Json(await http.Send(new ReadContacts(http.Caller())), (json, all) => List(json, all, Write)))).WithName("contacts");
        desk.MapPost("/people/{id}/contact", async (HttpContext http, string id) =>
        {
            var (b, _, refused) = await Body.Read<ContactBody>(http);
            return b is null ? Problems.Of(refused!) : DeskApi.Json(await http.Send(new SetContact(http.Caller(), id, b.Email, b.Phone)), Write);
        }).Accepts<ContactBody>("application/json").WithName("setContact");
    }

    private static void List<T>(Utf8JsonWriter json, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            write(json, item);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ChannelView channel)
    {
        json.WriteStartObject();
        json.WriteString("code", channel.Row.Code);
        json.WriteString("kind", channel.Row.Kind);
        json.WriteString("name", channel.Row.Name);
        json.WriteBoolean("enabled", channel.Row.Enabled);
        Texts("settings", channel.Settings);
        Texts("secrets", channel.Secrets);
        json.WriteString("heldUntil", Time(channel.Row.HeldUntil));
        json.WriteString("brokenAt", Time(channel.Row.BrokenAt));
        json.WriteString("brokenBecause", channel.Row.BrokenBecause);
        json.WriteNumber("waiting", channel.Waiting);
        json.WriteNumber("dead", channel.Dead);
        json.WriteString("changedAt", Time(channel.Row.ChangedAt));
        json.WriteString("changedBy", channel.Row.ChangedBy);
        json.WriteEndObject();

        void Texts(string name, IReadOnlyDictionary<string, string> texts)
        {
            json.WriteStartObject(name);
            foreach (var (setting, text) in texts.OrderBy(t => t.Key, StringComparer.Ordinal))
            {
                json.WriteString(setting, text);
            }

            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, DeliveryOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("outcome", JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.How.ToString()));
        json.WriteString("reason", outcome.Reason);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeadLetter letter)
    {
        json.WriteStartObject();
        json.WriteString("id", letter.Id);
        json.WriteString("alert", letter.Alert);
        json.WriteString("channel", letter.Channel);
        json.WriteString("person", letter.Person);
        json.WriteNumber("attempts", letter.Attempts);
        json.WriteString("reason", letter.Reason);
        json.WriteString("raisedAt", Iso.Recorded(letter.RaisedAt));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Contact contact)
    {
        json.WriteStartObject();
        json.WriteString("person", contact.Person);
        json.WriteString("email", contact.Email);
        json.WriteString("phone", contact.Phone);
        json.WriteEndObject();
    }

    private static void Resent(Utf8JsonWriter json, int count)
    {
        json.WriteStartObject();
        json.WriteNumber("resent", count);
        json.WriteEndObject();
    }

    private static string? Time(DateTimeOffset? at) => at is { } known ? Iso.Recorded(known) : null;

    internal sealed record ChannelBody(string Code, string Kind, string Name, bool Enabled = true, Dictionary<string, string>? Settings = null);

    internal sealed record ChangeBody(string? Name = null, bool? Enabled = null, Dictionary<string, string>? Settings = null);

    internal sealed record TestBody(string? Person = null);

    internal sealed record ContactBody(string? Email = null, string? Phone = null);
}
