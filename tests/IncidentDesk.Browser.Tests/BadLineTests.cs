using IncidentDesk.Data;
using IncidentDesk.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace IncidentDesk.Browser.Tests;

/// <summary>What a phone in a stairwell goes through: the network is gone, the answer is lost, the session has ended. Nothing that was typed is lost, and nothing is logged twice.</summary>
[Collection("chromium")]
public sealed class BadLineTests(Chromium chromium)
{
    [InChromium]
    public async Task A_phone_that_loses_the_network_keeps_the_fault_and_sends_it_by_itself_once()
    {
        await using var phone = await chromium.Device("lead");
        var page = await phone.NewPageAsync();
        await page.GotoAsync("/log");
        await phone.SetOfflineAsync(true);
        await MainJobTests.Describe(page, "新市路91号", "没有网络时登记");
        await page.ClickAsync("#save");
        await Expect(page.Locator("#waiting")).ToHaveTextAsync("⇪ 待上传 1 条");
        await Expect(page.Locator("#said")).ToContainTextAsync("没有网络，已保存在本机");
        Assert.Equal(0, await Logged("没有网络时登记"));
        await phone.SetOfflineAsync(false);
        await Expect(page.Locator("#said")).ToContainTextAsync("已上传：BY");
        await Expect(page.Locator("#waiting")).ToBeHiddenAsync();
        Assert.Equal(1, await Logged("没有网络时登记"));
    }

    [InChromium]
    public async Task Photos_taken_without_a_network_go_after_their_fault_and_end_on_its_page()
    {
        await using var phone = await chromium.Device("lead");
        var page = await phone.NewPageAsync();
        await page.GotoAsync("/log");
        await phone.SetOfflineAsync(true);
        await MainJobTests.Describe(page, "新市路94号", "没有网络时拍照");
        var photos = Path.Combine(AppContext.BaseDirectory, "data", "photos");
        await page.SetInputFilesAsync("#photo", [Path.Combine(photos, "plain.jpg"), Path.Combine(photos, "plain.png")]);
        await Expect(page.Locator("#photos-queue li")).ToHaveCountAsync(2);
        await Expect(page.Locator("#photos-queue")).ToContainTextAsync("登记后上传");
        await page.ClickAsync("#save");
        await Expect(page.Locator("#waiting")).ToHaveTextAsync("⇪ 待上传 1 条");
        await Expect(page.Locator("#photos-queue")).ToBeHiddenAsync();

        // Whichever page is open when the network comes back.
        await phone.SetOfflineAsync(false);
        await page.GotoAsync("/inbox");
        await DeskHost.Until(() => chromium.Desk.Read(async db => await Number(db) is { } key && await db.Events.CountAsync(e => e.Incident == key && e.Type == "attached") == 2), TimeSpan.FromSeconds(30));
        await page.GotoAsync("/incidents/" + new Domain.Incidents.IncidentNumber("BY", await chromium.Desk.Read(Number) ?? 0));
        await Expect(page.Locator("#attachments")).ToContainTextAsync("plain.jpg");
        Assert.Equal(0, await page.EvaluateAsync<int>("Object.keys(localStorage).length"));

        // With a network: the form is left, the photo follows.
        await page.GotoAsync("/log");
        await MainJobTests.Describe(page, "新市路95号", "有网络时拍照");
        await page.SetInputFilesAsync("#photo", Path.Combine(photos, "plain.webp"));
        await Expect(page.Locator("#photos-queue li")).ToHaveCountAsync(1);
        await page.ClickAsync("#save");
        await Expect(page.Locator("#attachments")).ToContainTextAsync("plain.webp", new() { Timeout = 30_000 });

        static async Task<long?> Number(DeskDb db) => await db.Texts.Where(t => t.Value == "没有网络时拍照").Select(t => (long?)t.Incident).SingleOrDefaultAsync();
    }

    [InChromium]
    public async Task A_reply_that_is_lost_and_a_double_click_make_one_ticket()
    {
        await using var phone = await chromium.Device("lead");
        var page = await phone.NewPageAsync();
        await page.GotoAsync("/log");
        var sent = 0;
        await phone.RouteAsync("**/log", async route =>
        {
            if (route.Request.Method == "POST" && Interlocked.Increment(ref sent) == 1)
            {
                await route.FetchAsync();
                await route.AbortAsync();
            }
            else
            {
                await route.ContinueAsync();
            }
        });
        await MainJobTests.Describe(page, "新市路92号", "回执丢失");
        await page.DblClickAsync("#save");
        await Expect(page.Locator("#said")).ToContainTextAsync("已上传：BY");
        await Expect(page.Locator("#waiting")).ToBeHiddenAsync();
        Assert.Equal(2, sent);
        Assert.Equal(1, await Logged("回执丢失"));
    }

    [InChromium]
    public async Task A_session_that_ends_while_somebody_types_keeps_what_was_typed()
    {
        await using var phone = await chromium.Device("chen");
        var page = await phone.NewPageAsync();

        // The form of a fault stays on the phone until its writer has signed in.
        await page.GotoAsync("/log");
        await MainJobTests.Describe(page, "新市路93号", "登记时登录过期");
        await Expire("chen");
        await page.ClickAsync("#save");
        await Expect(page.Locator("#said")).ToContainTextAsync("登录已过期，已保存在本机");
        await page.Locator("#kept-signin a").ClickAsync();
        var oneTime = await chromium.OneTimePassword("chen");
        await SignIn(oneTime);
        await page.FillAsync("#old", oneTime);
        await page.FillAsync("#password", "Ji-Chang-Lu-Er-Hao");
        await page.FillAsync("#again", "Ji-Chang-Lu-Er-Hao");
        await page.Locator("main button").ClickAsync();
        await Expect(page.Locator("#waiting")).ToBeHiddenAsync();
        await DeskHost.Until(async () => await Logged("登记时登录过期") == 1, TimeSpan.FromSeconds(20));

        // The form of an act goes through the sign-in and comes back, not sent.
        await page.GotoAsync("/incidents/" + DeskApiTests.Number(await chromium.Desk.Log(DeskHost.Fault(description: "备注时登录过期"))));
        await page.Locator("#act-note summary").ClickAsync();
        await page.FillAsync("#note-words", "已联系供水公司，约定十点到场");
        await Expire("chen");
        await page.Locator("#act-note button").ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("填写的内容会保留");
        await SignIn("Ji-Chang-Lu-Er-Hao");
        await page.GetByRole(AriaRole.Button, new() { Name = "回到表单" }).ClickAsync();
        await Expect(page.Locator("#note-words")).ToHaveValueAsync("已联系供水公司，约定十点到场");
        Assert.Equal(0, await Logged("已联系供水公司，约定十点到场"));
        await page.Locator("#act-note button").ClickAsync();
        await Expect(page.Locator(".done")).ToHaveTextAsync("备注已保存。");
        Assert.Equal(1, await Logged("已联系供水公司，约定十点到场"));

        async Task SignIn(string password)
        {
            await page.FillAsync("#person", "chen");
            await page.FillAsync("#password", password);
            await page.Locator("main button").ClickAsync();
        }
    }

    /// <summary>Ends that person's sessions, as time does.</summary>
    private Task<int> Expire(string person) => chromium.Desk.Read(db => db.Credentials.Where(c => c.Person == person && c.Kind == CredentialRow.Session)
        .ExecuteUpdateAsync(c => c.SetProperty(x => x.ExpiresAt, DeskHost.Now.AddMinutes(-1))));

    /// <summary>How many tickets hold that text.</summary>
    private Task<int> Logged(string text) => chromium.Desk.Read(db => db.Texts.CountAsync(t => t.Value == text));
}
