using System.Globalization;
using IncidentDesk.Domain;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewEngines;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// What keeps an open board up to date: server-sent events, and the same fragment by itself for browsers behind a gateway that holds events back. Neither is use of the
/// session. Events: <c>board</c> (the fragment, whenever it looks otherwise), <c>pulse</c> (every other second that the database answers), <c>ended</c> (the session or
/// token no longer opens it). Where nothing comes, the page knows that it is blind.
/// </summary>
internal static class BoardStream
{
    // As many as a person has windows, and some; a browser opens no more than six to one host.
    private const int MostStreams = 20;

    // Seconds between signs of life; board.js takes four times that for a gateway that holds events back.
    private const int PulseSec = 2;

    /// <summary>What changes with the product's build: a screen that has run for months loads itself anew after an upgrade.</summary>
    public static readonly string Build = typeof(BoardStream).Assembly.ManifestModule.ModuleVersionId.ToString("N");

    public static void MapBoard(this WebApplication app)
    {
        app.MapGet("/board/stream", http => Person(http, Stream));
        app.MapGet("/board/rows", http => Person(http, Fragment));
        app.MapGet("/wall/stream", http => Wall(http, Stream));
        app.MapGet("/wall/rows", http => Wall(http, Fragment));
    }

    /// <summary>What to show, to whom, by which partial page.</summary>
    private sealed record Shown(Caller By, BoardFilter Filter, string? Cursor, int Limit, string Partial);

    private static async Task Person(HttpContext http, Func<HttpContext, Shown, Task> show)
    {
        var (by, refused) = await DeskApi.Identify(http, "page", looking: true);
        refused ??= by!.MustFirst is null ? by.Lacks(Right.Read) : IncidentDesk.Accounts.IdentifyHandler.Unknown;
        var query = http.Request.Query;
        await (refused is not null ? Problems.Of(refused).ExecuteAsync(http)
            : show(http, new Shown(by!, new BoardFilter(Of("state"), Of("kind"), Of("town"), Of("mine") == "true"), Of("cursor"), ReadBoard.Rows, "_Board")));

        string? Of(string name) => query[name].FirstOrDefault() is { Length: > 0 and <= 100 } value && !value.Any(char.IsControl) ? value : null;
    }

    private static async Task Wall(HttpContext http, Func<HttpContext, Shown, Task> show)
    {
        var (by, refused) = await WallCookie.Identify(http);
        await (refused is not null ? Problems.Of(refused).ExecuteAsync(http) : show(http, new Shown(by!, new BoardFilter(), null, ReadBoard.WallRows, "_Wall")));
    }

    private static async Task Fragment(HttpContext http, Shown shown)
    {
        var outcome = await http.Send(new ReadBoard(shown.By, shown.Filter, shown.Cursor, shown.Limit));
        if (outcome.Refused is { } refused)
        {
            await Problems.Of(refused).ExecuteAsync(http);
            return;
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(await Render(http, shown.Partial, outcome.Value!), http.RequestAborted);
    }

    private static async Task Stream(HttpContext http, Shown shown)
    {
        var outcome = await http.Send(new ReadBoard(shown.By, shown.Filter, shown.Cursor, shown.Limit));
        if (outcome.Refused is { } refused)
        {
            await Problems.Of(refused).ExecuteAsync(http);
            return;
        }

        var feed = http.RequestServices.GetRequiredService<BoardFeed>();
        if (feed.LookingWith(shown.By.Credential!) >= MostStreams)
        {
            http.Response.Headers.RetryAfter = "30";
            await Problems.Of(new Refusal("too_many_streams", "stream", "打开的看板窗口过多，请关闭一些。", "Too many boards are open; close some.")).ExecuteAsync(http);
            return;
        }

        // A host that stops ends its streams; it would wait for them otherwise.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await Say("retry: 3000\n\n");
            await Tell(feed, Say);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The window was closed, or the host stops.
        }

        async Task Tell(BoardFeed feed, Func<string, Task> say)
        {
            var (sent, standing, pulse) = ((string?)null, (string?)null, DateTimeOffset.MinValue);
            await foreach (var poll in feed.Listen(shown.By.Credential!, over.Token))
            {
                if (!poll.Standing.TryGetValue(shown.By.Credential!, out var stands))
                {
                    // Began between two polls: the next one asks for this credential too.
                    continue;
                }

                if (stands is null)
                {
                    await say("event: ended\ndata: 1\n\n");
                    return;
                }

                if ((standing ??= stands) != stands)
                {
                    // Whose rights have changed comes again with those held now.
                    return;
                }

                var view = ReadBoardHandler.Cut(poll, poll.Desk, shown.By, shown.Filter, shown.Limit);
                if (view.Live && shown.Cursor is null && view.Signature() is var looks && looks != sent)
                {
                    await say("event: board\ndata: " + (await Render(http, shown.Partial, view)).ReplaceLineEndings("\ndata: ") + "\n\n");
                    sent = looks;
                }

                if (view.At - pulse >= TimeSpan.FromSeconds(PulseSec - 0.5))
                {
                    await say(string.Create(CultureInfo.InvariantCulture,
                        $$"""
                        event: pulse
                        data: {"now":{{view.At.ToUnixTimeMilliseconds()}},"clock":"{{BoardWords.Clock(view.Desk.Zone, view.Now)}}","live":{{(view.Live && shown.Cursor is null ? "true" : "false")}},"build":"{{Build}}"}


                        """));
                    pulse = view.At;
                }
            }
        }

        async Task Say(string text)
        {
            await http.Response.WriteAsync(text, over.Token);
            await http.Response.Body.FlushAsync(over.Token);
        }
    }

    /// <summary>The partial page as it stands in the page itself.</summary>
    private static async Task<string> Render(HttpContext http, string partial, BoardView view)
    {
        var services = http.RequestServices;
        var found = services.GetRequiredService<ICompositeViewEngine>().GetView(null, $"/Pages/Shared/{partial}.cshtml", isMainPage: false).View
            ?? throw new InvalidOperationException($"There is no partial page {partial}.");
        await using var text = new StringWriter();
        await found.RenderAsync(new ViewContext(
            new ActionContext(http, http.GetRouteData(), new ActionDescriptor()), found,
            new ViewDataDictionary<BoardView>(services.GetRequiredService<IModelMetadataProvider>(), new ModelStateDictionary()) { Model = view },
            new TempDataDictionary(http, services.GetRequiredService<ITempDataProvider>()), text, new HtmlHelperOptions()));
        return text.ToString();
    }
}
