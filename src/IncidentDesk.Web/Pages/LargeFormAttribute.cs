using IncidentDesk.People;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// Lets who may import send a form as large as a ledger, before anything reads it; for everybody else the server's own limit stands, so nobody fills a disk without a right. The
/// file of a form goes to the disk as it comes.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class LargeFormAttribute : Attribute, IAsyncAuthorizationFilter, IOrderedFilter
{
    private const long Beside = 64 * 1024;

    /// <summary>Before the limits of a form, and before its token is read.</summary>
    public int Order => 800;

    /// <inheritdoc/>
    public async Task OnAuthorizationAsync(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || (await DeskApi.Identify(http, "page")).Caller is not { MustFirst: null } who || who.Lacks(Right.Import) is not null)
        {
            return;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LedgerRoutes.Longest + Beside;
        }

        http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = LedgerRoutes.Longest }));
    }
}
