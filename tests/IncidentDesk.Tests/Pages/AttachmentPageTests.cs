using System.Net;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Attachments;

namespace IncidentDesk.Tests.Pages;

/// <summary>Photos and documents in a browser without scripts.</summary>
[Collection("pages")]
public sealed class AttachmentPageTests(PageHost host)
{
    [Fact]
    public async Task A_file_is_sent_by_a_form_refused_beside_its_field_and_withdrawn_for_a_reason()
    {
        var desk = host.Desk;
        var number = await Logged(desk);
        var page = $"/incidents/{number}/attachments";
        using var browser = await new Browser(desk, PageHost.Below).As("staff");
        await browser.Open(page);
        Assert.Contains("还没有附件", browser.Text, StringComparison.Ordinal);
        await browser.SendFile(page, "现场 <b>.jpg", Photos.Jpeg());
        Assert.Contains("附件已上传", browser.Text, StringComparison.Ordinal);
        var link = browser.Page.QuerySelector("#file-2 a")!;
        Assert.Equal(("现场 <b>.jpg", $"{PageHost.Below}/api/v1/incidents/{number}/attachments/2"), (link.TextContent, link.GetAttribute("href")));
        Assert.Contains("2026-05-03 08:59:30+08:00", browser.Text, StringComparison.Ordinal);
        using var photo = await browser.Ask(link.GetAttribute("href")!);
        Assert.Equal(Photos.KeptJpeg, await photo.Content.ReadAsByteArrayAsync());

        foreach (var (file, said) in new[] { (new byte[50 << 20], "文件不得超过 20 MB"), ("<svg onload=alert(1)>"u8.ToArray(), "只接受照片"), (Photos.Jpeg()[..400], "照片不完整"), ([], "请选择文件") })
        {
            await browser.SendFile(page, "photo.jpg", file);
            Assert.StartsWith(said, browser.ErrorOf("file"), StringComparison.Ordinal);
        }

        // Not from a page of ours: nothing of it is read.
        await browser.SendFile(page, "photo.png", Photos.Png(), "https://elsewhere.example");
        Assert.Equal(HttpStatusCode.BadRequest, browser.Answer.StatusCode);

        await browser.Open(page);
        await browser.Send($"{page}?handler=Withdraw&id=2", ("reason", " "));
        Assert.Contains("请填写撤回原因", browser.ErrorOf("reason-2"), StringComparison.Ordinal);
        await browser.Send($"{page}?handler=Withdraw&id=2", ("reason", "拍错了"));
        Assert.Contains("附件已撤回", browser.Text, StringComparison.Ordinal);
        Assert.Equal("已撤回", browser.Page.QuerySelector("#file-2 .mark")!.TextContent);

        // Who has been signed out meanwhile is led to sign in and back to the page.
        using var stranger = new Browser(desk, PageHost.Below);
        await stranger.SendFile(page, "photo.jpg", Photos.Jpeg());
        Assert.StartsWith($"{PageHost.Below}/sign-in?returnUrl=", stranger.At, StringComparison.Ordinal);
    }

    private static async Task<string> Logged(DeskHost desk)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PageHost.Below + "/api/v1/incidents") { Content = System.Net.Http.Json.JsonContent.Create(DeskHost.Fault()) };
        request.Headers.Add("Authorization", "Bearer " + await desk.TokenOf("staff"));
        using var answer = await desk.Client.SendAsync(request);
        return answer.Headers.Location!.ToString().Split('/')[^1];
    }
}
