using System.Text.Json;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;

namespace IncidentDesk.Web.Api;

/// <summary>People of the desk and their accounts, kept by a 系统管理员; deputies also by the approver concerned.</summary>
internal static class PeopleRoutes
{
    public static void MapPeople(this WebApplication app)
    {
        var desk = app.MapDesk("people");
        desk.MapGet("/people", (Delegate)(async (HttpContext http) => DeskApi.Json(await http.Send(new ReadPeople(http.Caller())), (json, view) =>
        {
            json.WriteStartArray();
            foreach (var person in view.People)
            {
                Write(json, person);
            }

            json.WriteEndArray();
        }))).WithName("people");
        Post<PersonBody, PersonAdded>(desk, "/people", "addPerson", (http, _, b) => new AddPerson(http.Caller(), b.Id, b.Name, Codes(b.Roles), b.ServicePoint), Write, 201);
        Post<ChangeBody, PersonRow>(desk, "/people/{id}/change", "changePerson", (http, id, b) => new ChangePerson(
            http.Caller(), id, b.Roles is null ? null : Codes(b.Roles), b.Towns, b.ServicePoints, b.EndsAt?.ToUtc(), b.Disabled), Write);
        Post<ResetBody, PersonAdded>(desk, "/people/{id}/reset", "resetPerson", (http, id, b) => new ResetAccount(http.Caller(), id, b.SecondFactor), Write);
        Post<DeputyBody, DeputyRow>(desk, "/people/{id}/deputies", "setDeputy", (http, id, b) => new SetDeputy(http.Caller(), id, b.Deputy, b.Since.ToUtc(), b.Until.ToUtc()), Write, 201);
        desk.MapDelete("/deputies/{id}", async (HttpContext http, string id) => DeskApi.Json(await http.Send(new EndDeputy(http.Caller(), id)), Write)).WithName("endDeputy");
    }

    private static void Post<TBody, T>(
        RouteGroupBuilder desk, string route, string name, Func<HttpContext, string, TBody, MediatR.IRequest<Pipeline.Outcome<T>>> message, Action<Utf8JsonWriter, T> write, int status = 200)
        where TBody : class =>
        desk.MapPost(route, (Delegate)(async (HttpContext http) =>
        {
            var (body, _, refused) = await Body.Read<TBody>(http);
            return body is null ? Problems.Of(refused!) : DeskApi.Json(await http.Send(message(http, http.Request.RouteValues["id"]?.ToString() ?? "", body)), write, status);
        })).Accepts<TBody>("application/json").WithName(name);

    /// <summary>Each member is one code; one that holds several, or nothing, is none.</summary>
    private static string Codes(string?[] roles) => roles.All(r => r?.Contains(',', StringComparison.Ordinal) == false) ? string.Join(',', roles) : "?";

    private static void Write(Utf8JsonWriter json, PersonRow person)
    {
        json.WriteStartObject();
        Members(json, person);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PersonAdded added)
    {
        json.WriteStartObject();
        Members(json, added.Person);
        json.WriteString("oneTimePassword", added.OneTimePassword);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DeputyRow deputy)
    {
        json.WriteStartObject();
        json.WriteString("id", deputy.Id);
        json.WriteString("principal", deputy.Principal);
        json.WriteString("deputy", deputy.Deputy);
        json.WriteString("since", Iso.Recorded(deputy.Since));
        json.WriteString("until", Iso.Recorded(deputy.Until));
        json.WriteEndObject();
    }

    private static void Members(Utf8JsonWriter json, PersonRow person)
    {
        json.WriteString("id", person.Id);
        json.WriteString("name", person.Name);
        json.WriteString("roles", person.Roles);
        json.WriteString("servicePoint", person.ServicePoint);
        json.WriteString("towns", person.Towns);
        json.WriteString("servicePoints", person.ServicePoints);
        json.WriteString("disabledAt", person.DisabledAt is { } off ? Iso.Recorded(off) : null);
        json.WriteString("endsAt", person.EndsAt is { } ends ? Iso.Recorded(ends) : null);
    }

    internal sealed record PersonBody(string Id, string Name, string[] Roles, string? ServicePoint = null);

    internal sealed record ChangeBody(string[]? Roles = null, string[]? Towns = null, string[]? ServicePoints = null, Instant? EndsAt = null, bool? Disabled = null);

    internal sealed record ResetBody(bool SecondFactor = false);

    internal sealed record DeputyBody(string Deputy, Instant Since, Instant Until);
}
