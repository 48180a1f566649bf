using IncidentDesk.Data;
using IncidentDesk.People;

namespace IncidentDesk.Web.Api;

/// <summary>People of the desk, added by a 系统管理员.</summary>
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
                : DeskApi.Json(await http.Send(new AddPerson(http.Caller(), body.Id, body.Name, Codes(body.Roles), body.ServicePoint)), Write, 201);
        })).Accepts<PersonBody>("application/json").WithName("addPerson");
    }

    /// <summary>Each member is one code; one that holds several, or nothing, is none.</summary>
    private static string Codes(string?[] roles) => roles.All(r => r?.Contains(',', StringComparison.Ordinal) == false) ? string.Join(',', roles) : "?";

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
