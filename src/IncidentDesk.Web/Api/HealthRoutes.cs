using IncidentDesk.Alerts;
using IncidentDesk.Clocks;

namespace IncidentDesk.Web.Api;

/// <summary>
/// Whether the process lives; whether it is ready, which is to say that its database takes a write, its clock is right and, where it hosts the jobs, ticks and canaries come in
/// time; and whether the watch is well, whoever hosts it, and nothing lies open. What is wrong stands in the answer, a line each; below a ready host's <c>ready</c> stands what
/// it does without.
/// </summary>
internal static class HealthRoutes
{
    // The desk serves none the worse, so it stays ready; but who reads the database reads the keys.
    private const string Unprotected = "keys: not encrypted; set Keys:File or Keys:Certificate";

    public static void MapHealth(this WebApplication app)
    {
        if (app.Services.GetRequiredService<DeskSettings>().Prometheus)
        {
            app.MapPrometheusScrapingEndpoint();
        }

        app.MapGet("/health/live", () => Results.Text("live")).ExcludeFromDescription();
        app.MapGet("/health/ready", (HttpContext http, DeskSettings settings) => Said(
            http, watch: settings.JobsHost == JobsHost.Web, [], async () => ["ready", .. Open(settings), .. (await http.Send(new ReadNtp())).Silent is { } silent ? [silent] : Array.Empty<string>()]))
            .ExcludeFromDescription();
        app.MapGet("/health/watch", (HttpContext http, DeskSettings settings) => Said(http, watch: true, Open(settings), () => Task.FromResult<string[]>(["watching"])))
            .ExcludeFromDescription();
    }

    /// <summary>What lies open: gateways go on sending to a ready host, and who watches it sees red.</summary>
    private static string[] Open(DeskSettings settings) => settings is { Engine: not Engine.Sqlite, KeysProtected: false } ? [Unprotected] : [];

    private static async Task<IResult> Said(HttpContext http, bool watch, string[] open, Func<Task<string[]>> well)
    {
        try
        {
            // A desk that reads and cannot write takes no report: on a full disk only a write tells.
            await http.Send(new Heartbeat(Heartbeat.Web));
            string[] wrong = [.. await http.Send(new ReadPulse(watch)), .. open];
            return wrong.Length > 0 ? Results.Text(string.Join('\n', wrong), statusCode: 503) : Results.Text(string.Join('\n', await well()));
        }
        catch (Exception e) when (DeskApi.Unavailable(e))
        {
            return Results.Text("database: " + e.GetBaseException().GetType().Name, statusCode: 503);
        }
    }
}
