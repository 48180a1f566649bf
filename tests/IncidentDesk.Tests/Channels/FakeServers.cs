using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Tests.Channels;

/// <summary>
/// The servers of all channels on one loopback port. They verify what the true ones do (signature, time window, bytes, rate) by a clock of their own, always answer 200 unless
/// they are told otherwise, and keep what they got.
/// </summary>
public sealed class FakeServers : IAsyncDisposable
{
    public const string WeComKey = "693a91f6-7aoc-4bc4-97a0-0ec2sifa5aaa";
    public const string DingToken = "9a8b7c6d5e4f30211203f4e5d6c7b8a9";
    public const string DingSecret = "SEC-ding-this-is-secret";
    public const string FeishuToken = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    public const string FeishuSecret = "feishu-demo-secret";
    public const string MasSecret = "skDemo-mas-secret";
    public const string SmsSecret = "sms-bearer-secret";
    public const string HookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>All that must stand nowhere.</summary>
    public static readonly string[] Secrets = [WeComKey, DingToken, DingSecret, FeishuToken, FeishuSecret, MasSecret, SmsSecret, HookSecret[6..]];

    private readonly WebApplication app;
    private readonly Dictionary<string, List<DateTimeOffset>> taken = [];

    private FakeServers(WebApplication app) => this.app = app;

    /// <summary>Their clock.</summary>
    public required Func<DateTimeOffset> Now { get; set; }

    /// <summary>host:port.</summary>
    public string Host => new Uri(app.Urls.First()).Authority;

    /// <summary>What they got, in order.</summary>
    public ConcurrentQueue<Got> Received { get; } = [];

    /// <summary>What a path does instead of what it should.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Scripted { get; } = [];

    /// <summary>A request as it came.</summary>
    public sealed record Got(string Path, string Body, string Text, IReadOnlyDictionary<string, string> Headers);

    public static async Task<FakeServers> Start(Func<DateTimeOffset> now)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1));
        var servers = new FakeServers(builder.Build()) { Now = now };
        servers.app.Run(servers.Answer);
        await servers.app.StartAsync();
        return servers;
    }

    /// <summary>The settings of a channel of that kind that these servers take.</summary>
    public Dictionary<string, string> Settings(string kind) => kind switch
    {
        "wecom" => new() { ["url"] = $"http://{Host}/wecom/cgi-bin/webhook/send?key={WeComKey}" },
        "dingtalk" => new() { ["url"] = $"http://{Host}/ding/robot/send?access_token={DingToken}", ["secret"] = DingSecret, ["keyword"] = "工单" },
        "feishu" => new() { ["url"] = $"http://{Host}/feishu/open-apis/bot/v2/hook/{FeishuToken}", ["secret"] = FeishuSecret },
        "mas" => new() { ["gateway"] = $"http://{Host}/mas", ["ecName"] = "ecDemo", ["apId"] = "apDemo", ["secretKey"] = MasSecret, ["sign"] = "signDemo" },
        "sms-http" => new()
        {
            ["url"] = $"http://{Host}/sms", ["secret"] = SmsSecret, ["body"] = """{"to":"{{phone}}","msg":"{{text}}","id":"{{key}}"}""", ["headerName"] = "Authorization",
            ["header"] = "Bearer {{secret}}", ["okField"] = "Code", ["okValue"] = "OK", ["retryValues"] = "isv.BUSINESS_LIMIT_CONTROL",
        },
        _ => new() { ["url"] = $"http://{Host}/hook", ["secret"] = HookSecret },
    };

    /// <summary>Texts that a path got and took, in order.</summary>
    public List<string> Texts(string path) => [.. Received.Where(g => g.Path.StartsWith(path, StringComparison.Ordinal)).Select(g => g.Text)];

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Answer(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var (path, body) = (http.Request.Path.ToString(), await reader.ReadToEndAsync());
        if (Scripted.FirstOrDefault(s => path.StartsWith(s.Key, StringComparison.Ordinal)) is { Value: { } script })
        {
            Received.Enqueue(new Got("scripted " + path, body, "", Headers(http)));
            await script(http);
            return;
        }

        var (answer, text) = path switch
        {
            "/wecom/cgi-bin/webhook/send" => WeCom(http, body),
            "/ding/robot/send" => Ding(http, body),
            $"/feishu/open-apis/bot/v2/hook/{FeishuToken}" => Feishu(body),
            "/mas/sms/norsubmit" => Mas(body),
            "/sms" => Sms(http, body),
            "/hook" or "/hook2" => Hook(http, body),
            _ => ("404", ""),
        };
        Received.Enqueue(new Got((text.Length > 0 ? "" : "refused ") + path, body, text, Headers(http)));
        http.Response.StatusCode = answer == "404" ? 404 : answer == "401" ? 401 : 200;
        await http.Response.WriteAsync(answer);
    }

    private (string, string) WeCom(HttpContext http, string body)
    {
        var said = JsonDocument.Parse(body).RootElement;
        var text = said.GetProperty("markdown").GetProperty("content").GetString()!;
        return http.Request.Query["key"] != WeComKey ? ("""{"errcode":93000,"errmsg":"invalid webhook url, hint: [1], from ip: 127.0.0.1"}""", "")
            : said.GetProperty("msgtype").GetString() != "markdown" ? ("""{"errcode":40008,"errmsg":"invalid message type"}""", "")
            : text.Length == 0 ? ("""{"errcode":44004,"errmsg":"empty content"}""", "")
            : Encoding.UTF8.GetByteCount(text) > 4096 ? ("""{"errcode":40058,"errmsg":"markdown.content exceed max length 4096. invalid Request Parameter"}""", "")
            : TooFast("wecom", 20, 60) ? ("""{"errcode":45009,"errmsg":"api freq out of limit"}""", "")
            : ("""{"errcode":0,"errmsg":"ok"}""", text);
    }

    private (string, string) Ding(HttpContext http, string body)
    {
        var (query, said) = (http.Request.Query, JsonDocument.Parse(body).RootElement);
        var text = said.GetProperty("markdown").GetProperty("text").GetString()!;
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(DingSecret));
        var sign = Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(query["timestamp"] + "\n" + DingSecret)));
        return query["access_token"] != DingToken ? ("""{"errcode":300005,"errmsg":"token is not exist"}""", "")
            : query.Count != 3 || query["sign"] != sign || !Recent(long.Parse(query["timestamp"]!, CultureInfo.InvariantCulture) / 1000) ? ("""{"errcode":310000,"errmsg":"sign not match"}""", "")
            : !text.Contains("工单", StringComparison.Ordinal) ? ("""{"errcode":310000,"errmsg":"keywords not in content"}""", "")
            : TooFast("ding", 20, 60) ? ("""{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}""", "")
            : ("""{"errcode":0,"errmsg":"ok"}""", text);
    }

    private (string, string) Feishu(string body)
    {
        var said = JsonDocument.Parse(body).RootElement;
        var (at, text) = (said.GetProperty("timestamp").GetString()!, said.GetProperty("content").GetProperty("text").GetString()!);
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(at + "\n" + FeishuSecret));
        return said.GetProperty("sign").GetString() != Convert.ToBase64String(hmac.ComputeHash([])) || !Recent(long.Parse(at, CultureInfo.InvariantCulture))
                ? ("""{"code":19021,"msg":"sign match fail or timestamp is not within one hour from current time"}""", "")
            : Encoding.UTF8.GetByteCount(body) > 20 * 1024 ? ("""{"code":9499,"msg":"Bad Request"}""", "")
            : TooFast("feishu", 5, 1) ? ("""{"code":11232,"msg":"frequency limited psm[lark.oapi.app_platform_runtime]"}""", "")
            : ("""{"code":0,"msg":"success","data":{},"StatusCode":0,"StatusMessage":"success"}""", text);
    }

    private static (string, string) Mas(string body)
    {
        var said = JsonDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(body))).RootElement;
        string Of(string name) => said.GetProperty(name).GetString()!;
#pragma warning disable CA5351 // The gateway asks for MD5.
        var mac = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(string.Concat(new[] { "ecName", "apId", "secretKey", "mobiles", "content", "sign", "addSerial" }.Select(Of)))));
#pragma warning restore CA5351
        return Of("secretKey") != MasSecret ? ("""{"msgGroup":"","rspcod":"InvalidUsrOrPwd","success":false}""", "")
            : Of("mac") != mac ? ("""{"msgGroup":"","rspcod":"IllegalMac","success":false}""", "")
            : ("""{"msgGroup":"g1","rspcod":"success","success":true}""", $"{Of("mobiles")} {Of("content")}");
    }

    private static (string, string) Sms(HttpContext http, string body)
    {
        var said = JsonDocument.Parse(body).RootElement;
        return http.Request.Headers.Authorization != "Bearer " + SmsSecret ? ("401", "") : ("""{"Code":"OK","BizId":"1"}""", $"{said.GetProperty("to")} {said.GetProperty("msg")}");
    }

    private (string, string) Hook(HttpContext http, string body)
    {
        var headers = http.Request.Headers;
        using var hmac = new HMACSHA256(Convert.FromBase64String(HookSecret["whsec_".Length..]));
        var sign = "v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}")));
        return !headers["webhook-signature"].ToString().Split(' ').Contains(sign) || Math.Abs(long.Parse(headers["webhook-timestamp"]!, CultureInfo.InvariantCulture) - Now().ToUnixTimeSeconds()) > 300
            ? ("401", "") : ("", JsonDocument.Parse(body).RootElement.GetProperty("data").GetProperty("textZh").GetString()!);
    }

    private bool Recent(long seconds) => Math.Abs(seconds - Now().ToUnixTimeSeconds()) <= 3_600;

    private bool TooFast(string who, int most, int seconds)
    {
        lock (taken)
        {
            var times = taken.TryGetValue(who, out var known) ? known : taken[who] = [];
            times.Add(Now());
            return times.Count(t => t > Now().AddSeconds(-seconds)) > most;
        }
    }

    private static Dictionary<string, string> Headers(HttpContext http) => http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
}
