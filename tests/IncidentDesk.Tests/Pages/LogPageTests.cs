using System.Net;
using System.Text.Json;
using AngleSharp.Html.Dom;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Pages;

/// <summary>The page where a fault is logged, as a browser without scripts uses it, and what its script asks.</summary>
[Collection("pages")]
public sealed class LogPageTests(PageHost host)
{
    private readonly DeskHost desk = host.Desk;

    // Signing in costs more than what is tested here; nobody else signs in as this person.
    private static Browser? signedIn;

    [Fact]
    public async Task Both_kinds_are_logged_and_what_is_refused_stands_beside_its_field_with_what_was_typed()
    {
        var browser = await Staff();
        await browser.Open("/log");
        Assert.Equal("请选择", browser.Page.QuerySelector("#category option")!.TextContent);
        await browser.Send("/log", ("town", "440111014"), ("address", "空类别路1号"), ("description", "水从天花板滴下"), ("reporterPhone", "13800133357"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "请选择故障类别。"), (browser.Answer.StatusCode, browser.ErrorOf("category")));
        Assert.Equal(("440111014", "空类别路1号", "水从天花板滴下", "13800133357"), (Value(browser, "town"), Value(browser, "address"), Value(browser, "description"), Value(browser, "reporterPhone")));
        await browser.Send("/log", ("category", "FLT-NET"));
        Assert.Equal("代码不存在、已停用或不属于该领域。", browser.ErrorOf("category"));
        await browser.Send("/log", ("category", "RNT-WATER-02"), ("address", " "));
        Assert.StartsWith("请填写地址", browser.ErrorOf("address"), StringComparison.Ordinal);
        await browser.Send("/log", ("address", "空类别路1号"), ("basis", "hotline_12345"), ("externalNo", "GZ-7"));
        Assert.StartsWith("转来的工单请填写派来的时间", browser.ErrorOf("reportedAt"), StringComparison.Ordinal);
        await browser.Send("/log", ("reportedAt", "gestern"));
        Assert.StartsWith("时间应写作", browser.ErrorOf("reportedAt"), StringComparison.Ordinal);
        await browser.Send("/log", ("reportedAt", "2999-01-01T08:00"));
        Assert.StartsWith("接报时间不能晚于登记时间", browser.ErrorOf("reportedAt"), StringComparison.Ordinal);
        var reported = DeskHost.Now.AddHours(-2);
        await browser.Send("/log", ("reportedAt", Local(reported)));
        var logged = await Logged(browser);
        Assert.Equal(("rental", "RNT-WATER-02", "P3", "440111014", "440111014 空类别路1号", "12345", "GZ-7"), (logged.Kind, logged.Category, logged.Severity, logged.Town, logged.Building, logged.Source, logged.ExternalNo));
        Assert.InRange(logged.ReportedAt.Since(Instant.Of(reported)), -60, 0);
        Assert.Equal("page", await desk.Read(db => db.Events.Where(e => e.Incident == logged.Key).Select(e => e.Via).SingleAsync()));

        await browser.Open("/log");
        await browser.Send("/log", ("kind", "system"), ("category", "FLT-NET"), ("town", ""), ("severity", "P4"));
        Assert.Equal(("代码不存在、已停用或不属于该领域。", "system"), (browser.ErrorOf("system"), browser.Page.QuerySelector("input[name=kind][checked]")!.GetAttribute("value")));
        await browser.Send("/log", ("kind", "system"), ("system", "SYS-ACC"));
        var fault = await Logged(browser);
        Assert.Equal(("system", "FLT-NET", "P4", (string?)null), (fault.Kind, fault.Category, fault.Severity, fault.Town));
    }

    [Fact]
    public async Task The_same_form_sent_again_is_one_ticket_and_another_content_is_told()
    {
        var browser = await Staff();
        await browser.Open("/log");
        var form = Form(browser);
        (string, string?)[] fault = [("kind", "rental"), ("category", "RNT-WATER-02"), ("town", "440111014"), ("address", "双击路1号"), ("description", "一次\r\n两行")];
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            using var once = new Browser(desk);
            once.Cookies.Add(browser.Cookies.GetAllCookies());
            await once.Post("/log", form, fault);
            return once.At;
        }));
        Assert.Equal(both[0], both[1]);
        await browser.Post("/log", form, fault);
        Assert.Equal(both[0], browser.At);
        await browser.Post("/log", form, [.. fault[..4], ("description", "另有一起")]);
        Assert.Contains("此前已登记成功", browser.Page.QuerySelector("main > p.error")!.TextContent, StringComparison.Ordinal);
        await browser.Send("/log");
        Assert.Contains("疑似重复", browser.Text, StringComparison.Ordinal);
        await browser.Send("/log");
        Assert.NotEqual(both[0], browser.At);
        Assert.Equal(2, await desk.Read(db => db.Incidents.CountAsync(i => i.Building == "440111014 双击路1号")));
    }

    [Fact]
    public async Task What_was_done_on_the_spot_is_logged_responded_and_resolved_in_one()
    {
        var browser = await Staff();
        await browser.Open("/log");
        await browser.Send("/log", ("kind", "rental"), ("category", "RNT-ELEC-02"), ("town", "440111014"), ("address", "当场路1号"), ("spot", "1"), ("handling", "合闸"));
        Assert.Equal("请选择办结方式。", browser.ErrorOf("manner"));
        Assert.NotNull(browser.Page.QuerySelector("#spot[checked]"));
        await browser.Send("/log", ("spot", "1"), ("manner", "temporary_measure"));
        Assert.StartsWith("采取临时措施控险的", browser.ErrorOf("followUpOn"), StringComparison.Ordinal);
        await browser.Send("/log", ("spot", "1"), ("manner", "temporary_measure"), ("followUpOn", Local(DeskHost.Now.AddDays(3))[..10]));
        var row = await Logged(browser);
        Assert.True(row is { ResolvedAt: not null, FirstResponseAt: not null });
        Assert.Equal(["fault_logged", "responded", "resolved"], await desk.Read(db => db.Events.Where(e => e.Incident == row.Key).OrderBy(e => e.Seq).Select(e => e.Type).ToListAsync()));
        Assert.Equal("合闸", await desk.Read(db => db.Texts.Where(t => t.Incident == row.Key && t.Field == "handling").Select(t => t.Value).SingleAsync()));
    }

    [Fact]
    public async Task The_last_ticket_and_the_recent_places_fill_the_next_form()
    {
        using var browser = await new Browser(desk).As("lead");
        await browser.Open("/log");
        Assert.Null(browser.Page.GetElementById("same"));
        await browser.Send("/log", ("category", "RNT-ACCESS-03"), ("town", "440111008"), ("address", "同上路2号"), ("room", "301"), ("basis", "patrol"), ("description", "刷卡无反应"), ("reporterName", "何先生"));
        await browser.Open("/log");
        Assert.Equal(("", "440111008", "phone"), (Value(browser, "category"), Value(browser, "town"), Value(browser, "basis")));
        await browser.Open(browser.Page.GetElementById("same")!.GetAttribute("href")!);
        Assert.Equal(
            ("RNT-ACCESS-03", "440111008", "同上路2号", "301", "patrol", "刷卡无反应", ""),
            (Value(browser, "category"), Value(browser, "town"), Value(browser, "address"), Value(browser, "room"), Value(browser, "basis"), Value(browser, "description"), Value(browser, "reporterName")));

        // A recent place alone is a place.
        await browser.Open("/log");
        var place = browser.Page.QuerySelectorAll("#recent option").OfType<IHtmlOptionElement>().Single(o => o.Text.Contains("同上路2号", StringComparison.Ordinal)).Value;
        await browser.Send("/log", ("category", "RNT-ACCESS-02"), ("recent", place), ("town", ""));
        Assert.Contains("本栋近30天 1 单，疑似重复？", browser.Text, StringComparison.Ordinal);
        await browser.Send("/log");
        Assert.Equal("440111008 同上路2号", (await Logged(browser)).Building);
    }

    [Fact]
    public async Task What_must_be_known_first_is_asked_before_anything_is_stored()
    {
        var browser = await Staff();
        var first = await desk.Log(new { kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111010", address = "询问路3号之二" });
        await browser.Open("/log");
        Assert.Equal((true, true), (browser.Page.GetElementById("urgent")!.HasAttribute("hidden"), browser.Page.GetElementById("near")!.HasAttribute("hidden")));
        await browser.Send("/log", ("kind", "rental"), ("category", "RNT-GAS-01"), ("town", "440111010"), ("address", "询问路 3号之二 5楼"));
        Assert.Equal(HttpStatusCode.OK, browser.Answer.StatusCode);
        Assert.Contains("先拨打 110/119/120", browser.Page.QuerySelector("#urgent:not([hidden])")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["/incidents/" + DeskApiTests.Number(first)], browser.Page.QuerySelectorAll("#near:not([hidden]) a").Select(a => a.GetAttribute("href")!));
        Assert.Equal(("仍然登记", 1), (browser.Page.GetElementById("save")!.TextContent, await Count()));

        // Another building now: that one has not been asked for.
        await desk.Log(new { kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111010", address = "询问路4号" });
        await browser.Send("/log", ("address", "询问路4号"));
        Assert.Equal((true, false), (browser.Page.GetElementById("urgent")!.HasAttribute("hidden"), browser.Page.GetElementById("near")!.HasAttribute("hidden")));
        await browser.Send("/log", ("address", "询问路3号之二"));
        Assert.Equal("P1", (await Logged(browser)).Severity);
        Assert.Equal(2, await Count());

        Task<int> Count() => desk.Read(db => db.Incidents.CountAsync(i => i.Building == "440111010 询问路3号之二"));
    }

    [Fact]
    public async Task The_script_is_told_in_JSON_and_what_waited_on_a_phone_starts_when_it_was_written_down()
    {
        using var browser = await new Browser(desk).As("staff");
        await browser.Open("/log");
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = browser.Cookies, AllowAutoRedirect = false }) { BaseAddress = desk.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("Accept", "application/json");
        var ready = await Json(await client.GetAsync("/log?handler=Ready"), HttpStatusCode.OK);
        Assert.Equal(("staff", true), (ready.GetProperty("person").GetString(), ready.GetProperty("may").GetBoolean()));

        const string Captured = "2026-01-01T08:00:00+08:00";
        var fields = new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = ready.GetProperty("token").GetString()!, ["key"] = "phone-key-1", ["person"] = "staff", ["capturedAt"] = Captured, ["kind"] = "rental",
            ["category"] = "RNT-FIRE-01", ["town"] = "440111010", ["address"] = "离线路1号", ["basis"] = "patrol", ["spot"] = "1", ["way"] = "on_site", ["manner"] = "no_fault_found",
        };
        Assert.Equal("category", (await Json(await Post(fields, ("category", "")), HttpStatusCode.UnprocessableEntity)).GetProperty("field").GetString());
        Assert.True((await Json(await Post(fields), HttpStatusCode.Conflict)).GetProperty("urgent").GetBoolean());
        var before = DeskHost.Now;
        var done = await Json(await Post(fields, ("asked", "p1"), ("waited", "1200")), HttpStatusCode.OK);
        var number = done.GetProperty("number").GetString()!;
        Assert.Equal($"/incidents/{number}?done=logged", done.GetProperty("at").GetString());
        Assert.Equal(number, (await Json(await Post(fields, ("asked", "offline"), ("waited", "1300")), HttpStatusCode.OK)).GetProperty("number").GetString());
        var row = await desk.Read(db => db.Incidents.SingleAsync(i => i.Building == "440111010 离线路1号"));
        Assert.InRange(row.ReportedAt.Since(Instant.Of(before).Plus(-1200)), 0, 60);
        Assert.Equal((row.ReportedAt, row.ReportedAt), (row.FirstResponseAt!.Value, row.ResolvedAt!.Value));
        Assert.Equal(Captured, await desk.Read(db => db.Texts.Where(t => t.Incident == row.Key && t.Field == "capturedAt").Select(t => t.Value).SingleAsync()));

        // Under nobody's name but theirs, and not before they have signed in again.
        Assert.Equal("other_person", (await Json(await Post(fields, ("key", "phone-key-2"), ("person", "handler")), HttpStatusCode.UnprocessableEntity)).GetProperty("code").GetString());
        var near = await Json(await client.GetAsync("/log?handler=Near&town=440111010&address=" + Uri.EscapeDataString("离线路1号 302房")), HttpStatusCode.OK);
        Assert.Equal(("本栋近30天 1 单，疑似重复？", number), (near.GetProperty("said").GetString(), near.GetProperty("tickets")[0].GetProperty("number").GetString()));
        await desk.Read(db => db.Credentials.Where(c => c.Person == "staff" && c.Kind == "session").ExecuteUpdateAsync(c => c.SetProperty(x => x.ExpiresAt, DeskHost.Now.AddMinutes(-1))));
        using var ended = await Post(fields, ("key", "phone-key-3"));
        Assert.Equal((HttpStatusCode.TemporaryRedirect, true), (ended.StatusCode, ended.Headers.Location!.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal)));

        Task<HttpResponseMessage> Post(Dictionary<string, string> all, params (string Name, string Value)[] with) =>
            client.PostAsync("/log", new FormUrlEncodedContent(all.Where(f => !with.Any(w => w.Name == f.Key)).Concat(with.Select(w => KeyValuePair.Create(w.Name, w.Value)))));

        static async Task<JsonElement> Json(HttpResponseMessage answer, HttpStatusCode status)
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
            return JsonDocument.Parse(text).RootElement;
        }
    }

    [Fact]
    public async Task Every_category_is_found_by_its_initials_also_where_the_ledger_is_older_than_they_are()
    {
        // As a ledger has them that was made before there were initials.
        await desk.Read(async db =>
        {
            var row = await db.References.SingleAsync(r => r.List == "rental-type" && r.Code == "RNT-WATER-02");
            var old = System.Text.RegularExpressions.Regex.Replace(row.Content, ",\"pinyin\":\"[a-z]+\"", "");
            Assert.NotEqual(row.Content, old);
            return await db.References.Where(r => r.List == "rental-type" && r.Code == "RNT-WATER-02").ExecuteUpdateAsync(r => r.SetProperty(x => x.Content, old));
        });
        var browser = await Staff();
        await browser.Open("/log");
        var options = browser.Page.QuerySelectorAll("#category option[data-find]").ToDictionary(o => o.GetAttribute("value")!, o => o.GetAttribute("data-find")!);
        Assert.Equal((42, "slds"), (options.Count, options["RNT-WATER-02"].Split(' ')[0]));
        Assert.All(options, o => Assert.Matches($"^[a-z]+ {o.Key.ToLowerInvariant()} ", o.Value));
        Assert.Contains("给排水", options["RNT-WATER-02"], StringComparison.Ordinal);
        var codes = JsonDocument.Parse(await (await desk.Get("reference/rental-type", "staff")).Content.ReadAsStringAsync()).RootElement.GetProperty("codes");
        Assert.Equal("slds", codes.EnumerateArray().Single(c => c.GetProperty("code").GetString() == "RNT-WATER-02").GetProperty("pinyin").GetString());
    }

    [Fact]
    public async Task In_both_languages_every_field_has_its_label_and_the_page_weighs_little()
    {
        var browser = await Staff();
        foreach (var language in new[] { "en", "zh" })
        {
            await browser.Open($"/language?to={language}&returnUrl=%2Flog");
            var page = browser.Page;
            Assert.Equal(page.QuerySelectorAll("[id]").Length, page.QuerySelectorAll("[id]").Select(e => e.Id).Distinct().Count());
            Assert.Empty(page.QuerySelectorAll("style, [style], script:not([src])"));
            Assert.All(
                page.QuerySelectorAll("main input:not([type=hidden]):not([hidden]), main select, main textarea"),
                input => Assert.True(input.Closest("label") is not null || page.QuerySelector($"label[for='{input.Id}']") is not null, input.OuterHtml));
            Assert.Equal(language == "zh", browser.Text.Contains('请'));
            var weight = System.Text.Encoding.UTF8.GetByteCount(browser.Html);
            foreach (var part in page.QuerySelectorAll("[src], link[href]").Select(e => e.GetAttribute("src") ?? e.GetAttribute("href")!))
            {
                weight += (await desk.Client.GetByteArrayAsync(part)).Length;
            }

            Assert.InRange(weight, 20_000, 150_000);
        }
    }

    /// <summary>A browser in which a person of on-site staff is signed in.</summary>
    private async Task<Browser> Staff()
    {
        if (signedIn is null)
        {
            await desk.Ask(new IncidentDesk.People.AddPerson(null, "deng", "邓工", "staff"));
            signedIn = await new Browser(desk).As("deng");
        }

        return signedIn;
    }

    private static IHtmlFormElement Form(Browser browser) => (IHtmlFormElement)browser.Page.GetElementById("log")!;

    private static string? Value(Browser browser, string id) => browser.Page.GetElementById(id) switch
    {
        IHtmlSelectElement select => select.Value,
        IHtmlTextAreaElement area => area.Value,
        var input => input?.GetAttribute("value"),
    };

    private static string Local(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The ticket that the browser was led to.</summary>
    private async Task<IncidentRow> Logged(Browser browser)
    {
        Assert.Matches(@"^/incidents/BY\d{8}-\d{4}\?done=logged$", browser.At);
        Assert.True(Domain.Incidents.IncidentNumber.TryParse("BY", browser.At[11..^12], out var number));
        return await desk.Read(db => db.Incidents.AsNoTracking().SingleAsync(i => i.Key == number.Key));
    }
}
