using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Tests.Desks;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Api;

/// <summary>One host per engine for a whole class of tests, each started when the first test asks for it.</summary>
public sealed class DeskHosts : IAsyncLifetime
{
    private readonly Dictionary<Engine, DeskHost> hosts = [];

    public async Task<DeskHost> On(Engine engine) => hosts.TryGetValue(engine, out var host) ? host : hosts[engine] = await DeskHost.Open(engine);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in hosts.Values)
        {
            await host.DisposeAsync();
        }
    }
}

/// <summary>
/// The real web host as a process of its own on a free loopback port, its jobs within, with a ledger of its own on one engine and one person of each role. On a server
/// engine the real migrate command makes the tables first.
/// </summary>
public sealed class DeskHost : IAsyncDisposable
{
    private static readonly string[] Roles = ["staff", "handler", "approver", "officer", "auditor", "evaluator"];
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly TestDatabase database;
    private readonly string connectionString;
    private readonly JobsHost jobs;
    private readonly ServiceProvider reader;
    private readonly int port = FreePort();
    private Process? process;

    private readonly StringBuilder said = new();
    private readonly bool beside;
    private bool demonstration;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> tokens = new(StringComparer.Ordinal);

    /// <summary>Further settings of the process, as environment variables.</summary>
    private IReadOnlyDictionary<string, string> more = new Dictionary<string, string>();

    private DeskHost(TestDatabase database, string connectionString, JobsHost jobs, ServiceProvider? reader = null)
    {
        (this.database, this.connectionString, this.jobs, beside) = (database, connectionString, jobs, reader is not null);
        this.reader = reader ?? new ServiceCollection().AddIncidentDesk(database.Settings).BuildServiceProvider();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The same host over https, with a certificate that the test made.</summary>
    private void Encrypt(string thumbprint)
    {
        Client.Dispose();
        Client = new HttpClient(new HttpClientHandler { UseCookies = false, ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Thumbprint == thumbprint })
        {
            BaseAddress = new Uri($"https://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>What the process has said so far, the beginning of it.</summary>
    public string Said
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    /// <summary>The clock of the host and of its clients, which nobody moves here.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public HttpClient Client { get; private set; }

    public string Folder => database.Settings.DataFolder;

    /// <summary>
    /// Starts a host on a fresh database. A SQLite file may lie in a folder of the test's own; <paramref name="by"/> changes how the host, not the test, reaches a server;
    /// with <paramref name="demonstration"/> it begins with two invented months.
    /// </summary>
    public static async Task<DeskHost> Open(Engine engine, string? folder = null, Func<string, string>? by = null, JobsHost jobs = JobsHost.Web, PostgreSqlCluster? cluster = null,
        IReadOnlyDictionary<string, string>? more = null, string? thumbprint = null, bool demonstration = false)
    {
        var database = await TestDatabase.Create(engine, migrated: false, folder, cluster);
        var host = new DeskHost(database, by is null ? database.Settings.ConnectionString : by(database.Settings.ConnectionString), jobs) { more = more ?? new Dictionary<string, string>(), demonstration = demonstration };
        if (thumbprint is not null)
        {
            host.Encrypt(thumbprint);
        }

        if (engine != Engine.Sqlite)
        {
            (await host.Worker("migrate")).Exits(0);
        }

        await host.Start();
        foreach (var role in Roles)
        {
            await host.Add(role, "人员" + role, role);
        }

        await host.Add("approver2", "另一审批人", "approver");
        await host.Add("lead", "值班长", "staff", "approver");
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        Client.Dispose();
        if (!beside)
        {
            await reader.DisposeAsync();
            await database.DisposeAsync();
        }
    }

    /// <summary>Another host on the same database and an address of its own, not started yet. It ends before this one.</summary>
    public DeskHost Beside() => new(database, connectionString, jobs, reader) { more = more };

    /// <summary>Starts a process of the jobs on the same database.</summary>
    public Process StartWorker() => Process.Start(Command(Repo.Worker, "run"))!;

    /// <summary>Starts the host, on the same address each time, and waits until it is ready.</summary>
    public async Task Start()
    {
        process = Process.Start(Command(Repo.Web, ["--urls", Client.BaseAddress!.ToString(), .. demonstration ? ["--demo"] : Array.Empty<string>()]))!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Until(async () =>
        {
            Assert.False(process.HasExited, Said);
            return await Health("ready") is { Status: 200 };
        });

        void Keep(string? line)
        {
            lock (said)
            {
                _ = said.Length < 100_000 ? said.AppendLine(line) : said;
            }
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        process?.Kill();
        Assert.True(process?.WaitForExit(Longest) ?? true, "the killed host did not end");
        process?.Dispose();
        process = null;
    }

    /// <summary>Tells the host to stop, as its service manager does; its exit code.</summary>
    public async Task<int> Stop()
    {
        using var signal = Process.Start("kill", ["-TERM", process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return process.ExitCode;
    }

    /// <summary>Status and words of a health check; 0 while nobody listens.</summary>
    public async Task<(int Status, string Said)> Health(string check)
    {
        try
        {
            using var answer = await Client.GetAsync("/health/" + check);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return (0, "");
        }
    }

    /// <summary>Asks again until it is so; fails at the deadline.</summary>
    public static async Task Until(Func<Task<bool>> isSo, TimeSpan? deadline = null)
    {
        var started = Stopwatch.StartNew();
        while (!await isSo())
        {
            Assert.True(started.Elapsed < (deadline ?? Longest), $"it did not come to be within {deadline ?? Longest}");
            await Task.Delay(20);
        }
    }

    /// <summary>Runs a command of the operator on the same ledger.</summary>
    internal async Task<Ran> Worker(params string[] args)
    {
        using var command = Process.Start(Command(Repo.Worker, args))!;
        var output = command.StandardOutput.ReadToEndAsync();
        var error = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync().WaitAsync(Longest);
        return new Ran(command.ExitCode, await output, await error);
    }

    /// <summary>Services of another process on the same ledger.</summary>
    public IServiceProvider Services => reader;

    /// <summary>Sends a message as the operator at the machine does.</summary>
    public Task<T> Ask<T>(IRequest<T> message) => reader.SendAlone(message);

    /// <summary>Reads the ledger, or changes it behind the product's back.</summary>
    public async Task<T> Read<T>(Func<DeskDb, Task<T>> read)
    {
        await using var scope = reader.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<DeskDb>());
    }

    public Task<HttpResponseMessage> Post(string path, string actor, object body, string? key = null, string? ifMatch = null) =>
        Send(HttpMethod.Post, path, actor, JsonContent.Create(body), key, ifMatch);

    public Task<HttpResponseMessage> Get(string path, string? actor) => Send(HttpMethod.Get, path, actor, null);

    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? actor, HttpContent? content, string? key = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = content };
        Header("Authorization", actor is null ? null : "Bearer " + await TokenOf(actor));
        Header("Idempotency-Key", key);
        Header("If-Match", ifMatch);
        return await Client.SendAsync(request);

        void Header(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    /// <summary>A token of that person, made by the operator when it is first asked for; the name itself for one who does not exist.</summary>
    public Task<string> TokenOf(string person) => tokens.GetOrAdd(person, id => new Lazy<Task<string>>(async () =>
        (await reader.SendAlone(new AddToken(null, id, "test", [], 1))).Value?.Secret ?? id)).Value;

    /// <summary>Logs a fault with sensible defaults and gives the answer as JSON.</summary>
    public async Task<JsonElement> Log(object? fault = null)
    {
        using var answer = await Post("incidents", "staff", fault ?? Fault());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static object Fault(string? externalNo = null, string description = "厨房水管漏水", DateTimeOffset? reportedAt = null) => new
    {
        kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111011", address = "新市路56号", room = "406", description,
        reporterName = "林先生", reporterPhone = "13800133357", source = externalNo is null ? null : "12345", externalNo, reportedAt,
    };

    /// <summary>The person's inbox, newest first.</summary>
    public async Task<List<JsonElement>> Inbox(string person)
    {
        using var answer = await Get("inbox?limit=200", person);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray()];
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task Add(string id, string name, params string[] roles)
    {
        using var added = await Post("people", "admin", new { id, name, roles });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
    }

    private ProcessStartInfo Command(string program, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.Contains("__", StringComparison.Ordinal) || k.StartsWith("DESK_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["Data__Folder"] = Folder;
        start.Environment["Database__Engine"] = database.Settings.Engine.ToString();
        start.Environment["Database__ConnectionString"] = connectionString;
        start.Environment["Jobs__Host"] = jobs.ToString();
        foreach (var (name, value) in more)
        {
            start.Environment[name] = value;
        }

        // A host that lives for seconds gains nothing from code that is measured to be compiled again, nor from protecting the pages of its code, as the packaged service does not.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return start;
    }
}
