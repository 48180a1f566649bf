using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;

namespace IncidentDesk.Tests.Pages;

/// <summary>What a browser does without scripts: keeps cookies, follows links of its own site, fills in the forms that a page has and sends them.</summary>
internal sealed class Browser : IDisposable
{
    /// <summary>The password of whom it signed in: another each time, since none is taken again.</summary>
    public string Password { get; } = "Xin-Shi-Lu-" + System.Security.Cryptography.RandomNumberGenerator.GetInt32(1_000_000);

    private readonly HttpClient client;
    private readonly DeskHost desk;
    private readonly string below;

    public Browser(DeskHost desk, string below = "")
    {
        (this.desk, this.below) = (desk, below);
        client = new HttpClient(new HttpClientHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = desk.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("Accept", "text/html,*/*;q=0.8");
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The last answer.</summary>
    public HttpResponseMessage Answer { get; private set; } = new();

    /// <summary>The page that it was.</summary>
    public IHtmlDocument Page { get; private set; } = new HtmlParser().ParseDocument("");

    /// <summary>The path and query of the page.</summary>
    public string At { get; private set; } = "/";

    public string Html { get; private set; } = "";

    /// <summary>What a person reads.</summary>
    public string Text => Page.QuerySelector("main")?.TextContent ?? "";

    /// <summary>The sentence beside a field.</summary>
    public string ErrorOf(string field) => Page.GetElementById(field + "-error")?.TextContent ?? "";

    /// <summary>Opens an address and follows where it leads.</summary>
    public Task Open(string path) => Go(new HttpRequestMessage(HttpMethod.Get, path.StartsWith(below, StringComparison.Ordinal) ? path : below + path));

    /// <summary>Opens an address and stays with the answer.</summary>
    public async Task<HttpResponseMessage> Ask(string path) => Answer = await client.GetAsync(path);

    /// <summary>Sends the form with that action, filled in; a null value leaves a field out, and what the page filled in is sent along.</summary>
    public Task Send(string action, params (string Name, string? Value)[] fields)
    {
        var form = Page.QuerySelectorAll("form[method=post]").OfType<IHtmlFormElement>().Single(f => f.GetAttribute("action") is var to && (to == below + action || (to is null && below + action == At)));
        return Post(form.GetAttribute("action") ?? At, form, fields);
    }

    /// <summary>Sends a form with a file.</summary>
    public Task Upload(string action, string name, byte[] file, params (string Name, string Value)[] fields)
    {
        var content = new MultipartFormDataContent { { new ByteArrayContent(file), "file", name } };
        foreach (var (field, value) in fields.Append(("__RequestVerificationToken", Page.QuerySelectorAll("input[name=__RequestVerificationToken]").OfType<IHtmlInputElement>().First().Value)))
        {
            content.Add(new StringContent(value), field);
        }

        return Go(new HttpRequestMessage(HttpMethod.Post, below + action) { Content = content });
    }

    /// <summary>Sends a form as it stands and looks at no answer.</summary>
    public async Task PostAlone(IHtmlFormElement form)
    {
        using var content = new FormUrlEncodedContent(form.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>().Select(i => KeyValuePair.Create(i.Name!, i.Value)));
        using var answer = await client.PostAsync(form.GetAttribute("action"), content);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    /// <summary>Sends fields anywhere.</summary>
    public Task Post(string? to, IHtmlFormElement? form, params (string Name, string? Value)[] fields)
    {
        var named = fields.Select(f => f.Name).ToHashSet();
        var standing = form?.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>()
            .Where(i => !named.Contains(i.Name!) && (i.Type is not ("checkbox" or "radio") || i.IsChecked)).Select(i => (Name: i.Name!, (string?)i.Value)) ?? [];
        var selected = form?.QuerySelectorAll("select[name]").OfType<IHtmlSelectElement>().Where(s => !named.Contains(s.Name!)).Select(s => (s.Name!, (string?)s.Value)) ?? [];
        var texts = form?.QuerySelectorAll("textarea[name]").OfType<IHtmlTextAreaElement>().Where(s => !named.Contains(s.Name!)).Select(s => (s.Name!, (string?)s.Value)) ?? [];
        return Go(new HttpRequestMessage(HttpMethod.Post, to ?? form!.GetAttribute("action"))
        {
            Content = new FormUrlEncodedContent(standing.Concat(selected).Concat(texts).Concat(fields).Where(f => f.Item2 is not null).Select(f => KeyValuePair.Create(f.Item1, f.Item2!))),
        });
    }

    /// <summary>Sends a file with the fields before it, as a form of that action would; a browser says from which site it comes.</summary>
    public async Task SendFile(string to, string name, byte[] file, string? from = null)
    {
        using var form = new MultipartFormDataContent { { new StringContent(""), "back" }, { new ByteArrayContent(file), "file", name } };
        var request = new HttpRequestMessage(HttpMethod.Post, below + to) { Content = form };
        request.Headers.Add("Origin", from ?? client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Answer = await client.SendAsync(request);
        if (Answer.Headers.Location is { } led)
        {
            await Open(led.ToString());
            return;
        }

        Html = await Answer.Content.ReadAsStringAsync();
        Page = new HtmlParser().ParseDocument(Html);
    }

    /// <summary>Signs in as somebody who has been given a one-time password, and changes it.</summary>
    public async Task<Browser> As(string person)
    {
        var oneTime = (await desk.Ask(new ResetAccount(null, person, true))).Value!.OneTimePassword;
        await SignIn(person, oneTime);
        await Send("/password", ("old", oneTime), ("password", Password), ("again", Password));
        Assert.True(Answer.IsSuccessStatusCode, desk.Said.Length > 4000 ? desk.Said[^4000..] : desk.Said);
        Assert.Equal((HttpStatusCode.OK, below + "/?done=password_changed"), (Answer.StatusCode, At.Replace("k?", "k/?", StringComparison.Ordinal)));
        return this;
    }

    public async Task SignIn(string person, string password, string? code = null)
    {
        await Open("/sign-in");
        await Send("/sign-in", ("person", person), ("password", password), ("code", code));
    }

    private async Task Go(HttpRequestMessage request)
    {
        var body = request.Content is null or MultipartContent ? null : await request.Content.ReadAsStringAsync();
        for (var hops = 0; ; hops++)
        {
            Assert.True(hops < 6, "led in a circle");
            Answer = await client.SendAsync(request);
            if (Answer.Headers.Location is not { } to)
            {
                break;
            }

            Assert.False(to.IsAbsoluteUri && to.Host != client.BaseAddress!.Host, $"led away to {to}");
            request = Answer.StatusCode == HttpStatusCode.TemporaryRedirect && body is not null
                ? new HttpRequestMessage(HttpMethod.Post, to) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded") }
                : new HttpRequestMessage(HttpMethod.Get, to);
        }

        At = Answer.RequestMessage!.RequestUri!.PathAndQuery;
        Html = await Answer.Content.ReadAsStringAsync();
        Page = new HtmlParser().ParseDocument(Html);
    }

    public void Dispose() => client.Dispose();
}
