using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IncidentDesk.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Tests.Accounts;

/// <summary>
/// A small identity provider that checks what it is sent: the client and its secret, the redirect address, PKCE, one use of a code. It signs in whoever the test names, without a
/// question, and lies where the test says so.
/// </summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string Client = "incident-desk";
    public const string Secret = "client-secret-of-the-desk-7c1";

    private readonly RSA key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Nonce, string Challenge, string Redirect)> codes = new();
    private WebApplication? app;

    /// <summary>Where it listens once it is started.</summary>
    public string Address { get; } = $"http://127.0.0.1:{DeskHost.FreePort()}";

    public string Host => new Uri(Address).Authority;

    /// <summary>Who signs in there: name, and what never changes.</summary>
    public (string Name, string Subject) Who { get; set; } = ("staff", "s-1");

    /// <summary>What it lies about.</summary>
    public string? Lie { get; set; }

    public bool TwoFactors { get; set; }

    /// <summary>Every secret that it gave or was sent.</summary>
    public ConcurrentBag<string> Told { get; } = [];

    /// <summary>The redirect with a code that it last answered.</summary>
    public string Last { get; private set; } = "";

    public async Task Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.Urls.Add(Address);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Address, authorization_endpoint = Address + "/authorize", token_endpoint = Address + "/token", jwks_uri = Address + "/keys",
            response_types_supported = new[] { "code" }, subject_types_supported = new[] { "public" }, id_token_signing_alg_values_supported = new[] { "RS256" },
        }));
        app.MapGet("/keys", () =>
        {
            var shown = key.ExportParameters(false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = "k1", alg = "RS256", n = WebEncoders.Base64UrlEncode(shown.Modulus!), e = WebEncoders.Base64UrlEncode(shown.Exponent!) } } });
        });
        app.MapGet("/authorize", (HttpRequest asked) =>
        {
            var q = asked.Query;
            if (q["client_id"] != Client || q["response_type"] != "code" || q["code_challenge_method"] != "S256" || q["state"].Count != 1 || q["nonce"].Count != 1 || !q["scope"].ToString().Split(' ').Contains("openid"))
            {
                return Results.BadRequest("not asked as agreed");
            }

            var code = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
            codes[code] = (q["nonce"]!, q["code_challenge"]!, q["redirect_uri"]!);
            Told.Add(code);
            Last = QueryHelpers.AddQueryString(q["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = q["state"] });
            return Results.Redirect(Last);
        });
        app.MapPost("/token", async (HttpRequest asked) =>
        {
            if (Lie == "away")
            {
                asked.HttpContext.Abort();
                return Results.Empty;
            }

            var form = await asked.ReadFormAsync();
            Told.Add(form["code_verifier"].ToString());
            return codes.TryRemove(form["code"].ToString(), out var given) && form["grant_type"] == "authorization_code" && form["client_id"] == Client && form["client_secret"] == Secret
                && form["redirect_uri"] == given.Redirect && WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) == given.Challenge
                ? Results.Json(new { access_token = "not-used", token_type = "Bearer", expires_in = 60, id_token = Token(given.Nonce) })
                : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        });
        await app.StartAsync();
    }

    private string Token(string nonce)
    {
        var now = DeskHost.Now.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Lie == "issuer" ? "https://another.example" : Address, ["aud"] = Lie == "audience" ? "another-client" : Client, ["sub"] = Who.Subject, ["preferred_username"] = Who.Name,
            ["nonce"] = Lie == "nonce" ? "another-nonce" : nonce, ["iat"] = now - 3_600, ["exp"] = Lie == "expired" ? now - 1_200 : now + 300,
        };
        if (TwoFactors)
        {
            claims["amr"] = new[] { "pwd", "mfa" };
        }

        var signed = Part(new { alg = "RS256", kid = "k1", typ = "JWT" }) + "." + Part(claims);
        using var another = RSA.Create(2048);
        var token = signed + "." + WebEncoders.Base64UrlEncode((Lie == "key" ? another : key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Told.Add(token);
        return token;

        static string Part(object json) => WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(json));
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        key.Dispose();
    }
}
