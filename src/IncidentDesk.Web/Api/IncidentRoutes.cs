using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Web.Api;

/// <summary>Incidents: log, list, read, and every act of one person on one of them. Each route sends one message.</summary>
internal static class IncidentRoutes
{
    public static void MapIncidents(this WebApplication app)
    {
        var desk = app.MapDesk("incidents");
        desk.MapPost("/incidents", (Delegate)Log).Accepts<LogBody>("application/json").WithName("log");
        desk.MapGet("/incidents", async (
            HttpContext http, string? state, string? scope, string? town, string? category, string? handler, string? month, string? order, string? cursor, int? limit) =>
            DeskApi.Json(
                await http.Send(new ListIncidents(http.Caller(), state, scope, town, category, handler, month, order, cursor, limit)), IncidentJson.Write))
            .WithName("list");
        desk.MapGet("/incidents/{number}", Read).WithName("read");
        Act<RespondBody>(desk, "respond", (by, no, b, seen, key) => new Respond(by, no, b.Way, b.At, seen, key));
        Act<ResolveBody>(desk, "resolve", (by, no, b, seen, key) => new Resolve(by, no, b.Manner, b.At, b.FollowUpOn, b.Receipt, b.Handling, seen, key));
        Act<ReopenBody>(desk, "reopen", (by, no, b, seen, key) => new Reopen(by, no, b.Reason, b.At, b.Note, seen, key));
        Act<ReasonBody>(desk, "pause", (by, no, b, seen, key) => new AskPause(by, no, b.Reason, b.Note, seen, key));
        Act<ResumeBody>(desk, "resume", (by, no, b, seen, key) => new Resume(by, no, b.At, seen, key));
        Act<ReasonBody>(desk, "void", (by, no, b, seen, key) => new AskVoid(by, no, b.Reason, b.Note, seen, key));
        Act<ExtendBody>(desk, "extend", (by, no, b, seen, key) => new AskExtension(by, no, b.To, b.Note, seen, key));
        Act<MergeBody>(desk, "merge", (by, no, b, seen, key) => new AskMerge(by, no, b.Into, b.Note, seen, key));
        Act<CorrectBody>(desk, "correct", (by, no, b, seen, key) => new AskCorrection(by, no, b.Field, b.Value, b.Reason, seen, key), ifMatchRequired: true);
        Act<AssignBody>(desk, "assign", (by, no, b, seen, key) => new Assign(by, no, b.Handler, seen, key));
        Act<NothingBody>(desk, "accept", (by, no, _, seen, key) => new AcceptAssignment(by, no, seen, key));
        Act<ReturnBody>(desk, "return", (by, no, b, seen, key) => new ReturnAssignment(by, no, b.Reason, seen, key));
        Act<ExplainBody>(desk, "explain-breach", (by, no, b, seen, key) => new ExplainBreach(by, no, b.Cause, b.Responsible, b.Measure, seen, key));
        desk.MapPost("/incidents/{number}/reveal", async (HttpContext http, string number) =>
        {
            var (body, _, refused) = await Body.Read<RevealBody>(http);
            return body is null
                ? Problems.Of(refused!)
                : DeskApi.Json(await http.Send(new RevealReporter(http.Caller(), number, body.Reason)), (json, who) =>
                {
                    json.WriteStartObject();
                    json.WriteString("number", who.Number);
                    json.WriteString("reporterName", who.Name);
                    json.WriteString("reporterPhone", who.Phone);
                    json.WriteEndObject();
                });
        }).Accepts<RevealBody>("application/json").WithName("reveal");
        desk.MapHandOver();
        Act<NoteBody>(desk, "notes", (by, no, b, seen, key) => new Note(by, no, b.Words, seen, key));
        desk.MapAttachments();
    }

    /// <summary>Answers a change with the incident as it stands now.</summary>
    public static async Task<IResult> Changed(HttpContext http, Outcome<IncidentChanged> outcome, bool created = false)
    {
        if (outcome.Refused is { } refused)
        {
            return Problems.Of(refused);
        }

        var changed = outcome.Value!;
        if (created)
        {
            http.Response.Headers.Location = $"{http.Request.PathBase}/api/v1/incidents/{changed.Number}";
        }

        var view = changed.Written is { } written ? written : await http.Send(new ReadIncident(http.Caller(), changed.Number));
        return View(http, view, changed.RequestId, created ? 201 : 200);
    }

    private static async Task<IResult> Log(HttpContext http)
    {
        var (b, key, refused) = await Body.Read<LogBody>(http);
        if (b is null)
        {
            return Problems.Of(refused!);
        }

        var outcome = await http.Send(new LogFault(
            http.Caller(), b.Kind, b.Category, b.Severity, b.System, b.Town, b.Address, b.Room, b.Basis, b.ServicePoint, b.Source, b.ExternalNo, b.OccurredAt,
            b.ReportedAt, b.Title, b.Description, b.ReporterName, b.ReporterPhone, b.CapturedAt, b.Respond, b.Resolve, key));
        return await Changed(http, outcome, created: outcome.Value is { Known: false });
    }

    private static Task<IResult> Read(HttpContext http, string number) => View(http, number, 200);

    /// <summary>Answers with the incident as it stands now.</summary>
    public static async Task<IResult> View(HttpContext http, string number, int status) => View(http, await http.Send(new ReadIncident(http.Caller(), number)), null, status);

    private static IResult View(HttpContext http, Outcome<IncidentView> outcome, string? requestId, int status)
    {
        if (outcome.Value is { } view)
        {
            http.Response.Headers.ETag = $"\"{view.State.LastSeq}\"";
        }

        return DeskApi.Json(outcome, (json, view) => IncidentJson.Write(json, view, requestId), status);
    }

    private static void Act<T>(
        RouteGroupBuilder desk, string act, Func<People.Caller, string, T, int?, string?, IRequest<Outcome<IncidentChanged>>> message, bool ifMatchRequired = false)
        where T : class =>
        desk.MapPost($"/incidents/{{number}}/{act}", async (HttpContext http, string number) =>
        {
            var (seen, mismatch) = http.IfMatch(ifMatchRequired);
            if (mismatch is not null)
            {
                return Problems.Of(mismatch);
            }

            var (body, key, refused) = await Body.Read<T>(http);
            return body is null ? Problems.Of(refused!) : await Changed(http, await http.Send(message(http.Caller(), number, body, seen, key)));
        }).Accepts<T>("application/json").WithName(act);

    /// <summary>A fault to be logged; respond and resolve may come with it (当场处理).</summary>
    internal sealed record LogBody(
        string Kind, string Category, string Basis, string? Severity = null, string? System = null, string? Town = null, string? Address = null,
        string? Room = null, string? ServicePoint = null, string? Source = null, string? ExternalNo = null, Instant? OccurredAt = null, Instant? ReportedAt = null,
        string? Title = null, string? Description = null, string? ReporterName = null, string? ReporterPhone = null, string? CapturedAt = null,
        RespondNow? Respond = null, ResolveNow? Resolve = null);

    internal sealed record RespondBody(string Way, Instant? At = null);

    internal sealed record ResolveBody(string Manner, Instant? At = null, DateOnly? FollowUpOn = null, string? Receipt = null, string? Handling = null);

    internal sealed record ReopenBody(string Reason, Instant? At = null, string? Note = null);

    internal sealed record ReasonBody(string Reason, string? Note = null);

    internal sealed record ResumeBody(Instant? At = null);

    internal sealed record ExtendBody(Instant To, string? Note = null);

    internal sealed record MergeBody(string Into, string? Note = null);

    internal sealed record CorrectBody(string Field, string Value, string Reason);

    internal sealed record AssignBody(string Handler);

    internal sealed record ReturnBody(string Reason);

    internal sealed record ExplainBody(string Cause, string Responsible, string Measure);

    internal sealed record NoteBody(string Words);

    internal sealed record RevealBody(string Reason);

    internal sealed record NothingBody;
}
