using System.Text.Encodings.Web;
using System.Text.Unicode;
using IncidentDesk.Domain;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.WebEncoders;

namespace IncidentDesk.Web.Pages;

/// <summary>The pages: their registration, the headers of every answer, the one stylesheet.</summary>
internal static class DeskPages
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static readonly string[] Machines = ["/api", "/openapi", "/health", "/metrics"];

    public static void AddDeskPages(this WebApplicationBuilder builder)
    {
        // Within the assembly they are found however the host was started: from its project, from a test's folder, as published.
        builder.Environment.WebRootFileProvider = new EmbeddedFileProvider(typeof(DeskPages).Assembly, "IncidentDesk.Web.wwwroot");
        builder.Services.AddRazorPages(pages => pages.Conventions.ConfigureFilter(new PageDoor()));
        builder.Services.AddHttpContextAccessor().AddScoped<Words>().AddSingleton<LedgerUploads>();
        builder.Services.Configure<WebEncoderOptions>(encoder => encoder.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        builder.Services.AddAntiforgery(forgery =>
        {
            forgery.Cookie.Name = "desk_form";
            forgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            forgery.SuppressXFrameOptionsHeader = true;
        });
        builder.Services.AddRouting(routes => routes.LowercaseUrls = true);
    }

    /// <summary>The pages, and before anything else answers: every answer that a browser shows carries the same headers, problems too.</summary>
    public static void UseDeskPages(this WebApplication app)
    {
        app.Use((http, next) =>
        {
            http.Response.OnStarting(() =>
            {
                var headers = http.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                if (http.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) is true || http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null)
                {
                    headers.ContentSecurityPolicy = Policy;
                    headers["Referrer-Policy"] = "same-origin";
                    headers.CacheControl = "no-store";
                }

                return Task.CompletedTask;
            });
            return next(http);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            // The address holds the file's hash where a page names it.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache",
        });
        app.MapRazorPages();
        app.MapBoard();
    }

    /// <summary>Whether a person reads the answer.</summary>
    public static bool IsForPerson(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null
        || (!Machines.Any(m => http.Request.Path.StartsWithSegments(m)) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase));

    /// <summary>Answers with a page that says what is wrong.</summary>
    public static Task Explain(this HttpContext http, Refusal refusal, int status)
    {
        var page = http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Single(e => e.Metadata.GetMetadata<PageActionDescriptor>()?.ViewEnginePath == "/Problem");
        http.Response.StatusCode = status;
        http.Items[typeof(Refusal)] = refusal;
        http.SetEndpoint(page);
        http.Request.RouteValues = new RouteValueDictionary { ["page"] = "/Problem" };
        return page.RequestDelegate!(http);
    }
}
