using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace IncidentDesk.Tests.Api;

/// <summary>The real web host as a process of its own on a free loopback port, with its own SQLite ledger and one person of each role.</summary>
public sealed class DeskHost : IAsyncLifetime
{
    private static readonly string[] Roles = ["staff", "handler", "approver", "officer", "auditor", "evaluator"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("desk-host-");
    private Process process = null!;

    public HttpClient Client { get; private set; } = null!;

    public string Folder => folder.FullName;

    public async Task InitializeAsync()
    {
        await Start();
        foreach (var role in Roles)
        {
            using var added = await Post("people", "admin", new { id = role, name = "人员" + role, roles = new[] { role } });
            Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        }

        using var second = await Post("people", "admin", new { id = "approver2", name = "另一审批人", roles = new[] { "approver" } });
        using var both = await Post("people", "admin", new { id = "lead", name = "值班长", roles = new[] { "staff", "approver" } });
        Assert.Equal(HttpStatusCode.Created, both.StatusCode);
    }

    public async Task DisposeAsync()
    {
        Kill();
        Client.Dispose();
        await Task.Run(() => folder.Delete(recursive: true));
    }

    /// <summary>Starts the host and waits until it is ready.</summary>
    public async Task Start()
    {
        var url = "http://127.0.0.1:" + FreePort();
        process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Web.dll"), "--urls", url])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["Data__Folder"] = Folder },
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Client?.Dispose();
        Client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var ready = await Client.GetAsync("/health/ready");
                if (ready.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (tries < 300 && !process.HasExited)
            {
                // Not listening yet.
            }

            await Task.Delay(100);
        }
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    public Task<HttpResponseMessage> Post(string path, string actor, object body, string? key = null, string? ifMatch = null) =>
        Send(HttpMethod.Post, path, actor, JsonContent.Create(body), key, ifMatch);

    public Task<HttpResponseMessage> Get(string path, string? actor) => Send(HttpMethod.Get, path, actor, null);

    public async Task<HttpResponseMessage> Send(
        HttpMethod method, string path, string? actor, HttpContent? content, string? key = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = content };
        Header("X-Desk-Actor", actor);
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

    /// <summary>Logs a fault with sensible defaults and gives the answer as JSON.</summary>
    public async Task<JsonElement> Log(object? fault = null)
    {
        using var answer = await Post("incidents", "staff", fault ?? Fault());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static object Fault(string? externalNo = null, string description = "厨房水管漏水") => new
    {
        kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111011", address = "新市路56号", room = "406", description,
        reporterName = "林先生", reporterPhone = "13800133357", source = externalNo is null ? null : "12345", externalNo,
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
