using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Web.Api;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IncidentDesk.Web.Pages;

/// <summary>What every page shares: who calls, and what comes of a refusal. A page loads what it shows in <see cref="Load"/>, so that a form that is refused can be shown again as it was typed.</summary>
internal abstract class DeskPage : PageModel
{
    /// <summary>Who calls; null on the pages that nobody must sign in for.</summary>
    public Caller? Who { get; set; }

    /// <summary>How much waits for the caller (待办), as a page that is opened shows it; 0 where a form was sent.</summary>
    public int Waiting { get; set; }

    /// <summary>Why the form was not taken; shown beside its field, or above where the page has no such field.</summary>
    public Refusal? Refused { get; set; }

    /// <summary>Whether a field has shown it.</summary>
    public bool RefusalShown { get; set; }

    /// <summary>Who calls, on a page that needs somebody.</summary>
    protected Caller By => Who!;

    /// <summary>Whether the caller has a right: which links and forms to show. What may be done is decided by the message.</summary>
    public bool May(Right right) => Who is { MustFirst: null } who && who.Lacks(right) is null;

    /// <summary>Reads what the page shows; why the caller may not see it, or null.</summary>
    protected internal virtual Task<Refusal?> Load() => Task.FromResult<Refusal?>(null);

    /// <summary>Shows the page, with what was refused of its form.</summary>
    protected async Task<IActionResult> Show(Refusal? refused = null)
    {
        if (await Load() is { } hidden)
        {
            return await Deny(hidden);
        }

        if (refused is null)
        {
            return Page();
        }

        Refused = refused;
        Response.StatusCode = Problems.StatusOf(refused);
        if (Response.StatusCode == StatusCodes.Status403Forbidden)
        {
            await Note(refused);
            return refused.Code is "not_allowed" or "not_in_scope" ? Problem(refused) : Page();
        }

        return Page();
    }

    /// <summary>What the caller may not see, or what is not there.</summary>
    private async Task<IActionResult> Deny(Refusal refused)
    {
        if (Problems.StatusOf(refused) == StatusCodes.Status403Forbidden)
        {
            await Note(refused);
        }

        return Problem(refused);
    }

    private StatusCodeResult Problem(Refusal refused)
    {
        HttpContext.Items[typeof(Refusal)] = refused;
        return StatusCode(Problems.StatusOf(refused));
    }

    /// <summary>To another page, which says what was done.</summary>
    protected RedirectToPageResult Done(string done, string? page = null, object? id = null) => RedirectToPage(page, null, new { id, done });

    /// <summary>Sends a message in the request's scope.</summary>
    protected Task<T> Send<T>(IRequest<T> message) => HttpContext.Send(message);

    private Task<bool> Note(Refusal refused) =>
        Send(new NoteRefusal(By.Person.Id, new Origin(By.Address, By.Via), "denied", refused.Code, $"{Request.Method} {Request.Path}"));

    /// <summary>What the form sent under that name; empty where it sent nothing. Never what a secret was.</summary>
    public string Typed(string name) => IsPosted && !PageDoor.IsSecret(name) ? Request.Form[name].ToString() : "";

    /// <summary>Whether the form sent that value under that name.</summary>
    public bool Chosen(string name, string value) => IsPosted && Request.Form[name].Contains(value);

    /// <summary>Whether this is the answer to a form that is shown again as it was typed.</summary>
    public bool IsPosted => Request.HasFormContentType && !IsTaken;

    /// <summary>Whether the form was taken, and the next one begins empty.</summary>
    protected bool IsTaken { get; set; }

    /// <summary>Whether a form came back that had been carried through a sign-in.</summary>
    public bool IsReviewed => IsPosted && Request.Form.ContainsKey(PageDoor.Review);

    /// <summary>Where the caller may go: address and name, the first page first.</summary>
    public IEnumerable<(string At, string Name)> Links(Words words)
    {
        yield return ("/", May(Right.Read) ? words["工单看板", "Board"] : words["首页", "Start"]);
        if (May(Right.Log))
        {
            yield return ("/log", words["报障登记", "Log a fault"]);
        }

        var waiting = Waiting > 0 ? $" ({(Waiting > 99 ? "99+" : Waiting)})" : "";
        yield return ("/inbox", words["待办", "Inbox"] + waiting);
        if (May(Right.Read))
        {
            yield return ("/search", words["查询工单", "Search"]);
        }

        if (May(Right.Handle))
        {
            yield return ("/hand-over", words["值班交接", "Hand over"]);
        }

        if (May(Right.Report) && !By.IsLimited)
        {
            yield return ("/months", words["月度时效", "Month"]);
            yield return ("/years", words["年度时效", "Year"]);
            yield return ("/buildings", words["楼栋与类型", "Buildings"]);
        }

        if (May(Right.Import))
        {
            yield return ("/ledger", words["台账导入", "Ledger import"]);
        }

        if (May(Right.Read))
        {
            yield return ("/rules", words["规则与基础数据", "Rules and lists"]);
        }

        if (May(Right.People) || May(Right.Approve))
        {
            yield return ("/people", May(Right.People) ? words["人员与代批", "People and deputies"] : words["代批", "Deputies"]);
        }

        if (May(Right.Audit))
        {
            yield return ("/security-log", words["安全日志", "Security log"]);
        }

        if (May(Right.Audit) || May(Right.People))
        {
            yield return ("/self-check", words["等保自查", "Protection self-check"]);
            yield return ("/system", words["系统状态", "System state"]);
        }

        yield return ("/account", words["我的账号", "My account"]);
    }

    /// <summary>What belongs to the caller's account.</summary>
    public static IEnumerable<(string At, string Name)> AccountLinks(Words words)
    {
        yield return ("/tokens", words["访问令牌", "My tokens"]);
        yield return ("/second-factor", words["二次验证", "Second factor"]);
        yield return ("/password", words["修改口令", "Change password"]);
    }
}
