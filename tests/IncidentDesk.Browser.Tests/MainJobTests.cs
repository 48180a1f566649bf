using System.Globalization;
using IncidentDesk.Tests.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IncidentDesk.Browser.Tests;

/// <summary>The whole main job in a real browser: three people at three devices, and the same without a script.</summary>
[Collection("chromium")]
public sealed class MainJobTests(Chromium chromium)
{
    [InChromium]
    public async Task Three_people_take_a_fault_from_a_phone_in_the_stairwell_to_the_figures_of_the_month()
    {
        await using var phone = await chromium.Device();
        await using var office = await chromium.Device("approver", wide: true);
        await using var desk = await chromium.Device("officer", wide: true);
        var (staff, approver, officer) = (await phone.NewPageAsync(), await office.NewPageAsync(), await desk.NewPageAsync());
        var month = "/months/" + DeskHost.Now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM", CultureInfo.InvariantCulture);
        await officer.GotoAsync(month);
        var before = await Received(officer);

        // Signs in with the password that an administrator handed out, changes it, and logs the fault: the category by the initials of its pinyin.
        var oneTime = await chromium.OneTimePassword("staff");
        await staff.GotoAsync("/log");
        await staff.FillAsync("#person", "staff");
        await staff.FillAsync("#password", oneTime);
        await Press(staff, "登录");
        await staff.FillAsync("#old", oneTime);
        await staff.FillAsync("#password", "Xin-Shi-Lu-Lou-Ti");
        await staff.FillAsync("#again", "Xin-Shi-Lu-Lou-Ti");
        await Press(staff, "修改口令");
        await Follow(staff, "值班交接");
        await Follow(staff, "报障登记");
        await Describe(staff, "新市路88号", "三楼楼梯间水管爆裂");
        await Press(staff, "登记");
        await Expect(staff.Locator(".done")).ToContainTextAsync("已登记，单号");
        var at = new Uri(staff.Url).AbsolutePath;
        var number = at.Split('/')[^1];

        await Act(staff, "响应", "响应", ("#respond-way", "on_site"));
        await Expect(staff.Locator(".done")).ToHaveTextAsync("响应已登记。");
        await Act(staff, "登记客观原因(不停钟)", "登记客观原因(不停钟)", ("#pause-reason", "waiting_landlord"));
        await Expect(staff.Locator(".done")).ToContainTextAsync("须由另一人审批");
        await Expect(staff.GetByRole(AriaRole.Button, new() { Name = "批准" })).ToHaveCountAsync(0);

        // From what waits for them, two clicks.
        await approver.GotoAsync("/inbox");
        await approver.Locator("#requests").GetByRole(AriaRole.Link, new() { Name = number }).ClickAsync();
        await approver.GetByRole(AriaRole.Button, new() { Name = "批准", Exact = true }).ClickAsync();
        await Expect(approver.Locator(".done")).ToHaveTextAsync("已批准。");

        await staff.GotoAsync(at);
        await Act(staff, "恢复计时", "恢复计时");
        await Act(staff, "处理完成", "处理完成", ("#resolve-manner", "fixed_on_site"));
        await Expect(staff.Locator(".verdict")).ToContainTextAsync("按时");
        await Act(staff, "重开", "重开", ("#reopen-reason", "not_fixed"));
        await Expect(staff.Locator(".verdict")).ToContainTextAsync("未到期");

        await officer.ReloadAsync();
        Assert.Equal(before + 1, await Received(officer));
        await Expect(officer.Locator(".balance")).ToContainTextAsync("接报");
    }

    [InChromium]
    public async Task Without_a_script_a_fault_is_logged_opened_and_resolved()
    {
        await using var phone = await chromium.Device("lead", scripts: false);
        var page = await phone.NewPageAsync();
        await page.GotoAsync("/log");
        await page.SelectOptionAsync("#category", "RNT-GAS-01");
        await page.SelectOptionAsync("#town", "440111011");
        await page.FillAsync("#address", "机场路7号");
        await page.FillAsync("#description", "燃气味");
        await Press(page, "登记");
        await Expect(page.Locator("#urgent")).ToContainTextAsync("先拨打 110/119/120");
        await Expect(page.Locator("#description")).ToHaveValueAsync("燃气味");
        await Press(page, "仍然登记");
        await Expect(page.Locator(".done")).ToContainTextAsync("已登记，单号");
        await Act(page, "处理完成", "处理完成", ("#resolve-manner", "temporary_measure"));
        await Expect(page.Locator("#resolve-followUpOn-error")).ToHaveTextAsync("采取临时措施控险的，请填写后续根治的日期。");
        Assert.True(await page.Locator("#act-resolve").EvaluateAsync<bool>("act => act.open"));
        await page.SelectOptionAsync("#resolve-manner", "fixed_on_site");
        await page.Locator("#act-resolve button").ClickAsync();
        await Expect(page.Locator(".verdict")).ToContainTextAsync("按时");
    }

    /// <summary>Fills in what the form needs, as on a phone: category by its search.</summary>
    internal static async Task Describe(IPage page, string address, string description)
    {
        await page.FillAsync("#find", "slds");
        await page.Locator("#found .hit").First.ClickAsync();
        await page.SelectOptionAsync("#town", "440111011");
        await page.FillAsync("#address", address);
        await page.FillAsync("#description", description);
    }

    /// <summary>Unfolds an act, chooses and sends it.</summary>
    private static async Task Act(IPage page, string act, string button, params (string Field, string Value)[] choices)
    {
        await page.Locator(".acts > details > summary").GetByText(act, new() { Exact = true }).ClickAsync();
        foreach (var (field, value) in choices)
        {
            await page.SelectOptionAsync(field, value);
        }

        await page.Locator("details[open]").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }

    private static Task Press(IPage page, string button) => page.Locator("main").GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Opens a page from the navigation, unfolding it where the screen is small.</summary>
    private static async Task Follow(IPage page, string link)
    {
        var to = page.Locator("nav").GetByRole(AriaRole.Link, new() { Name = link, Exact = true });
        if (!await to.IsVisibleAsync())
        {
            await page.Locator("nav label").ClickAsync();
        }

        await to.ClickAsync();
    }

    private static async Task<int> Received(IPage page) => int.Parse(await page.Locator("[data-figure=received]").TextContentAsync() ?? "", CultureInfo.InvariantCulture);
}
