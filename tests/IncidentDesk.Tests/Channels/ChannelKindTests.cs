using System.Net;
using System.Text;
using IncidentDesk.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace IncidentDesk.Tests.Channels;

/// <summary>Each kind against a server that verifies it: what is sent, and what every answer comes to.</summary>
public sealed class ChannelKindTests : IAsyncLifetime
{
    private static readonly string[] Http = ["wecom", "dingtalk", "feishu", "mas", "sms-http", "webhook"];

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 5, 3, 1, 0, 0, TimeSpan.Zero));
    private FakeServers servers = null!;
    private ServiceProvider services = null!;
    private DeskSettings settings = null!;

    public async Task InitializeAsync()
    {
        servers = await FakeServers.Start(clock.GetUtcNow);
        settings = new DeskSettings
        {
            DataFolder = Path.GetTempPath(), Engine = Engine.Sqlite, ConnectionString = "Data Source=:memory:", Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "区",
            Outgoing = OutgoingAddresses.Read(servers.Host)!, OutgoingTimeout = TimeSpan.FromMilliseconds(400),
        };
        services = Services(clock);
    }

    private ServiceProvider Services(TimeProvider by) => new ServiceCollection().AddIncidentDesk(settings).AddSingleton(by).BuildServiceProvider();

    public async Task DisposeAsync()
    {
        await services.DisposeAsync();
        await servers.DisposeAsync();
    }

    /// <summary>The test values of the vendors' documents, computed elsewhere.</summary>
    [Fact]
    public void Signatures_are_those_of_the_vendors()
    {
        Assert.Equal("hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=", DingTalkRobot.Sign("this is secret", 1577262236757));
        Assert.Equal("hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D", Uri.EscapeDataString(DingTalkRobot.Sign("this is secret", 1577262236757)));
        Assert.Equal("720jYrKdvKBIPpkWJMm8DG3QkghIJy5IKu3PlwuMYP8=", DingTalkRobot.Sign("this is secret", 1652313600000));
        Assert.Equal("jquNHnVOwmDRfw+vqTIrY5dooJAgi5EcRtLsQE4wfXg=", FeishuRobot.Sign("demo", 100));
        Assert.Equal("l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=", FeishuRobot.Sign("demo", 1599360473));
        Assert.Equal("9768c61e7462c35166898f9ee6f47983", MasSms.Mac("ecDemo", "apDemo", "skDemo", "13800138000", "【白云区】工单超时提醒", "signDemo"));
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            StandardWebhook.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes("""{"test": 2432232314}""")));
    }

    [Theory]
    [InlineData("wecom")]
    [InlineData("dingtalk")]
    [InlineData("feishu")]
    [InlineData("mas")]
    [InlineData("sms-http")]
    [InlineData("webhook")]
    public async Task A_message_is_taken_within_the_bytes_cut_after_a_whole_character_and_not_where_the_clock_or_the_secret_is_another(string kind)
    {
        Assert.Equal(DeliveryOutcome.Sent, await Send(kind));
        Assert.Contains("工单 BY20260503-0001 已超时", Assert.Single(servers.Received).Text, StringComparison.Ordinal);

        // 4 bytes a character that is two of the machine's, so that no limit falls between two of them.
        var words = "a" + string.Concat(Enumerable.Repeat("😀", 6_000));
        Assert.Equal(DeliveryOutcome.Sent, await Send(kind, Message(words)));
        var long1 = servers.Received.Last().Text;
        Assert.DoesNotContain('\uFFFD', long1);
        if (kind is not ("webhook" or "dingtalk"))
        {
            Assert.Contains("😀…", long1, StringComparison.Ordinal);
        }

        if (kind is "wecom" or "dingtalk" or "feishu")
        {
            // What tells a repetition, and the way back, survive the cut.
            Assert.EndsWith("https://desk.by.gov.cn/incidents/BY20260503-0001" + (kind == "dingtalk" ? "\n\n" : "\n") + "编号 k1", long1, StringComparison.Ordinal);
            Assert.InRange(Encoding.UTF8.GetByteCount(long1), 4_000, kind == "feishu" ? 6_000 : 4_096);
        }

        if (kind is "dingtalk" or "feishu" or "webhook")
        {
            servers.Now = () => clock.GetUtcNow().AddHours(2);
            Assert.Equal(Delivered.ChannelDisabled, (await Send(kind)).How);
            servers.Now = clock.GetUtcNow;
        }

        var wrong = servers.Settings(kind);
        foreach (var secret in new[] { "secret", "secretKey" }.Where(wrong.ContainsKey))
        {
            wrong[secret] = kind == "webhook" ? "whsec_" + Convert.ToBase64String(new byte[24]) : "another";
        }

        wrong["url"] = wrong.GetValueOrDefault("url")?.Replace(FakeServers.WeComKey, "another", StringComparison.Ordinal) ?? "";
        var refused = await Send(kind, settings: wrong);
        Assert.Equal(Delivered.ChannelDisabled, refused.How);
        Assert.All(FakeServers.Secrets, secret => Assert.DoesNotContain(secret, refused.Reason, StringComparison.Ordinal));
    }

    /// <summary>HTTP 200 all of them.</summary>
    [Theory]
    [InlineData("wecom", """{"errcode":0,"errmsg":"ok"}""", Delivered.Sent, 0)]
    [InlineData("wecom", """{"errcode":-1,"errmsg":"system busy"}""", Delivered.RetryLater, 30)]
    [InlineData("wecom", """{"errcode":45009,"errmsg":"api freq out of limit"}""", Delivered.RetryLater, 60)]
    [InlineData("wecom", """{"errcode":93000,"errmsg":"invalid webhook url"}""", Delivered.ChannelDisabled, 0)]
    [InlineData("wecom", """{"errcode":40058,"errmsg":"exceed max length"}""", Delivered.Rejected, 0)]
    [InlineData("wecom", """{"errcode":777,"errmsg":"ok"}""", Delivered.Rejected, 0)]
    [InlineData("wecom", """{"errmsg":"ok"}""", Delivered.RetryLater, 0)]
    [InlineData("dingtalk", """{"errcode":130101,"errmsg":"send too fast"}""", Delivered.RetryLater, 600)]
    [InlineData("dingtalk", """{"errcode":410100,"errmsg":"send too fast"}""", Delivered.RetryLater, 600)]
    [InlineData("dingtalk", """{"errcode":310000,"errmsg":"keywords not in content"}""", Delivered.ChannelDisabled, 0)]
    [InlineData("dingtalk", """{"errcode":300001,"errmsg":"token is not exist"}""", Delivered.ChannelDisabled, 0)]
    [InlineData("dingtalk", """{"errcode":400102,"errmsg":"stopped"}""", Delivered.ChannelDisabled, 0)]
    [InlineData("dingtalk", """{"errcode":43002,"errmsg":"needs POST"}""", Delivered.Rejected, 0)]
    [InlineData("feishu", """{"code":11232,"msg":"frequency limited"}""", Delivered.RetryLater, 60)]
    [InlineData("feishu", """{"code":19024,"msg":"Key Words Not Found"}""", Delivered.ChannelDisabled, 0)]
    [InlineData("feishu", """{"code":9499,"msg":"Bad Request"}""", Delivered.Rejected, 0)]
    [InlineData("feishu", """{"code":1,"msg":"success"}""", Delivered.Rejected, 0)]
    [InlineData("mas", """{"msgGroup":"","rspcod":"IllegalMac","success":false}""", Delivered.ChannelDisabled, 0)]
    [InlineData("mas", """{"msgGroup":"","rspcod":"InvalidMessage","success":false}""", Delivered.Rejected, 0)]
    [InlineData("mas", """{"msgGroup":"","rspcod":"success","success":false}""", Delivered.Rejected, 0)]
    [InlineData("mas", """{"msgGroup":"","rspcod":"Whatever","success":true}""", Delivered.Rejected, 0)]
    [InlineData("sms-http", """{"Code":"isv.BUSINESS_LIMIT_CONTROL"}""", Delivered.RetryLater, 0)]
    [InlineData("sms-http", """{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}""", Delivered.Rejected, 0)]
    [InlineData("sms-http", """{"Message":"OK"}""", Delivered.RetryLater, 0)]
    public async Task An_answer_of_200_is_what_its_body_says_and_an_unknown_code_is_never_sent(string kind, string answer, Delivered how, int afterSec)
    {
        servers.Scripted["/"] = http => http.Response.WriteAsync(answer);
        var outcome = await Send(kind);
        Assert.Equal((how, afterSec), (outcome.How, outcome.AfterSec ?? 0));
    }

    [Fact]
    public async Task Errors_timeouts_garbage_slow_bodies_and_redirects_are_no_success_of_any_kind()
    {
        // Time limits go by the desk's clock; here it has to run.
        await services.DisposeAsync();
        services = Services(TimeProvider.System);
        await All(http => Status(http, 500), Delivered.RetryLater, "http_500");
        await All(http => Status(http, 404), Delivered.ChannelDisabled, "http_404");
        await All(http => Status(http, 400), Delivered.Rejected, "http_400");
        await All(
            http =>
            {
                http.Response.Headers.RetryAfter = "77";
                return Status(http, 429);
            },
            Delivered.RetryLater,
            "http_429",
            77);
        await All(
            http =>
            {
                http.Response.Headers.Location = "/hook2";
                return Status(http, 302);
            },
            Delivered.ChannelDisabled,
            "http_302");
        Assert.DoesNotContain(servers.Received, g => g.Path.EndsWith("/hook2", StringComparison.Ordinal));
        await All(http => Task.Run(http.Abort), Delivered.RetryLater, "no_answer");
        await All(http => Task.Delay(Timeout.Infinite, http.RequestAborted), Delivered.RetryLater, "timeout");
        await All(
            async http =>
            {
                // Headers at once, then nothing.
                await http.Response.WriteAsync("{");
                await http.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            },
            Delivered.RetryLater,
            "timeout");
        await All(http => http.Response.WriteAsync("<html>502 Bad Gateway"), Delivered.RetryLater, "unreadable_answer", not: "webhook");
        await All(http => http.Response.WriteAsync(new string('x', 100_000)), Delivered.RetryLater, "no_answer");

        static Task Status(HttpContext http, int status)
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        async Task All(Func<HttpContext, Task> script, Delivered how, string reason, int? after = null, string? not = null)
        {
            servers.Scripted["/"] = script;

            // Another channel each time: a circuit is a channel's own.
            var outcomes = await Task.WhenAll(Http.Where(k => k != not).Select(async k => (Kind: k, Outcome: await Send(k, code: $"{k}-{reason}-{how}"))));
            Assert.All(outcomes, o => Assert.True(o.Outcome.How == how && o.Outcome.Reason.StartsWith(reason, StringComparison.Ordinal) && (after is null || o.Outcome.AfterSec == after), $"{o}, not {how} {reason}"));
        }
    }

    [Fact]
    public async Task A_server_that_keeps_failing_is_left_alone_for_a_while_and_another_channel_of_the_same_server_is_not()
    {
        servers.Scripted["/hook"] = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("http_503", (await Send("webhook", code: "first")).Reason);
        }

        Assert.Equal("circuit_open", (await Send("webhook", code: "first")).Reason);
        Assert.Equal(5, servers.Received.Count);
        Assert.Equal("http_503", (await Send("webhook", code: "second")).Reason);
    }

    [Fact]
    public async Task A_name_that_stands_for_this_machine_is_refused_when_it_is_connected_to()
    {
        var port = servers.Host.Split(':')[1];
        foreach (var name in new[] { "localhost", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254" })
        {
            var outcome = await Send("webhook", settings: new() { ["url"] = $"https://{name}:{port}/hook", ["secret"] = FakeServers.HookSecret }, code: name);
            Assert.Equal((Delivered.ChannelDisabled, "address_refused"), (outcome.How, outcome.Reason));
        }

        var mail = await Send("email", settings: new() { ["host"] = "localhost", ["port"] = port, ["from"] = "desk@by.gov.cn" });
        Assert.Equal("address_refused", mail.Reason);
        Assert.Empty(servers.Received);
    }

    [Theory]
    [InlineData("10.1.2.3", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("2408::1", false)]
    [InlineData("127.8.8.8", true)]
    [InlineData("169.254.0.1", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("::127.0.0.1", true)]
    public void Loopback_link_local_and_metadata_addresses_are_our_own_however_they_are_written(string address, bool own) =>
        Assert.Equal(own, OutgoingAddresses.IsOwn(IPAddress.Parse(address)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mail_goes_encrypted_by_port_465_or_starttls_and_what_the_server_says_is_what_it_comes_to(bool implicitly)
    {
        await using var mail = new MailServer(implicitly);
        await using var here = new ServiceCollection().AddIncidentDesk(settings with { Outgoing = OutgoingAddresses.Read(mail.Host)!, OutgoingTimeout = TimeSpan.FromSeconds(5) })
            .AddSingleton<TimeProvider>(clock).BuildServiceProvider();
        var good = mail.Settings();
        Assert.Equal(DeliveryOutcome.Sent, await Try());
        var (to, got) = Assert.Single(mail.Received);
        Assert.Equal("li@by.gov.cn", to);
        Assert.Contains("Subject: =?utf-8?", got, StringComparison.Ordinal);
        Assert.Contains("X-IncidentDesk-Key: k1", got, StringComparison.Ordinal);
        Assert.Contains("工单 BY20260503-0001 已超时", MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(got))).TextBody, StringComparison.Ordinal);

        Assert.Equal((Delivered.Rejected, "smtp_550"), await Says("RCPT", "550 no such user"));
        Assert.Equal((Delivered.RetryLater, "smtp_450"), await Says("RCPT", "450 later"));
        Assert.Equal((Delivered.RetryLater, "smtp_421"), await Says("MAIL", "421 closing"));
        Assert.Equal((Delivered.ChannelDisabled, "smtp_553"), await Says("MAIL", "553 not yours"));
        Assert.Equal((Delivered.RetryLater, "no_answer"), await Says("DATA", ""));
        Assert.Equal((Delivered.ChannelDisabled, "smtp_authentication"), Told(await Try("password", "another")));
        Assert.Equal((Delivered.ChannelDisabled, "smtp_certificate"), Told(await Try("fingerprint", new string('0', 64))));
        if (!implicitly)
        {
            // Nothing, and no password, goes over a connection that does not become encrypted.
            Assert.Equal((Delivered.ChannelDisabled, "smtp_no_starttls"), await Says("EHLO", "250 mail"));
        }

        Assert.Single(mail.Received);

        async Task<(Delivered, string)> Says(string command, string answer)
        {
            mail.Scripted = said => said.StartsWith(command, StringComparison.Ordinal) ? answer : null;
            var outcome = await Try();
            mail.Scripted = _ => null;
            return Told(outcome);
        }

        Task<DeliveryOutcome> Try(string? setting = null, string value = "")
        {
            var changed = setting is null ? good : new Dictionary<string, string>(good) { [setting] = value };
            return here.GetServices<IChannel>().Single(c => c.Kind == "email").Send(new ChannelSettings("mail", changed, new HashSet<string> { "password" }), Message(), CancellationToken.None);
        }

        static (Delivered, string) Told(DeliveryOutcome outcome) => (outcome.How, outcome.Reason);
    }

    private static ChannelMessage Message(string zh = "工单 BY20260503-0001 已超时：请立即处理。") => new(
        "k1", zh.Contains("BY", StringComparison.Ordinal) ? "li@by.gov.cn" : "13800138000", zh, "Incident BY20260503-0001 is breached.", "出租屋 渗漏/堵塞，已超 0小时1分", "https://desk.by.gov.cn/incidents/BY20260503-0001", null);

    private Task<DeliveryOutcome> Send(string kind, ChannelMessage? message = null, Dictionary<string, string>? settings = null, string? code = null)
    {
        var channel = services.GetServices<IChannel>().Single(c => c.Kind == kind);
        var secrets = channel.Fields.Where(f => f.Secret).Select(f => f.Name).ToHashSet();
        return channel.Send(new ChannelSettings(code ?? kind, settings ?? servers.Settings(kind), secrets), message ?? Message(), CancellationToken.None);
    }
}
