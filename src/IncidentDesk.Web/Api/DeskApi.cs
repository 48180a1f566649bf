using System.Globalization;
using System.Text.Json;
using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using IncidentDesk.Pipeline;
using IncidentDesk.People;
using IncidentDesk.Web.Pages;
using MediatR;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IncidentDesk.Web.Api;

/// <summary>What every route of the API shares: who calls, refusals as problems, the answer to a change.</summary>
internal static class DeskApi
{
    private const string Bearer = "Bearer ";
    private static readonly object Known = new();

    /// <summary>Registers OpenAPI and problem details.</summary>
    public static void AddDeskApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddOpenApi("v1");
    }

    /// <summary>Errors that nobody foresaw become a 500 with a trace id; a database that is away, a 503.</summary>
    public static void UseDeskApi(this WebApplication app)
    {
        app.UseExceptionHandler(errors => errors.Run(async http =>
        {
            var error = http.Features.Get<IExceptionHandlerFeature>()?.Error;
            var unavailable = Unavailable(error);
            if (unavailable)
            {
                http.Response.Headers.RetryAfter = "5";
            }

            var (refusal, status) = unavailable
                ? (new Refusal("busy", "database", "数据库暂不可用，请稍后再试，未保存任何内容。", "The database is not available; nothing was stored. Try again."), 503)
                : error is BadHttpRequestException { StatusCode: var unread } ? (Unread(unread), unread)
                : (null, 500);
            await Answer(http, refusal, status);
        }));
        app.UseHsts();
        app.Use(async (http, next) =>
        {
            if (http.Request.IsHttps || http.Connection.RemoteIpAddress is not { } remote || System.Net.IPAddress.IsLoopback(remote) || http.Request.Path.StartsWithSegments("/health"))
            {
                await next(http);
                return;
            }

            // Who comes over the network without encryption came past the gateway, or the gateway does not say how it was asked.
            await Answer(http, new Refusal("https_required", "scheme", "请使用 https 访问。", "Use https."), 403);
        });
        app.UseStatusCodePages(pages => Answer(pages.HttpContext, pages.HttpContext.Items[typeof(Refusal)] as Refusal ?? pages.HttpContext.Response.StatusCode switch
        {
            400 when DeskPages.IsForPerson(pages.HttpContext) => new Refusal(
                "foreign_form", "form", "表单不是从本系统的页面提交的，或页面打开已久。未保存任何内容，请返回重新打开页面后再提交。",
                "The form does not come from a page of this desk, or the page was open for too long. Nothing was stored: open the page again and send it."),
            400 => Unread(400),
            404 => new Refusal("not_found", "path", "没有这个地址。", "There is nothing at this address."),
            405 => new Refusal("method_not_allowed", "method", "此地址不接受该方法。", "This address does not take that method."),
            415 => new Refusal("wrong_media_type", "Content-Type", "请求内容的类型不对。", "The body is not of the type asked for."),
            _ => null,
        }, pages.HttpContext.Response.StatusCode));
        if (app.Services.GetRequiredService<DeskSettings>().IdentityProvider is not null)
        {
            app.UseAuthentication();
        }

        app.MapOpenApi();
    }

    /// <summary>Says what is wrong as a page to a person and as a problem to a program; null is a fault of our own.</summary>
    private static Task Answer(HttpContext http, Refusal? refusal, int status) =>
        DeskPages.IsForPerson(http)
            ? http.Explain(refusal ?? new Refusal("internal", "host", "处理时发生未预料的错误，请稍后再试。", "Something went wrong that nobody foresaw. Try again later."), status)
            : (refusal is null ? Results.Problem(statusCode: status) : Problems.Of(refusal, status)).ExecuteAsync(http);

    /// <summary>
    /// The routes below <c>/api/v1</c> that need a known person: a token in <c>Authorization: Bearer</c>, or the cookie of a session, otherwise 401. A session that has
    /// something to do first does only that, in the routes of <paramref name="own"/> accounts. What a right forbids is noted in the security log.
    /// </summary>
    public static RouteGroupBuilder MapDesk(this WebApplication app, string tag, bool own = false) =>
        app.MapGroup("/api/v1").WithTags(tag).AddEndpointFilter(async (call, next) =>
        {
            var http = call.HttpContext;
            var (caller, refused) = await Identify(http, "api");
            refused ??= Foreign(http) ?? (own || caller!.MustFirst is null ? null : First(caller.MustFirst));
            if (refused is not null)
            {
                return Problems.Of(refused);
            }

            if (Unsaid(http) is { } name)
            {
                return Problems.Of(new Refusal("bad_character", name, "地址中含有控制字符。", "The address holds a control character."), 400);
            }

            http.Items[Known] = caller;
            var answer = await next(call);
            if (answer is ProblemHttpResult { StatusCode: 403 } denied)
            {
                await http.Send(new NoteRefusal(
                    caller!.Person.Id, new Origin(caller.Address, caller.Via), "denied", (string)denied.ProblemDetails.Extensions["code"]!, $"{http.Request.Method} {http.Request.Path}"));
            }

            return answer;
        });

    /// <summary>
    /// Who calls, by token or by cookie; the use of it is noted at most once a minute, and so is that an ended one was shown. A board that only keeps itself up to date is
    /// <paramref name="looking"/>: that is no use, and puts off no idle end.
    /// </summary>
    public static async Task<(Caller? Caller, Refusal? Refused)> Identify(HttpContext http, string via, bool looking = false)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        var session = via == "page" || authorization.Length == 0;
        var secret = session ? http.Request.Cookies[SessionCookie.Name]
            : authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
        var identified = await http.Send(new Identify(secret, session, via, http.Address()));
        if (identified.Stale && !looking)
        {
            await Note(http, identified, session, via);
        }

        return (identified.Caller, identified.Refused);
    }

    /// <summary>On a full disk, or a database that takes no write, whoever may read still does; the log of the process says that the use could not be noted.</summary>
    private static async Task Note(HttpContext http, Identified identified, bool session, string via)
    {
        try
        {
            _ = identified.Refused is { } refused
                ? await http.Send(new NoteRefusal(identified.Person!, new Origin(http.Address(), via), session ? "session" : "token", refused.Code, identified.Credential, identified.Credential))
                : await http.Send(new NoteUse(identified.Credential!));
        }
        catch (Exception e) when (Unavailable(e))
        {
            http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("IncidentDesk.Accounts").LogWarning(e, "The use of {Credential} could not be noted.", identified.Credential);
        }
    }

    /// <summary>The address that calls.</summary>
    public static string? Address(this HttpContext http) => http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : http.Connection.RemoteIpAddress?.ToString();

    /// <summary>
    /// Why a change with a cookie is not taken: it comes from another site's page, or does not say from which. Browsers send Origin with every such request, and no page
    /// can change it; a program shows a token and no cookie.
    /// </summary>
    public static Refusal? Foreign(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || http.Request.Headers.Authorization.Count > 0
        || string.Equals(http.Request.Headers.Origin, $"{http.Request.Scheme}://{http.Request.Host}", StringComparison.OrdinalIgnoreCase)
            ? null
            : new Refusal("foreign_origin", "Origin", "请求不是从本系统的页面发出的。", "The request does not come from a page of this desk.");

    private static Refusal First(string what) => what == SignIn.Password
        ? new Refusal("password_change_required", "password", "请先修改口令。", "Change the password first.")
        : new Refusal("second_factor_required", "code", "请先设置二次验证。", "Set up the second factor first.");

    /// <summary>Whether the database could not do what was asked, away or full or whatever it said, however deep in the error that is told.</summary>
    public static bool Unavailable(Exception? error) =>
        error is System.Data.Common.DbException or TimeoutException || (error?.InnerException is { } inner && Unavailable(inner));

    /// <summary>What the server could not read before a route was asked.</summary>
    private static Refusal Unread(int status) => status == 413
        ? new Refusal("body_too_large", "body", "请求内容过大。", "The body is too large.")
        : new Refusal("bad_query", "query", "地址中的参数缺失、重复或类型不对。", "A parameter of the address is missing, doubled or of another type.");

    /// <summary>The parameter of the address that holds a control character, which no code, number or cursor has and not every engine takes; null where none does.</summary>
    private static string? Unsaid(HttpContext http) =>
        http.Request.Query.Where(q => q.Value.Any(v => v?.Any(char.IsControl) == true)).Select(q => q.Key)
            .Concat(http.Request.RouteValues.Where(r => r.Value?.ToString()?.Any(char.IsControl) == true).Select(r => r.Key)).FirstOrDefault();

    /// <summary>Who calls.</summary>
    public static Caller Caller(this HttpContext http) => (Caller)http.Items[Known]!;

    /// <summary>Sends a message in the request's scope.</summary>
    public static Task<T> Send<T>(this HttpContext http, IRequest<T> message) =>
        http.RequestServices.SendHere(message, http.RequestAborted);

    /// <summary>The value as JSON written by hand, or the refusal as a problem.</summary>
    public static IResult Json<T>(Outcome<T> outcome, Action<Utf8JsonWriter, T> write, int status = 200) =>
        outcome.Refused is { } refused ? Problems.Of(refused) : Written(json => write(json, outcome.Value!), status);

    /// <summary>JSON written by hand, Chinese as it is.</summary>
    public static IResult Written(Action<Utf8JsonWriter> write, int status = 200)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = FigureJson.Plain }))
        {
            write(json);
        }

        return new Bytes(bytes.ToArray(), status);
    }

    /// <summary>The seq that the caller last saw, from If-Match; null without one. Where it is required <c>*</c> is none: it says nothing of what was seen.</summary>
    public static (int? Seq, Refusal? Refused) IfMatch(this HttpContext http, bool required = false)
    {
        var header = http.Request.Headers.IfMatch.ToString();
        return header.Length == 0 || header == "*"
            ? (null, required
                ? new Refusal("if_match_required", "If-Match", "请先读取所办理的内容，并在 If-Match 中带上其 ETag。", "Read what you decide on first and send its ETag in If-Match.")
                : null)
            : int.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
                ? (seq, null)
                : (null, new Refusal("bad_if_match", "If-Match", "If-Match 应为所读取的 ETag。", "If-Match must be the ETag that was read."));
    }

    private sealed class Bytes(byte[] json, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            httpContext.Response.ContentLength = json.Length;
            return httpContext.Response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
        }
    }
}
