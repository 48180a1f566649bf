using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Web.Api;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// The cookie of a wall screen. It holds the display token itself, which was typed or pasted into a form once: in an address it would stand in the browser's history, in the
/// logs of every gateway and on each photo of the screen. So revoking the token ends the screen within a second, and no further kind of secret is needed. It is sent below
/// <c>/wall</c> only, scripts do not read it, and it has no idle end.
/// </summary>
internal static class WallCookie
{
    /// <summary>Its name.</summary>
    public const string Name = "desk_wall";

    private static readonly Refusal NoScreen = new("not_a_display_token", "token", "这不是大屏令牌，或已被撤销。", "This is not the token of a wall screen, or it was revoked.");

    /// <summary>The wall screen that shows its cookie, or why there is none.</summary>
    public static Task<(Caller? By, Refusal? Refused)> Identify(HttpContext http) => Identify(http, http.Request.Cookies[Name]);

    /// <summary>The wall screen of a token.</summary>
    public static async Task<(Caller? By, Refusal? Refused)> Identify(HttpContext http, string? token)
    {
        var identified = await http.Send(new Identify(token, Session: false, "page", http.Address()));
        return identified.Caller is { Display: true } by ? (by, null) : (null, identified.Caller is null && identified.Refused != IdentifyHandler.Unknown ? identified.Refused : NoScreen);
    }

    /// <summary>Keeps it as long as browsers keep any.</summary>
    public static void Write(HttpContext http, string token) => http.Response.Cookies.Append(Name, token, new CookieOptions
    {
        HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(400), Path = http.Request.PathBase.Value + "/wall", IsEssential = true,
    });
}
