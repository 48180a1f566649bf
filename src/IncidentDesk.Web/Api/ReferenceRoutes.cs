using System.Globalization;
using System.Text.Json;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Reference;

namespace IncidentDesk.Web.Api;

/// <summary>Policies, calendars, official days, ladders, scope and codes, all by the same routes: lists, versions, a preview, and asking for a new version.</summary>
internal static class ReferenceRoutes
{
    public static void MapReference(this WebApplication app)
    {
        var desk = app.MapDesk("reference");
        desk.MapGet("/reference", (Delegate)(async (HttpContext http) =>
            DeskApi.Json(await http.Send(new ListReference(http.Caller())), ReferenceJson.Write))).WithName("referenceLists");
        desk.MapGet("/reference/{list}", async (HttpContext http, string list) =>
            DeskApi.Json(await http.Send(new ReadCodes(http.Caller(), list)), (json, codes) => ReferenceJson.Write(json, list, codes))).WithName("referenceCodes");
        desk.MapGet("/reference/{list}/{code}", async (HttpContext http, string list, string code) =>
        {
            var outcome = await http.Send(new ReadVersions(http.Caller(), list, code));
            http.Response.Headers.ETag = outcome.Value is { } history ? $"\"{history.Latest}\"" : default(string);
            return DeskApi.Json(outcome, ReferenceJson.Write);
        }).WithName("referenceVersions");
        desk.MapPost("/reference/{list}/{code}/versions", Ask).Accepts<VersionBody>("application/json", "text/csv").WithName("askVersion");
        desk.MapPost("/reference/{list}/{code}/preview", async (HttpContext http, string list, string code) =>
        {
            var (draft, _, refused) = await Read(http, list, code);
            return draft is null ? Problems.Of(refused!) : DeskApi.Json(await http.Send(new PreviewVersion(http.Caller(), draft)), ReferenceJson.Write);
        }).Accepts<VersionBody>("application/json", "text/csv").WithName("previewVersion");
    }

    private static async Task<IResult> Ask(HttpContext http, string list, string code)
    {
        var (seen, mismatch) = http.IfMatch(required: true);
        if (mismatch is not null)
        {
            return Problems.Of(mismatch);
        }

        var (draft, key, refused) = await Read(http, list, code);
        return draft is null
            ? Problems.Of(refused!)
            : DeskApi.Json(await http.Send(new AskVersion(http.Caller(), draft, seen, key)), ReferenceJson.Write, 202);
    }

    private static async Task<(VersionDraft? Draft, string? Idempotency, Refusal? Refused)> Read(HttpContext http, string list, string code)
    {
        if (list == ReferenceList.OfficialDays && Body.IsCsv(http))
        {
            var (csv, csvKey, unread) = await Body.ReadText(http);
            return csv is null ? (null, null, unread) : (Csv(http, code, csv), csvKey, null);
        }

        var (body, key, refused) = await Body.Read<VersionBody>(http);
        if (body is null)
        {
            return (null, null, refused);
        }

        var (content, wrong) = body.Content is null ? (null, null) : Content(body.Content);
        return wrong is not null ? (null, null, wrong) : (new VersionDraft(list, code, body.NameZh, body.NameEn, body.ValidFrom, body.Ended, content, body.Note), key, null);
    }

    /// <summary>A year's list as a file: its source and its valid-from stand in the query, the first day of the year where nothing is said.</summary>
    private static VersionDraft Csv(HttpContext http, string year, string csv)
    {
        var content = new Payload().Add("year", long.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null)
            .Add("source", http.Request.Query["source"].ToString()).Add("days", csv);
        var from = http.Request.Query["validFrom"].ToString();
        return new VersionDraft(
            ReferenceList.OfficialDays, year, $"{year}年节假日安排", $"Official days of {year}", from.Length == 0 ? $"{year}-01-01" : from, false, content, null);
    }

    /// <summary>The members as a flat payload; <c>csv</c> is another name for the days of an official list.</summary>
    private static (Payload? Content, Refusal? Refused) Content(Dictionary<string, JsonElement> members)
    {
        var content = new Payload();
        foreach (var (name, value) in members.Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            var text = Text(value);
            var member = name == "csv" ? "days" : name;
            if (text is null || content.Names.Contains(member))
            {
                return (null, new Refusal("bad_json", "content." + name, "请求内容不是所要求的 JSON：各项应为文字或数字。", "The body is not the JSON asked for: members of the content are texts or numbers."));
            }

            content.Add(member, text);
        }

        return (content, null);
    }

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null };
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: no text that could be stored.
            return null;
        }
    }

    /// <summary>A version to be recorded. Content has the members of the list, as GET gives them; without it the code keeps what it has.</summary>
    internal sealed record VersionBody(
        string NameZh, string NameEn, string ValidFrom, bool Ended = false, Dictionary<string, JsonElement>? Content = null, string? Note = null);
}
