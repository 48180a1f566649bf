using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IncidentDesk.Tests.Api;

/// <summary>The real host with the settings of an installation: below a path, behind a gateway at 127.0.0.2, with log files, scraped by Prometheus.</summary>
public sealed class InstalledHostTests(InstalledHostTests.Installed installed) : IClassFixture<InstalledHostTests.Installed>
{
    private const string Gateway = "127.0.0.2";

    private DeskHost Desk => installed.Desk;

    [Fact]
    public async Task Below_a_path_the_addresses_that_the_host_gives_carry_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/desk/api/v1/incidents") { Content = JsonContent.Create(DeskHost.Fault()) };
        request.Headers.Add("Authorization", "Bearer " + await Desk.TokenOf("staff"));
        using var logged = await Desk.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, logged.StatusCode);
        Assert.Matches(@"^/desk/api/v1/incidents/BY\d{8}-\d{4}$", logged.Headers.Location!.ToString());
        using var read = new HttpRequestMessage(HttpMethod.Get, logged.Headers.Location);
        read.Headers.Add("Authorization", "Bearer " + await Desk.TokenOf("staff"));
        using var incident = await Desk.Client.SendAsync(read);
        Assert.Equal(HttpStatusCode.OK, incident.StatusCode);

        Assert.Equal($"{Desk.Client.BaseAddress}desk", await Server(Desk.Client, "/desk/openapi/v1.json"));
        using var nothing = await Desk.Client.GetAsync("/desk/api/v2");
        var problem = await nothing.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((404, "not_found"), ((int)nothing.StatusCode, problem.GetProperty("code").GetString()));
        Assert.False(problem.TryGetProperty("instance", out var instance) && !instance.GetString()!.StartsWith("/desk/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_headers_of_a_known_gateway_are_believed_and_nobody_elses()
    {
        using var gateway = From(Gateway);
        var host = Desk.Client.BaseAddress!.Authority;

        Assert.Equal($"https://{host}/portal", await Server(gateway, "/openapi/v1.json", ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Prefix", "/portal")));
        Assert.Equal($"http://{host}", (await Server(Desk.Client, "/openapi/v1.json", ("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Prefix", "/portal"))).TrimEnd('/'));
        Assert.Equal($"http://{host}", (await Server(gateway, "/openapi/v1.json", ("X-Forwarded-Host", "elsewhere.example"))).TrimEnd('/'));

        // What lies beyond the last known hop was written by the caller, who may say what he likes.
        Assert.StartsWith("https://", await Server(gateway, "/openapi/v1.json", ("X-Forwarded-For", "203.0.113.9, " + Gateway), ("X-Forwarded-Proto", "https, http")), StringComparison.Ordinal);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json") { Headers = { { "X-Forwarded-For", "203.0.113.9, 10.9.9.9" }, { "X-Forwarded-Proto", "https, http" } } };
        using var clear = await gateway.SendAsync(beyond);
        Assert.Equal((HttpStatusCode.Forbidden, "https_required"), (clear.StatusCode, (await clear.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()));
    }

    [Fact]
    public async Task The_log_file_holds_what_the_console_does_and_neither_statements_nor_persons()
    {
        await Desk.Log();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(Desk.Folder, "logs")));
        Assert.Matches(@"^IncidentDesk\.Web-\d{8}\.log$", Path.GetFileName(file));
        var text = "";
        await DeskHost.Until(async () => (text = await Text(file)).Contains("Now listening on", StringComparison.Ordinal));

        Assert.Matches(@"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d INF Microsoft\.Hosting\.Lifetime", text);
        Assert.DoesNotMatch(@"(?m)^\S+ \S+ \S+ (DBG|VRB)|SELECT|INSERT|林先生|13800133357|厨房水管漏水", text);
    }

    [Fact]
    public async Task Every_metric_and_label_of_dashboard_and_alert_rules_is_one_that_the_host_has()
    {
        await Desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-25)));
        var measured = new Dictionary<string, HashSet<string>>();
        await DeskHost.Until(async () =>
        {
            measured = Measured(await Desk.Client.GetStringAsync("/metrics"));
            return measured.ContainsKey("incidentdesk_breaches_total") && measured.ContainsKey("incidentdesk_delivery_delay_seconds_bucket") && measured.ContainsKey("incidentdesk_watch_wrong");
        });
        var asked = Regex.Matches(await File.ReadAllTextAsync(Repo.File("ops/grafana/prometheus-rules.yml")), @"(?m)^ +expr: (.+)$").Select(m => m.Groups[1].Value)
            .Concat(Expressions(JsonDocument.Parse(await File.ReadAllTextAsync(Repo.File("ops/grafana/dashboard.json"))).RootElement)).ToList();
        Assert.InRange(asked.Count, 20, 200);

        foreach (var expression in asked)
        {
            var series = Regex.Matches(expression, @"\b((?:incidentdesk|http)_\w+)(?:\{([^}]*)\})?").ToList();
            Assert.NotEmpty(series);
            foreach (var one in series.Where(s => !s.Groups[1].Value.StartsWith("http_r", StringComparison.Ordinal)))
            {
                Assert.True(measured.TryGetValue(one.Groups[1].Value, out var labels), $"no metric {one.Groups[1].Value}: {expression}");
                foreach (Match matcher in Regex.Matches(one.Groups[2].Value, "(\\w+)=\"([^\"]*)\""))
                {
                    // Which answers were given in this test says nothing of those that can be; the product's own labels are all there.
                    var wanted = one.Value.StartsWith("http_", StringComparison.Ordinal) ? matcher.Groups[1].Value : matcher.Value;
                    Assert.True(labels.Contains(wanted), $"no label {wanted} of {one.Groups[1].Value}: {expression}");
                }
            }

            // instance and job are the collector's own.
            var by = Regex.Matches(expression, @"by \(([^)]*)\)").SelectMany(m => m.Groups[1].Value.Split(", ")).Except(["instance", "job"]);
            Assert.All(by, label => Assert.True(series.Any(s => measured.TryGetValue(s.Groups[1].Value, out var labels) && labels.Contains(label)), $"no label {label}: {expression}"));
        }
    }

    /// <summary>Each metric with its labels, by name and as name="value".</summary>
    private static Dictionary<string, HashSet<string>> Measured(string metrics) =>
        Regex.Matches(metrics, @"(?m)^(\w+)(?:\{(.*)\})? \S+").GroupBy(m => m.Groups[1].Value).ToDictionary(
            g => g.Key,
            g => g.SelectMany(m => Regex.Matches(m.Groups[2].Value, "(\\w+)=\"[^\"]*\"").SelectMany(l => new[] { l.Groups[1].Value, l.Value })).ToHashSet());

    private static IEnumerable<string> Expressions(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(m => m.Name == "expr" ? [m.Value.GetString()!] : Expressions(m.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    /// <summary>The address at which the host says that it is.</summary>
    private static async Task<string> Server(HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await client.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("servers")[0].GetProperty("url").GetString()!;
    }

    /// <summary>A client that calls from another address of this machine.</summary>
    private HttpClient From(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (to, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, to.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = Desk.Client.BaseAddress };

    private static async Task<string> Text(string file)
    {
        await using var shared = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(shared);
        return await reader.ReadToEndAsync();
    }

    /// <summary>One host for all of them.</summary>
    public sealed class Installed : IAsyncLifetime
    {
        public DeskHost Desk { get; private set; } = null!;

        public async Task InitializeAsync() => Desk = await DeskHost.Open(Engine.Sqlite, more: new Dictionary<string, string>
        {
            ["Web__PathBase"] = "/desk", ["Web__KnownProxies"] = Gateway, ["Log__Folder"] = "logs", ["Telemetry__Prometheus"] = "true",
        });

        public async Task DisposeAsync() => await Desk.DisposeAsync();
    }
}
