using System.Net.Sockets;
using System.Security.Cryptography;
using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace IncidentDesk.Web.Api;

/// <summary>
/// Signing in by the identity provider of the house, where one is set: authorization code with PKCE, state and nonce, all of it the framework's. What it proves ends here: the session
/// is one of ours, with our ends, roles and rights. Whoever still owes the code of the second factor waits for five minutes in a sealed cookie.
/// </summary>
internal static class IdentityProvider
{
    /// <summary>The scheme, by which a page sends a browser there.</summary>
    public const string Scheme = "provider";

    private const string CallbackPath = "/sign-in/provider";
    private const string Waiting = "desk_provider";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Waits = TimeSpan.FromMinutes(5);

    /// <summary>What the sign-in page says, by the code that its address holds.</summary>
    private static readonly Dictionary<string, Refusal> Said = new Refusal[]
    {
        new("provider_unreachable", "provider", "暂时无法连接身份认证平台，请稍后再试，或用本系统的用户名和口令登录。", "The identity provider is not reached. Try again later, or sign in with the name and password of this desk."),
        new("provider_failed", "provider", "身份认证平台的登录未能完成，请重新登录。", "The sign-in by the identity provider was not completed; begin again."),
        new("provider_expired", "provider", "等待验证码的时间已过，请重新登录。", "The time for the code has passed; begin again."),
        new("provider_person_unknown", "provider", "已通过身份认证，但本系统没有对应的人员；请系统管理员先增加该人员。", "The identity provider knows you, this desk does not: an administrator adds the person first."),
        new("provider_person_differs", "provider", "该用户名在身份认证平台上已属于另一账号，未予登录；请系统管理员核实后重置该人员的账号。", "That name belongs to another account at the identity provider than before; an administrator checks it and resets the person's account."),
        new("account_ended", "provider", "该账号已停用或已到期。", "The account is disabled or has ended."),
    }.ToDictionary(r => r.Code, StringComparer.Ordinal);

    /// <summary>Registers it where it is set; a refusal where the file of its secret cannot be read.</summary>
    public static Refusal? AddIdentityProvider(this IServiceCollection services, DeskSettings settings)
    {
        if (settings.IdentityProvider is not { } set)
        {
            return null;
        }

        string? secret;
        try
        {
            secret = set.ClientSecretFile is { } file ? File.ReadAllText(file).Trim() : set.ClientSecret;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal("client_secret_unreadable", "SignIn:OpenIdConnect:ClientSecretFile", $"客户端密钥文件 {set.ClientSecretFile} 不存在或无法读取。", $"The file of the client secret {set.ClientSecretFile} cannot be read.");
        }

        // No scheme is asked who sends an ordinary request: that is the door of the pages and of the API. The only one there is would be, otherwise.
        AppContext.SetSwitch("Microsoft.AspNetCore.Authentication.SuppressAutoDefaultScheme", true);
        services.AddAuthentication().AddOpenIdConnect(Scheme, options =>
        {
            (options.Authority, options.ClientId, options.ClientSecret) = (set.Authority.ToString(), set.ClientId, secret);
            (options.ResponseType, options.ResponseMode, options.UsePkce) = (OpenIdConnectResponseType.Code, OpenIdConnectResponseMode.Query, true);
            (options.MapInboundClaims, options.DisableTelemetry, options.RequireHttpsMetadata) = (false, true, set.Authority.Scheme == "https");
            options.CallbackPath = CallbackPath;
            options.ClaimActions.Clear();
            options.BackchannelTimeout = Patience;
            options.BackchannelHttpHandler = new AllowedOnly(settings.Outgoing);
            Mend(options.CorrelationCookie, "desk_state.");
            Mend(options.NonceCookie, "desk_nonce.");
            options.Events.OnTicketReceived = async context =>
            {
                context.HandleResponse();
                var claims = context.Principal!;
                await Finish(context.HttpContext, new ProvenIdentity(
                    claims.FindFirst(set.PersonClaim)?.Value ?? "", claims.FindFirst("iss")!.Value, claims.FindFirst("sub")!.Value, claims.HasClaim("amr", "mfa")), context.ReturnUri ?? "/");
            };
            options.Events.OnRemoteFailure = async context =>
            {
                context.HandleResponse();
                var code = IsAway(context.Failure) ? "provider_unreachable" : "provider_failed";
                await context.HttpContext.Send(new NoteRefusal("", From(context.HttpContext), "sign_in", code));
                Refuse(context.HttpContext, code);
            };
        });
        return null;

        // The answer comes as a link, which carries cookies of our own site; on a host without https there is no other cookie either.
        static void Mend(CookieBuilder cookie, string name) => (cookie.Name, cookie.SameSite, cookie.SecurePolicy) = (name, SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
    }

    /// <summary>Sends the browser to the provider, and afterwards to that address of this desk; a refusal where the provider is away.</summary>
    public static async Task<Refusal?> Send(HttpContext http, string returnTo)
    {
        try
        {
            await http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = returnTo });
            return null;
        }
        catch (Exception e) when (IsAway(e))
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("IncidentDesk.Accounts").LogWarning("The identity provider is not reached: {Why}", e.GetBaseException().Message);
            return Said["provider_unreachable"];
        }
    }

    /// <summary>What the sign-in page says of that code; null for none of ours.</summary>
    public static Refusal? Explain(string? code) => code is null ? null : Said.GetValueOrDefault(code);

    /// <summary>Who waits for the code of the second factor in this browser; null for nobody, or not any more.</summary>
    public static ProvenIdentity? WhoWaits(HttpContext http)
    {
        try
        {
            return http.Request.Cookies[Waiting] is { Length: > 0 } held && Seal(http).Unprotect(held).Split('\n') is [var person, var issuer, var subject, var until]
                && long.Parse(until, System.Globalization.CultureInfo.InvariantCulture) > http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds()
                ? new ProvenIdentity(person, issuer, subject, TwoFactors: false) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Signs in who waits, with the code.</summary>
    public static Task<Pipeline.Outcome<SignedIn>> SignIn(HttpContext http, ProvenIdentity proven, string? code) =>
        http.Send(new SignInByProvider(proven, code, http.Request.Cookies[SessionCookie.Device], AccountRoutes.IsPhone(http), From(http)));

    /// <summary>Nobody waits any more.</summary>
    public static void Forget(HttpContext http) => http.Response.Cookies.Delete(Waiting, Options(http));

    private static async Task Finish(HttpContext http, ProvenIdentity proven, string returnTo)
    {
        var outcome = await SignIn(http, proven, null);
        if (outcome.Value is { } signedIn)
        {
            SessionCookie.Write(http, signedIn);
            http.Response.Redirect(signedIn.MustFirst is null ? returnTo : http.Request.PathBase + "/second-factor");
        }
        else if (outcome.Refused == CheckSecondFactor.Required)
        {
            var until = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow() + Waits;
            http.Response.Cookies.Append(Waiting, Seal(http).Protect(string.Join('\n', proven.Person, proven.Issuer, proven.Subject, until.ToUnixTimeSeconds())), Options(http));
            var below = http.Request.PathBase.Value ?? "";
            http.Response.Redirect($"{below}/sign-in?provider=code&returnUrl={Uri.EscapeDataString(returnTo[below.Length..])}");
        }
        else
        {
            Refuse(http, outcome.Refused!.Code);
        }
    }

    private static void Refuse(HttpContext http, string code) => http.Response.Redirect($"{http.Request.PathBase}/sign-in?provider={code}");

    /// <summary>Whether the provider was not reached, or did not say what it is asked of everybody.</summary>
    private static bool IsAway(Exception? e) => e switch
    {
        null => false,
        HttpRequestException or SocketException or IOException or TaskCanceledException or TimeoutException => true,
        _ => IsAway(e.InnerException),
    };

    private static Origin From(HttpContext http) => new(http.Address(), "page");

    private static IDataProtector Seal(HttpContext http) => http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("identity provider");

    private static CookieOptions Options(HttpContext http) => new()
    {
        HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, MaxAge = Waits, Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/", IsEssential = true,
    };

    /// <summary>The provider's own document names further addresses: the desk calls none without https that is not listed, and follows nowhere else.</summary>
    private sealed class AllowedOnly(OutgoingAddresses outgoing) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = Patience })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => outgoing.May(request.RequestUri!)
            ? base.SendAsync(request, cancellationToken)
            : throw new HttpRequestException($"{request.RequestUri!.GetLeftPart(UriPartial.Authority)} is neither https nor listed in Outgoing:Allow");
    }
}
