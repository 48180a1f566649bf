using IncidentDesk.Alerts;
using IncidentDesk.Data;
using IncidentDesk.People;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Web.Api;

/// <summary>People of the desk, added by a 系统管理员; and whether the host is well.</summary>
internal static class PeopleRoutes
{
    public static void MapPeople(this WebApplication app)
    {
        var desk = app.MapDesk("people");
        desk.MapGet("/people", (Delegate)(async (HttpContext http) => DeskApi.Json(await http.Send(new ListPeople(http.Caller())), (json, people) =>
        {
            json.WriteStartArray();
            foreach (var person in people)
            {
                Write(json, person);
            }

            json.WriteEndArray();
        }))).WithName("people");
        desk.MapPost("/people", (Delegate)(async (HttpContext http) =>
        {
            var (body, _, refused) = await Body.Read<PersonBody>(http);
            return body is null
                ? Problems.Of(refused!)
                : DeskApi.Json(await http.Send(new AddPerson(http.Caller(), body.Id, body.Name, string.Join(',', body.Roles), body.ServicePoint)), Write, 201);
        })).Accepts<PersonBody>("application/json").WithName("addPerson");
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).ExcludeFromDescription();
        app.MapGet("/health/ready", async (HttpContext http, DeskDb db, DeskSettings settings, CancellationToken cancel) =>
        {
            try
            {
                // Who hosts the jobs answers for them: a watch that stands still is no ready desk.
                var wrong = settings.JobsHost == JobsHost.Web ? await http.Send(new ReadPulse()) : [];
                return !await db.Installations.AnyAsync(cancel) ? Results.Text("no installation", statusCode: 503)
                    : wrong.Count > 0 ? Results.Text(string.Join('\n', wrong), statusCode: 503)
                    : Results.Text("ready");
            }
            catch (System.Data.Common.DbException e)
            {
                return Results.Text("database: " + e.GetType().Name, statusCode: 503);
            }
        }).ExcludeFromDescription();
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, PersonRow person)
    {
        json.WriteStartObject();
        json.WriteString("id", person.Id);
        json.WriteString("name", person.Name);
        json.WriteString("roles", person.Roles);
        json.WriteString("servicePoint", person.ServicePoint);
        json.WriteEndObject();
    }

    internal sealed record PersonBody(string Id, string Name, string[] Roles, string? ServicePoint = null);
}
