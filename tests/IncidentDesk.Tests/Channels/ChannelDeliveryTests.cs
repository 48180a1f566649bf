using System.Collections.Concurrent;
using System.Diagnostics;
using IncidentDesk.Alerts;
using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Incidents;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Desks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Channels;

/// <summary>Alerts on their way out of a real desk, by every kind, to servers that verify and count.</summary>
public sealed class ChannelDeliveryTests
{
    private static readonly string[] Kinds = ["email", "wecom", "dingtalk", "feishu", "mas", "sms-http", "webhook"];
    private static readonly TimeSpan Breach = TimeSpan.FromHours(24) + TimeSpan.FromSeconds(1);

    [Fact]
    public async Task An_alert_goes_out_by_every_channel_without_personal_data_and_no_secret_stands_anywhere()
    {
        var spans = new ConcurrentQueue<string>();
        using var traces = new ActivityListener
        {
            ShouldListenTo = _ => true, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => spans.Enqueue($"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"),
        };
        ActivitySource.AddActivityListener(traces);
        await using var desk = await ChannelDesk.Open();
        var shown = new List<string>();
        foreach (var kind in Kinds)
        {
            var view = await desk.Add(kind);
            shown.AddRange(view.Secrets.Values.Concat(view.Settings.Values));
        }

        var number = await desk.Faults(1);
        await desk.Pass(Breach);
        Assert.Equal(8, await desk.Deliver());
        Assert.Equal(0, await desk.Deliver());

        var rows = await desk.Desk.Read(db => db.Outbox.AsNoTracking().ToListAsync());
        Assert.Equal(
            new[] { "dingtalk *", "email zhou", "feishu *", "log zhou", "mas zhou", "sms-http zhou", "webhook *", "wecom *" },
            rows.Select(r => $"{r.Channel} {r.Person}").Order(StringComparer.Ordinal));
        Assert.All(rows, r => Assert.Equal(OutboxRow.Sent, r.State));
        foreach (var path in new[] { "/wecom", "/ding", "/feishu" })
        {
            var text = Assert.Single(desk.Servers.Texts(path));
            Assert.Contains($"工单 {number} 已超时", text, StringComparison.Ordinal);
            Assert.Contains("出租屋 渗漏/堵塞，", text, StringComparison.Ordinal);
            Assert.Contains("已超 0小时0分", text, StringComparison.Ordinal);
            Assert.Contains("https://desk.by.gov.cn/alert?k=", text, StringComparison.Ordinal);
            Assert.Contains("编号 " + rows[0].Alert, text, StringComparison.Ordinal);
        }

        Assert.All(desk.Servers.Received, got => Assert.All(
            new[] { "林先生", "13800133357", "新市路", "406", "厨房", "周值班长" }, personal => Assert.DoesNotContain(personal, got.Text.Replace(number, "", StringComparison.Ordinal), StringComparison.Ordinal)));
        Assert.All(["/mas", "/sms"], path => Assert.StartsWith("13800138000 工单", Assert.Single(desk.Servers.Texts(path)), StringComparison.Ordinal));
        Assert.Equal("zhou@by.gov.cn", Assert.Single(desk.Mail.Received).To);
        Assert.Equal(rows[0].Alert.Replace('.', '_'), desk.Servers.Received.Single(g => g.Path == "/hook").Headers["webhook-id"]);
        Assert.DoesNotContain(desk.Servers.Received, g => g.Headers.ContainsKey("traceparent"));

        // What fails is told without them too, and so is what a refusal echoes.
        foreach (var kind in Kinds)
        {
            var sent = kind == "email" ? [] : desk.Servers.Settings(kind).Where(s => s.Key is "url" or "secret" or "secretKey").Select(s => s.Value).ToList();
            var echo = string.Join(' ', sent.Concat(FakeServers.Secrets.Where(s => sent.Exists(v => v.Contains(s, StringComparison.Ordinal)))));
            desk.Servers.Scripted["/"] = http => http.Response.WriteAsync($$"""{"errcode":93001,"code":1,"rspcod":"{{echo}}","Code":"{{echo}}","errmsg":"{{echo}}","msg":"{{echo}}"}""");
            desk.Mail.Scripted = line => line.StartsWith("RCPT", StringComparison.Ordinal) ? $"550 {MailServer.Password}" : null;
            shown.Add((await desk.Desk.Send(new TestChannel(ChannelDesk.Officer, kind, "zhou"))).Value!.Reason);
        }

        shown.AddRange((await desk.Desk.Send(new ReadChannels(ChannelDesk.Officer))).Value!.SelectMany(c => c.Secrets.Values.Concat(c.Settings.Values)));
        var stored = await desk.Desk.Read(async db =>
            (await db.Channels.AsNoTracking().ToListAsync()).SelectMany(c => new[] { c.Settings, c.Secrets }).Concat(await db.SecurityEvents.AsNoTracking().Select(e => e.Detail ?? "").ToListAsync()).ToList());
        Assert.Contains(spans, s => s.StartsWith(nameof(SaveChannel), StringComparison.Ordinal));
        Assert.NotEmpty(desk.Log.All);
        var everywhere = shown.Concat(stored).Concat(desk.Log.All).Concat(spans).Append(new SaveChannel(ChannelDesk.Officer, "c", "wecom", "n", true, desk.Servers.Settings("wecom")).ToString()).ToList();
        Assert.All(FakeServers.Secrets.Append(MailServer.Password), secret => Assert.DoesNotContain(everywhere, line => line.Contains(secret, StringComparison.Ordinal)));
        Assert.Contains($"http://{desk.Servers.Host}/…", shown);
    }

    [Fact]
    public async Task The_link_of_a_message_opens_for_its_time_for_whom_it_was_sent_to_and_acknowledges_nothing()
    {
        await using var desk = await ChannelDesk.Open();
        await desk.Add("webhook");
        await desk.Add("sms-http");
        var number = await desk.Faults(1);
        await desk.Pass(Breach);
        await desk.Deliver();
        var zhou = new Caller(new Domain.Incidents.Actor("zhou", "周值班长"), new HashSet<Role> { Role.Approver }, "page");
        var wu = ChannelDesk.Officer;
        var alert = await desk.Desk.Read(db => db.Alerts.Where(a => a.FoldedInto == null).Select(a => a.Id).SingleAsync());
        var links = desk.Desk.Services.GetRequiredService<AlertLinks>();
        var group = System.Text.Json.JsonDocument.Parse(desk.Servers.Received.Single(g => g.Path == "/hook").Body).RootElement.GetProperty("data").GetProperty("link").GetString()!["https://desk.by.gov.cn/alert?k=".Length..];
        var own = links.Seal(alert, "zhou", desk.Desk.Clock.GetUtcNow());
        foreach (var (key, by, mine) in new[] { (group, null, false), (group, zhou, true), (group, wu, false), (own, zhou, true), (own, wu, false), (own, null, false), (own, zhou with { MustFirst = "password" }, false) })
        {
            var seen = (await desk.Desk.Send(new ReadAlertLink(by, key))).Value!;
            Assert.Equal((alert, 0, mine, null), (seen.Alert.Id, seen.Known, seen.Mine is not null, seen.Over));
            Assert.Equal("BY" + number[2..10], "BY" + seen.Ticket.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)[..8]);
        }

        Assert.Equal(0, await desk.Desk.Read(db => db.Inbox.CountAsync(i => i.AcknowledgedAt != null)));
        desk.Desk.Clock.Advance(TimeSpan.FromHours(72) - TimeSpan.FromSeconds(1));
        Assert.Null((await desk.Desk.Send(new ReadAlertLink(null, group))).Refused);
        desk.Desk.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("link_expired", (await desk.Desk.Send(new ReadAlertLink(null, group))).Refused!.Code);
    }

    [Fact]
    public async Task A_channel_that_hangs_delays_no_other_is_tried_again_and_tells_what_it_missed_in_one_message()
    {
        await using var desk = await ChannelDesk.Open();
        await desk.Add("webhook", "hangs", new() { ["url"] = $"http://{desk.Servers.Host}/hook2", ["secret"] = FakeServers.HookSecret });
        await desk.Add("webhook", "well");
        var (asked, answers) = (new TaskCompletionSource(), new TaskCompletionSource());
        desk.Servers.Scripted["/hook2"] = async http =>
        {
            asked.TrySetResult();
            await answers.Task;
            http.Response.StatusCode = 500;
        };
        await desk.Faults(1);
        await desk.Pass(TimeSpan.FromHours(18));
        var first = desk.Deliver();
        await asked.Task;
        await DeskHost.Until(() => Task.FromResult(desk.Servers.Texts("/hook").Count == 1), TimeSpan.FromSeconds(8));

        // Another alert comes while the first still hangs, and is out by the other channel before it ends.
        await desk.Faults(1, hoursAgo: 25);
        await desk.Pass(TimeSpan.Zero);
        Assert.Equal(2, await desk.Deliver());
        Assert.False(first.IsCompleted);
        Assert.Equal(2, desk.Servers.Texts("/hook").Count);

        answers.SetResult();
        Assert.Equal(2, await first);
        desk.Servers.Scripted.Clear();
        Assert.Equal(0, await desk.Deliver());
        await desk.Pass(TimeSpan.FromSeconds(29));
        Assert.Equal(0, await desk.Deliver());

        // The next step of the first ticket comes before the channel is back.
        await desk.Pass(TimeSpan.FromHours(4));
        Assert.Equal(2 + 3, await desk.Deliver());
        Assert.Equal(2, desk.Servers.Texts("/hook2").Count);
        Assert.Single(desk.Servers.Texts("/hook2"), t => t.Contains("另有 1 项提醒未能送达，已并入本条", StringComparison.Ordinal));
        Assert.Equal([OutboxRow.Sent], await desk.Desk.Read(db => db.Outbox.Select(o => o.State).Distinct().ToListAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Over_its_limit_a_channel_tells_all_of_it_in_one_digest_and_never_asks_its_server_for_more(Engine engine)
    {
        await using var desk = await ChannelDesk.Open(engine);
        await desk.Add("wecom");
        await desk.Faults(25, hoursAgo: 25);
        await desk.Pass(TimeSpan.Zero);
        Assert.Equal(50, await desk.Deliver());
        var digest = Assert.Single(desk.Servers.Texts("/wecom"));
        Assert.StartsWith("【提醒汇总】25 件工单共 25 项提醒：超时 25 项，临期 0 项。工单 BY20260215-0001～0025。", digest, StringComparison.Ordinal);

        // 19 more fit into the minute, each by itself, and no more until it is over.
        await desk.Faults(19, hoursAgo: 25);
        await desk.Pass(TimeSpan.FromSeconds(30));
        await desk.Deliver();
        Assert.Equal(20, desk.Servers.Texts("/wecom").Count);
        await desk.Faults(3, hoursAgo: 25);
        await desk.Pass(TimeSpan.FromSeconds(29));
        await desk.Deliver();
        Assert.Equal(3, await Waits(desk));
        await desk.Pass(TimeSpan.FromSeconds(1));
        await desk.Deliver();
        Assert.Equal(0, await Waits(desk));
        Assert.StartsWith("【提醒汇总】3 件工单", desk.Servers.Texts("/wecom")[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(desk.Servers.Received, g => g.Path.StartsWith("refused", StringComparison.Ordinal));
        Assert.Equal([OutboxRow.Sent], await desk.Desk.Read(db => db.Outbox.Where(o => o.Channel == "wecom").Select(o => o.State).Distinct().ToListAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_channel_that_somebody_has_to_mend_is_told_once_and_what_it_gave_up_is_sent_again_but_not_of_what_is_over(Engine engine)
    {
        await using var desk = await ChannelDesk.Open(engine);
        await desk.Add("dingtalk");
        Assert.Null(await desk.Change("dingtalk", "secret", "SEC-another"));
        var over = await desk.Faults(1);
        await desk.Faults(1);
        await desk.Pass(Breach);
        await desk.Deliver();
        var dead = (await desk.Desk.Send(new ReadDeadLetters(ChannelDesk.Officer, "dingtalk", null, 1))).Value!;
        Assert.Contains("310000 sign not match", Assert.Single(dead.Items).Reason, StringComparison.Ordinal);
        Assert.Single((await desk.Desk.Send(new ReadDeadLetters(ChannelDesk.Officer, null, dead.Next, null))).Value!.Items);
        Assert.Single(desk.Servers.Received);
        Assert.Equal("channel-broken.dingtalk", Assert.Single(await desk.Desk.Read(db => db.Alerts.Where(a => a.Timer == AlertRow.Watch).ToListAsync())).Step);
        Assert.Equal(["admin", "root"], await desk.Desk.Read(db => db.Inbox.Where(i => i.Alert.StartsWith("0.watch")).OrderBy(i => i.Person).Select(i => i.Person).ToListAsync()));
        Assert.NotNull((await desk.Desk.Send(new ReadChannels(ChannelDesk.Officer))).Value!.Single().Row.BrokenAt);

        // Mended, tried, and sent again.
        Assert.Null(await desk.Change("dingtalk", "secret", FakeServers.DingSecret));
        Assert.Equal(DeliveryOutcome.Sent, (await desk.Desk.Send(new TestChannel(ChannelDesk.Officer, "dingtalk", null))).Value);
        var staff = new Caller(new Domain.Incidents.Actor("chen", "陈工"), new HashSet<Role> { Role.Staff }, "api");
        Assert.Null((await desk.Desk.Send(new Resolve(staff, over, "fixed_on_site", null, null, null, "修好"))).Refused);
        Assert.Equal("ticket_over", (await desk.Desk.Send(new ResendDead(ChannelDesk.Officer, dead.Items[0].Id, null))).Refused?.Code);
        Assert.Equal(1, (await desk.Desk.Send(new ResendDead(ChannelDesk.Officer, null, "dingtalk"))).Value);
        await desk.Deliver();
        Assert.Equal(2, desk.Servers.Texts("/ding").Count);
        Assert.Equal("delivery_not_found", (await desk.Desk.Send(new ResendDead(ChannelDesk.Officer, "nothing", null))).Refused?.Code);
    }

    [Fact]
    public async Task A_new_secret_of_a_webhook_signs_beside_the_one_before_for_a_week()
    {
        await using var desk = await ChannelDesk.Open();
        await desk.Add("webhook");
        Assert.Null(await desk.Change("webhook", "secret", "whsec_" + Convert.ToBase64String(new byte[32])));

        // The receiver still knows the one before only.
        Assert.Equal(DeliveryOutcome.Sent, await Test());
        Assert.Equal(2, desk.Servers.Received.Last().Headers["webhook-signature"].Split(' ').Length);
        desk.Desk.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal((Delivered.ChannelDisabled, "http_401"), await Test() is var late ? (late.How, late.Reason) : default);

        async Task<DeliveryOutcome> Test() => (await desk.Desk.Send(new TestChannel(ChannelDesk.Officer, "webhook", null))).Value!;
    }

    [Fact]
    public async Task What_can_be_known_to_be_wrong_is_said_when_it_is_saved_with_code_and_field()
    {
        await using var desk = await ChannelDesk.Open();
        foreach (var kind in Kinds)
        {
            await desk.Add(kind);
        }

        foreach (var (channel, setting, value, code) in new[]
        {
            ("wecom", "url", "", "missing_secret"), ("wecom", "url", "qyapi.weixin.qq.com", "bad_address"), ("wecom", "url", "http://qyapi.weixin.qq.com/send?key=1", "address_not_https"),
            ("wecom", "url", "https://127.0.0.1/send?key=1", "address_refused"), ("wecom", "url", "https://2130706433/send?key=1", "address_refused"), ("wecom", "url", "https://localhost/send", "address_refused"),
            ("wecom", "url", "https://[::ffff:169.254.169.254]/send", "address_refused"), ("wecom", "colour", "red", "unknown_setting"), ("wecom", "keyword", "a\u0007", "bad_setting"),
            ("dingtalk", "secret", "", "missing_secret"), ("dingtalk", "url", "https://oapi.dingtalk.com/robot/send", "bad_address"), ("feishu", "secret", "", "missing_secret"),
            ("mas", "secretKey", "", "missing_secret"), ("mas", "sign", "", "missing_setting"), ("mas", "gateway", "http://10.0.0.1:9000", "address_not_https"),
            ("sms-http", "body", """{"to":"{{phone}}","msg":"{{text}}","x":"{{room}}"}""", "bad_template"), ("sms-http", "body", """{"to":"{{phone}}","msg":"{{text""", "bad_template"),
            ("sms-http", "body", """{"to":"{{phone}}"}""", "bad_template"), ("sms-http", "body", """{"to":{{phone}},"msg":{{text}}}""", "bad_template"), ("sms-http", "secret", "", "missing_secret"),
            ("sms-http", "format", "xml", "bad_format"), ("sms-http", "headerName", "", "bad_header"), ("webhook", "secret", "whsec_short", "bad_secret"), ("webhook", "previousSecret", "x", "unknown_setting"),
            ("email", "port", "99999", "bad_port"), ("email", "from", "desk", "bad_email"), ("email", "host", "localhost", "address_refused"), ("email", "password", "", "missing_secret"),
            ("email", "tls", "none", "bad_tls"), ("email", "fingerprint", "12", "bad_fingerprint"),
        })
        {
            var refused = await desk.Change(channel, setting, value);
            Assert.Equal((code, "settings"), (refused?.Code, refused?.Field.Split('.')[0]));
            Assert.Contains(setting == "headerName" ? "header" : setting, refused!.Field, StringComparison.Ordinal);
        }

        Assert.Equal("bad_channel_code", (await desk.Desk.Send(new SaveChannel(ChannelDesk.Officer, "log", "wecom", "x", null, desk.Servers.Settings("wecom")))).Refused?.Code);
        Assert.Equal("channel_exists", (await desk.Desk.Send(new SaveChannel(ChannelDesk.Officer, "wecom", "wecom", "x", null, desk.Servers.Settings("wecom")))).Refused?.Code);
        Assert.Equal("unknown_kind", (await desk.Desk.Send(new SaveChannel(ChannelDesk.Officer, "fax", "fax", "x", null, null))).Refused?.Code);
        Assert.Equal("channel_not_found", await desk.Change("nothing") is { } none ? none.Code : null);
        Assert.Equal("no_contact", (await desk.Desk.Send(new TestChannel(ChannelDesk.Officer, "mas", "root"))).Refused?.Code);

        // One that is refused blocks none of the others, and nothing of what was refused was kept.
        await desk.Faults(1);
        await desk.Pass(Breach);
        Assert.Equal(8, await desk.Deliver());

        // What is out of use gets nothing.
        Assert.Null(await desk.Change("wecom", enabled: false));
        await desk.Faults(1);
        await desk.Pass(Breach);
        Assert.DoesNotContain("wecom", await desk.Desk.Read(db => db.Outbox.Where(o => o.State == OutboxRow.Pending).Select(o => o.Channel).ToListAsync()));
    }

    private static Task<int> Waits(ChannelDesk desk) => desk.Desk.Read(db => db.Outbox.CountAsync(o => o.Channel == "wecom" && o.State == OutboxRow.Pending));
}
