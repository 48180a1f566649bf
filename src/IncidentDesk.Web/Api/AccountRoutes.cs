using System.Text.Json;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using Microsoft.AspNetCore.DataProtection;

namespace IncidentDesk.Web.Api;

/// <summary>One's own account: sign in and out, password, second factor, tokens; and the security log for whoever reads it.</summary>
internal static class AccountRoutes
{
    public static void MapAccounts(this WebApplication app)
    {
        app.MapPost("/api/v1/session", (Delegate)Open).Accepts<SignInBody>("application/json").WithTags("account").WithName("signIn");
        var own = app.MapDesk("account", own: true);
        own.MapGet("/session", (Delegate)((HttpContext http) => DeskApi.Written(json => Write(json, http.Caller())))).WithName("whoAmI");
        own.MapDelete("/session", (Delegate)(async (HttpContext http) =>
        {
            await http.Send(new SignOut(http.Caller()));
            SessionCookie.Clear(http);
            return Results.NoContent();
        })).WithName("signOut");
        own.MapPost("/account/password", (Delegate)(async (HttpContext http) =>
        {
            var (body, _, refused) = await Body.Read<PasswordBody>(http);
            return body is null
                ? Problems.Of(refused!)
                : DeskApi.Json(await http.Send(new ChangePassword(http.Caller(), body.Old, body.New)), (json, person) =>
                {
                    json.WriteStartObject();
                    json.WriteString("person", person);
                    json.WriteEndObject();
                });
        })).Accepts<PasswordBody>("application/json").WithName("changePassword");
        own.MapPost("/account/second-factor/offer", (HttpContext http, IDataProtectionProvider protection, DeskSettings settings) =>
        {
            if (http.Caller().LacksSignIn() is { } unsigned)
            {
                return Problems.Of(unsigned);
            }

            var (key, uri, sealedKey) = SecondFactors.Offer(protection, http.Caller(), settings.District);
            return DeskApi.Written(json =>
            {
                json.WriteStartObject();
                json.WriteString("key", key);
                json.WriteString("uri", uri);
                json.WriteString("sealed", sealedKey);
                json.WriteEndObject();
            });
        }).WithName("offerSecondFactor");
        own.MapPost("/account/second-factor", (Delegate)(async (HttpContext http) =>
        {
            var (body, _, refused) = await Body.Read<FactorBody>(http);
            return body is null
                ? Problems.Of(refused!)
                : DeskApi.Json(await http.Send(new SetUpSecondFactor(http.Caller(), body.Sealed, body.Code)), (json, codes) =>
                {
                    json.WriteStartObject();
                    json.WriteStartArray("recoveryCodes");
                    foreach (var code in codes)
                    {
                        json.WriteStringValue(code);
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                });
        })).Accepts<FactorBody>("application/json").WithName("setUpSecondFactor");

        var desk = app.MapDesk("account");
        desk.MapGet("/account/tokens", (Delegate)(async (HttpContext http) =>
        {
            var tokens = await http.Send(new ListTokens(http.Caller()));
            return DeskApi.Written(json =>
            {
                json.WriteStartArray();
                foreach (var token in tokens)
                {
                    Write(json, token, null);
                }

                json.WriteEndArray();
            });
        })).WithName("tokens");
        desk.MapPost("/account/tokens", (Delegate)(async (HttpContext http) =>
        {
            var (body, _, refused) = await Body.Read<TokenBody>(http);
            return body is null
                ? Problems.Of(refused!)
                : DeskApi.Json(
                    await http.Send(new AddToken(http.Caller(), http.Caller().Person.Id, body.Name, body.Scopes ?? [], body.Days ?? 90, body.Display)),
                    (json, added) => Write(json, added.Token, added.Secret), 201);
        })).Accepts<TokenBody>("application/json").WithName("addToken");
        desk.MapDelete("/account/tokens/{id}", async (HttpContext http, string id) =>
            DeskApi.Json(await http.Send(new RevokeToken(http.Caller(), id)), (json, token) => Write(json, token, null))).WithName("revokeToken");
        desk.MapGet("/security-log", async (HttpContext http, string? who, string? what, string? cursor, int? limit) =>
            DeskApi.Json(await http.Send(new ReadSecurityLog(http.Caller(), who, what, cursor, limit)), Write)).WithName("securityLog");
    }

    private static async Task<IResult> Open(HttpContext http)
    {
        if (http.Request.Headers.Origin.Count > 0 && DeskApi.Foreign(http) is { } foreign)
        {
            return Problems.Of(foreign);
        }

        var (body, _, refused) = await Body.Read<SignInBody>(http);
        if (body is null)
        {
            return Problems.Of(refused!);
        }

        var outcome = await http.Send(new SignIn(
            body.Person, body.Password, body.Code, http.Request.Cookies[SessionCookie.Device], IsPhone(http), new Origin(http.Address(), "api")));
        if (outcome.Value is { } signedIn)
        {
            SessionCookie.Write(http, signedIn);
        }

        TellWhen(http, outcome.Refused);
        return DeskApi.Json(outcome, (json, who) =>
        {
            json.WriteStartObject();
            json.WriteString("person", who.Person);
            json.WriteString("name", who.Name);
            json.WriteString("roles", who.Roles);
            json.WriteString("mustFirst", who.MustFirst);
            json.WriteString("endsAt", Iso.Recorded(who.EndsAt));
            json.WriteString("lastSignInAt", who.LastAt is { } at ? Iso.Recorded(at) : null);
            json.WriteString("lastSignInFrom", who.LastFrom);
            json.WriteEndObject();
        });
    }

    /// <summary>Where too many attempts failed: after which time one is looked at again, at the latest.</summary>
    internal static void TellWhen(HttpContext http, Domain.Refusal? refused)
    {
        if (refused is not null && Problems.StatusOf(refused) == StatusCodes.Status429TooManyRequests)
        {
            http.Response.Headers.RetryAfter = ((int)http.RequestServices.GetRequiredService<DeskSettings>().Accounts.LockWindow.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Whether the browser says that it is a phone's.</summary>
    internal static bool IsPhone(HttpContext http) => http.Request.Headers.UserAgent.ToString().Contains("Mobile", StringComparison.Ordinal);

    private static void Write(Utf8JsonWriter json, People.Caller who)
    {
        json.WriteStartObject();
        json.WriteString("person", who.Person.Id);
        json.WriteString("name", who.Person.Name);
        json.WriteString("roles", People.Roles.Codes(who.Roles));
        json.WriteString("standsInFor", who.StandsInFor?.Id);
        json.WriteString("mustFirst", who.MustFirst);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CredentialRow token, string? secret)
    {
        json.WriteStartObject();
        json.WriteString("id", token.Id);
        json.WriteString("kind", token.Kind);
        json.WriteString("name", token.Name);
        json.WriteString("scopes", token.Scopes);
        json.WriteString("createdAt", Iso.Recorded(token.CreatedAt));
        json.WriteString("expiresAt", token.ExpiresAt is { } ends ? Iso.Recorded(ends) : null);
        json.WriteString("lastUsedAt", Iso.Recorded(token.LastUsedAt));
        json.WriteString("endedAt", token.EndedAt is { } ended ? Iso.Recorded(ended) : null);
        if (secret is not null)
        {
            json.WriteString("token", secret);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SecurityPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var e in page.Events)
        {
            json.WriteStartObject();
            json.WriteString("at", Iso.Recorded(e.At));
            json.WriteString("who", e.Who);
            json.WriteString("what", e.What);
            json.WriteString("outcome", e.Outcome);
            json.WriteString("about", e.About);
            json.WriteString("address", e.Address);
            json.WriteString("via", e.Via);
            json.WriteString("detail", e.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("next", page.Next);
        json.WriteEndObject();
    }

    internal sealed record SignInBody(string Person, string Password, string? Code = null);

    internal sealed record PasswordBody(string Old, string New);

    internal sealed record FactorBody(string Sealed, string Code);

    internal sealed record TokenBody(string Name, string[]? Scopes = null, int? Days = null, bool Display = false);
}
