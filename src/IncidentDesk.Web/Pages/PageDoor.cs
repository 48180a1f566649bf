using IncidentDesk.Accounts;
using IncidentDesk.Alerts;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// The one door of the pages: who comes by the cookie of a session goes in, everybody else is led to sign in and then where they wanted to go. A session that has something
/// to do first is led there and nowhere else. A form that comes after its session has ended is carried through the sign-in, without what is secret in it.
/// </summary>
internal sealed class PageDoor : IAsyncPageFilter
{
    /// <summary>The marker with which a carried form comes back: it is shown again, not carried out.</summary>
    public const string Review = "review";

    /// <summary>What the name of a carried field begins with.</summary>
    public const string Carried = "carried.";

    // More than that is not carried through a form; nothing of ours is longer.
    private const int MostCarried = 64 * 1024;

    private static readonly HashSet<string> Secrets = ["password", "old", "new", "again", "code", "sealed", "__RequestVerificationToken", Review];

    /// <summary>Whether a field's value is told to nobody, not even to who typed it.</summary>
    public static bool IsSecret(string name) => Secrets.Contains(name);

    /// <inheritdoc/>
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var (http, page) = (context.HttpContext, (DeskPage)context.HandlerInstance);
        if (page is ProblemPage && http.Response.StatusCode >= 500)
        {
            await next();
            return;
        }

        var (who, refused) = await DeskApi.Identify(http, "page");
        page.Who = who;
        page.Waiting = who is { MustFirst: null } && HttpMethods.IsGet(http.Request.Method) ? await http.Send(new CountWaiting(who)) : 0;
        if (context.ActionDescriptor.EndpointMetadata.OfType<AllowAnonymousAttribute>().Any())
        {
            await next();
        }
        else if (who is null)
        {
            context.Result = SignInAgain(http, refused!.Code != "unknown_actor");
        }
        else if (who.MustFirst is { } first && context.ActionDescriptor.ViewEnginePath != "/SignOut"
            && context.ActionDescriptor.ViewEnginePath != (first == SignIn.Password ? "/Password" : "/SecondFactor"))
        {
            context.Result = new RedirectToPageResult(first == SignIn.Password ? "/Password" : "/SecondFactor");
        }
        else if (http.Request.HasFormContentType && !FilePart.IsForm(http.Request) && http.Request.Form.ContainsKey(Review))
        {
            context.Result = await page.Load() is null ? page.Page() : new RedirectToPageResult("/Index");
        }
        else
        {
            await next();
        }
    }

    private static RedirectToPageResult SignInAgain(HttpContext http, bool expired)
    {
        // A file is not carried: whoever signs in again finds the page, and chooses it once more.
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || FilePart.IsForm(http.Request))
        {
            return new RedirectToPageResult("/SignIn", new { returnUrl = Here(http), expired = expired ? "true" : null });
        }

        // 307 keeps the form: the page of the sign-in carries it.
        return new RedirectToPageResult("/SignIn", "Carry", new { returnUrl = Here(http), expired = "true" }, permanent: false, preserveMethod: true);
    }

    /// <summary>The fields of a form that may be carried: those that are no secret.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Carry(IFormCollection form)
    {
        var fields = form.Where(f => !IsSecret(f.Key)).SelectMany(f => f.Value, (f, value) => KeyValuePair.Create(f.Key, value ?? "")).ToList();
        return fields.Sum(f => f.Key.Length + f.Value.Length) <= MostCarried ? fields : [];
    }

    /// <summary>The address asked for, below the path base; the first page's, which is asked for as <c>/base?x</c> too, begins with a slash like all others.</summary>
    public static string Here(HttpContext http) => (http.Request.Path.HasValue ? http.Request.Path.ToUriComponent() : "/") + http.Request.QueryString.ToUriComponent();

    /// <summary>Where to go on: an address of this desk, or its first page. Whoever writes a link to us sends nobody to another site.</summary>
    public static string Local(IUrlHelper url, string? returnUrl) => returnUrl?.StartsWith('/') is true && url.IsLocalUrl("~" + returnUrl) ? "~" + returnUrl : "~/";
}
