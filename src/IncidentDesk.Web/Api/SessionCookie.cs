using IncidentDesk.Accounts;

namespace IncidentDesk.Web.Api;

/// <summary>The two cookies of a browser: its session, and the mark that the second factor was given on it today. Scripts read neither.</summary>
internal static class SessionCookie
{
    /// <summary>The session.</summary>
    public const string Name = "desk_session";

    /// <summary>The known device.</summary>
    public const string Device = "desk_device";

    /// <summary>Writes them after a sign-in: a fresh secret each time, so that one that was planted before is worth nothing.</summary>
    public static void Write(HttpContext http, SignedIn signedIn)
    {
        http.Response.Cookies.Append(Name, signedIn.Session, Options(http, null));
        if (signedIn.Device is { } device)
        {
            http.Response.Cookies.Append(Device, device, Options(http, TimeSpan.FromDays(1)));
        }
    }

    /// <summary>Takes the session's away.</summary>
    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http, null));

    private static CookieOptions Options(HttpContext http, TimeSpan? age) => new()
    {
        HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Lax, MaxAge = age, Path = http.Request.PathBase.HasValue ? http.Request.PathBase.Value : "/", IsEssential = true,
    };
}
