using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.People;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Accounts;

/// <summary>Signing in over HTTP: the cookie, and what other sites, guessers and thieves get.</summary>
public sealed class SessionApiTests(DeskHosts hosts) : IClassFixture<DeskHosts>
{
    private const string Password = "Xin-Shi-Lu-56";

    [Theory, OnSqlite, OnPostgreSql]
    public async Task A_session_is_a_cookie_that_no_script_reads_fresh_at_each_sign_in_and_dead_after_sign_out(Engine engine)
    {
        var desk = await hosts.On(engine);
        await Ready(desk, "wen");
        using var planted = await Post(desk, "session", new { person = "wen", password = Password }, cookie: "desk_session=planted-by-somebody");
        Assert.Equal(HttpStatusCode.OK, planted.StatusCode);
        var cookie = planted.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("desk_session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        var session = cookie.Split(';')[0];
        Assert.NotEqual("desk_session=planted-by-somebody", session);

        using (var list = await Get(desk, "incidents", session))
        {
            Assert.Equal(HttpStatusCode.OK, list.StatusCode);
        }

        using (var out1 = await Post(desk, "session", null, session, desk.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), HttpMethod.Delete))
        {
            Assert.Equal(HttpStatusCode.NoContent, out1.StatusCode);
        }

        using var after = await Get(desk, "incidents", session);
        Assert.Equal((HttpStatusCode.Unauthorized, "credential_ended"), (after.StatusCode, await Code(after)));
    }

    [Fact]
    public async Task Over_https_the_cookie_is_secure_and_browsers_are_told_to_stay_there()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=desk.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DeskHost.Now.AddDays(-1), DeskHost.Now.AddDays(2));
        var folder = Directory.CreateTempSubdirectory("desk-https-").FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "desk.pfx"), certificate.Export(X509ContentType.Pfx, "geheim-2026"));
        await using var desk = await DeskHost.Open(
            Engine.Sqlite, folder, more: new Dictionary<string, string> { ["Web__Certificate"] = "desk.pfx", ["Web__CertificatePassword"] = "geheim-2026" }, thumbprint: certificate.Thumbprint);
        await Ready(desk, "wen");
        using var answer = await Post(desk, "session", new { person = "wen", password = Password });
        Assert.Contains("; secure", answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("desk_session=", StringComparison.Ordinal)), StringComparison.OrdinalIgnoreCase);
        using var named = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "desk.example" } };
        using var live = await desk.Client.SendAsync(named);
        Assert.StartsWith("max-age=", live.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
    }

    /// <summary>A page of another site makes the browser send the cookie along; it cannot make it lie about Origin.</summary>
    [Fact]
    public async Task A_change_with_a_cookie_is_taken_from_our_own_pages_only()
    {
        var desk = await hosts.On(Engine.Sqlite);
        await Ready(desk, "qiu");
        var session = await Open(desk, "qiu");
        var own = desk.Client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        foreach (var origin in new[] { null, "https://evil.example", "null", own.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), own + "0" })
        {
            using var refused = await Post(desk, "incidents", DeskHost.Fault(), session, origin);
            Assert.Equal((HttpStatusCode.Forbidden, "foreign_origin"), (refused.StatusCode, await Code(refused)));
        }

        using var taken = await Post(desk, "incidents", DeskHost.Fault(), session, own);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        using var foreign = await Post(desk, "session", new { person = "qiu", password = Password }, origin: "https://evil.example");
        Assert.Equal("foreign_origin", await Code(foreign));
    }

    /// <summary>1 000 wrong passwords for one name: five are looked at, the rest cost nothing; nobody is let in, and each is on record.</summary>
    [Fact]
    public async Task A_thousand_wrong_passwords_open_nothing_and_each_is_on_record()
    {
        var desk = await hosts.On(Engine.Sqlite);
        await Ready(desk, "target");
        var statuses = new List<HttpStatusCode>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, _) =>
        {
            using var answer = await Post(desk, "session", new { person = "target", password = $"Guess-{n:0000}" });
            Assert.Equal(answer.StatusCode == HttpStatusCode.TooManyRequests ? TimeSpan.FromMinutes(15) : null, answer.Headers.RetryAfter?.Delta);
            lock (statuses)
            {
                statuses.Add(answer.StatusCode);
            }
        });
        Assert.Equal(5, statuses.Count(s => s == HttpStatusCode.Unauthorized));
        Assert.Equal(995, statuses.Count(s => s == HttpStatusCode.TooManyRequests));
        Assert.Equal(1_000, await desk.Read(db => db.SecurityEvents.CountAsync(e => e.Who == "target" && e.What == "sign_in" && e.Outcome != "done")));
        using var right = await Post(desk, "session", new { person = "target", password = Password });
        Assert.Equal("account_locked", await Code(right));
    }

    /// <summary>A name that nobody has and a wrong password answer alike, and take as long.</summary>
    [Fact]
    public async Task Nobody_learns_which_names_exist()
    {
        var desk = await hosts.On(Engine.Sqlite);
        var names = new[] { "known", "unknown" };
        await Ready(desk, "known");
        var (said, took) = (new HashSet<string>(), names.ToDictionary(n => n, _ => new List<double>()));
        for (var round = 0; round < 4; round++)
        {
            foreach (var name in names)
            {
                var started = System.Diagnostics.Stopwatch.GetTimestamp();
                using var answer = await Post(desk, "session", new { person = name, password = "Wrong-0000-x" });
                took[name].Add(System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                said.Add(System.Text.RegularExpressions.Regex.Replace(await answer.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]*\"", "") + (int)answer.StatusCode);
            }
        }

        Assert.Single(said);

        // The quickest of each: without the hash a name that nobody has would answer many times faster.
        Assert.InRange(took["unknown"].Min() / took["known"].Min(), 0.4, 2.5);
    }

    /// <summary>Passwords, codes, tokens and cookies stand nowhere but where they were told.</summary>
    [Theory, OnSqlite]
    public async Task Secrets_stand_in_no_table_and_in_no_log(Engine engine)
    {
        var desk = await hosts.On(engine);
        await Ready(desk, "quiet");
        var session = (await Open(desk, "quiet")).Split('=')[1];
        var token = await desk.TokenOf("quiet");
        using (await Post(desk, "session", new { person = "quiet", password = "A-Secret-Guess-1" }))
        {
        }

        foreach (var file in Directory.GetFiles(desk.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes);
            foreach (var secret in new[] { Password, session, token, "A-Secret-Guess-1" })
            {
                Assert.True(bytes.ToArray().AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, $"{secret[..6]}… stands in {Path.GetFileName(file)}");
            }
        }

        Assert.All(new[] { Password, session, token, "A-Secret-Guess-1" }, secret => Assert.DoesNotContain(secret, desk.Said, StringComparison.Ordinal));
    }

    /// <summary>
    /// Masked wherever they are told to many: an alert and what the channels send, every line of the log, lists, reports and the summary of an import. In full they stand where
    /// the ticket's texts are kept, and nowhere else in the database.
    /// </summary>
    [Fact]
    public async Task A_reporters_name_and_phone_stand_in_no_message_no_log_and_no_export()
    {
        const string Name = "欧阳慕容", Phone = "13987650421";
        var desk = await hosts.On(Engine.Sqlite);
        using var logged = await desk.Post("incidents", "staff", new
        {
            kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111011", address = "新市路56号", room = "406", description = "厨房水管漏水", reporterName = Name,
            reporterPhone = Phone, reportedAt = DeskHost.Now.AddHours(-25),
        }, key: "reporter-of-mine");
        var number = DeskApiTests.Number(await logged.Content.ReadFromJsonAsync<JsonElement>());
        using (var line = new StringContent(Commands.Ledgers.Of(Commands.Ledgers.Line("R-1", $"报告人={Name};联系电话={Phone}"), Commands.Ledgers.Line("R-2", $"报告人={Name};联系电话={Phone};办结时间=2020-01-01 00:00:00")), System.Text.Encoding.UTF8, "text/csv"))
        {
            using var imported = await desk.Send(HttpMethod.Post, "ledgers/reporters", "officer", line);
            await None(imported);
        }

        using (var assigned = await desk.Post($"incidents/{number}/assign", "lead", new { handler = "handler" }))
        {
            await None(assigned);
        }

        using (var asked = await desk.Post($"incidents/{number}/void", "staff", new { reason = "test" }))
        {
            await None(asked);
        }

        await DeskHost.Until(async () => (await desk.Inbox("approver")).Exists(i => i.GetProperty("number").GetString() == number));
        await DeskHost.Until(() => desk.Read(async db => await db.Outbox.AnyAsync() && !await db.Outbox.AnyAsync(o => o.State == OutboxRow.Pending)));
        var month = TimeZoneInfo.ConvertTime(DeskHost.Now.AddHours(-25), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (who, path) in new[]
        {
            ("approver", "inbox?limit=200"), ("evaluator", "incidents?limit=50"), ("evaluator", "incidents/" + number), ("approver", "requests"), ("auditor", "security-log?limit=500"), ("officer", "watch"),
            ("officer", $"reports/{month}?scope=rental"), ("officer", $"reports/{month}?scope=rental&format=csv"), ("officer", "reports/2025-03?scope=rental&format=csv"), ("evaluator", "reports/2025-03?scope=rental"),
        })
        {
            using var answer = await desk.Get(path, who);
            Assert.True(answer.IsSuccessStatusCode, path);
            await None(answer);
        }

        Assert.DoesNotContain(Name, desk.Said, StringComparison.Ordinal);
        Assert.DoesNotContain(Phone, desk.Said, StringComparison.Ordinal);
        var holding = await desk.Read(async db =>
        {
            var found = new List<string>();
            await db.Database.OpenConnectionAsync();
            foreach (var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()!).Distinct())
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
                command.CommandText = $"SELECT * FROM \"{table}\"";
                await using var rows = await command.ExecuteReaderAsync();
                while (await rows.ReadAsync())
                {
                    found.AddRange(Enumerable.Range(0, rows.FieldCount).Where(i => rows.GetValue(i) is string text && (text.Contains(Name, StringComparison.Ordinal) || text.Contains(Phone, StringComparison.Ordinal)))
                        .Select(i => $"{table}.{rows.GetName(i)}"));
                }
            }

            return found.Distinct();
        });
        Assert.Equal(["Texts.Value"], holding);

        static async Task None(HttpResponseMessage answer)
        {
            var said = await answer.Content.ReadAsStringAsync();
            Assert.False(said.Contains(Name, StringComparison.Ordinal) || said.Contains(Phone, StringComparison.Ordinal), answer.RequestMessage!.RequestUri!.PathAndQuery);
        }
    }

    /// <summary>Somebody who has signed in once and set a password.</summary>
    private static async Task Ready(DeskHost desk, string id)
    {
        var password = (await desk.Ask(new AddPerson(null, id, "人员", "staff"))).Value!.OneTimePassword;
        using var first = await Post(desk, "session", new { person = id, password });
        var cookie = first.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        using (var held = await Get(desk, "incidents", cookie))
        {
            Assert.Equal((HttpStatusCode.Forbidden, "password_change_required"), (held.StatusCode, await Code(held)));
        }

        using var changed = await Post(desk, "account/password", new { old = password, @new = Password }, cookie, desk.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    private static async Task<string> Open(DeskHost desk, string id)
    {
        using var answer = await Post(desk, "session", new { person = id, password = Password });
        return answer.Headers.GetValues("Set-Cookie").First().Split(';')[0];
    }

    private static Task<HttpResponseMessage> Get(DeskHost desk, string path, string cookie) => Post(desk, path, null, cookie, method: HttpMethod.Get);

    private static async Task<HttpResponseMessage> Post(DeskHost desk, string path, object? body, string? cookie = null, string? origin = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, "/api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await desk.Client.SendAsync(request);
    }

    private static async Task<string?> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
