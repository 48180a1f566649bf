using IncidentDesk.Accounts;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>Name and password, and the code where the account has a second factor; then on to where the person wanted to go.</summary>
[AllowAnonymous]
internal sealed class SignInPage(DeskSettings settings) : DeskPage
{
    private static readonly HashSet<string> OfTheCode = ["code_required", "bad_code", "code_used", "code_clock_off", "second_factor_unreadable"];

    /// <summary>Where to go then, as it was asked for.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>Whether a session has ended.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Expired { get; set; }

    /// <summary>The fields of the form that came too late, without its secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Kept { get; private set; } = [];

    /// <summary>Whether the code is asked for.</summary>
    public bool AskCode { get; private set; }

    /// <summary>What the identity provider's answer led to: <c>code</c> where only the code is asked for, or the code of a refusal.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Provider { get; set; }

    /// <summary>Whether there is an identity provider.</summary>
    public bool HasProvider => settings.IdentityProvider is not null;

    /// <summary>Whether somebody whom it has named owes the code.</summary>
    public bool OnlyCode { get; private set; }

    /// <summary>Whether it is done, and the form that came too late waits.</summary>
    public bool IsSignedIn { get; private set; }

    /// <summary>Where to go then: an address of this desk.</summary>
    public string ReturnTo => PageDoor.Local(Url, ReturnUrl);

    /// <summary>The empty form, or that of the code alone.</summary>
    public Task<IActionResult> OnGet()
    {
        OnlyCode = HasProvider && Provider == "code" && IdentityProvider.WhoWaits(HttpContext) is not null;
        return Show(IdentityProvider.Explain(HasProvider && Provider == "code" && !OnlyCode ? "provider_expired" : Provider));
    }

    /// <summary>To the identity provider.</summary>
    public async Task<IActionResult> OnGetProvider() => !HasProvider ? NotFound()
        : await IdentityProvider.Send(HttpContext, Url.Content(ReturnTo)) is { } away ? await Show(away) : new EmptyResult();

    /// <summary>The code of whom the identity provider has named.</summary>
    public async Task<IActionResult> OnPostCode(string? code)
    {
        if (!HasProvider || IdentityProvider.WhoWaits(HttpContext) is not { } proven)
        {
            return await Show(IdentityProvider.Explain("provider_expired"));
        }

        var outcome = await IdentityProvider.SignIn(HttpContext, proven, string.IsNullOrWhiteSpace(code) ? null : code);
        if (outcome.Refused is { } refused)
        {
            OnlyCode = OfTheCode.Contains(refused.Code);
            AccountRoutes.TellWhen(HttpContext, refused);
            return await Show(refused);
        }

        IdentityProvider.Forget(HttpContext);
        SessionCookie.Write(HttpContext, outcome.Value!);
        return LocalRedirect(ReturnTo);
    }

    /// <summary>The form, with another one that came after its session had ended.</summary>
    public IActionResult OnPostCarry()
    {
        Kept = [.. PageDoor.Carry(Request.Form)];
        return Page();
    }

    /// <summary>Signs in.</summary>
    public async Task<IActionResult> OnPost(string? person, string? password, string? code)
    {
        Kept = [.. PageDoor.Carry(Request.Form).Where(f => f.Key.StartsWith(PageDoor.Carried, StringComparison.Ordinal)).Select(f => KeyValuePair.Create(f.Key[PageDoor.Carried.Length..], f.Value))];
        var outcome = await Send(new SignIn(
            person ?? "", password ?? "", code, Request.Cookies[SessionCookie.Device], AccountRoutes.IsPhone(HttpContext), new Origin(HttpContext.Address(), "page")));
        if (outcome.Refused is { } refused)
        {
            AskCode = OfTheCode.Contains(refused.Code);
            AccountRoutes.TellWhen(HttpContext, refused);
            return await Show(refused.Code == "code_required" && string.IsNullOrEmpty(code) ? null : refused);
        }

        SessionCookie.Write(HttpContext, outcome.Value!);
        TempData[IndexPage.JustSignedIn] = true;
        if (outcome.Value!.MustFirst is null && Kept.Count > 0 && ReturnTo != "~/")
        {
            IsSignedIn = true;
            return Page();
        }

        return outcome.Value.MustFirst switch
        {
            Accounts.SignIn.Password => RedirectToPage("/Password"),
            Accounts.SignIn.Factor => RedirectToPage("/SecondFactor"),
            _ => LocalRedirect(ReturnTo),
        };
    }
}
