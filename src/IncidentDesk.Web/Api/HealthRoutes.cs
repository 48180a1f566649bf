using IncidentDesk.Alerts;

namespace IncidentDesk.Web.Api;

/// <summary>
/// Whether the process lives; whether it is ready, which is to say that its database takes a write, its clock is right and, where it hosts the jobs, ticks and canaries come in
/// time; and whether the watch is well, whoever hosts it. What is wrong stands in the answer, a line each.
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
            http, settings is { Engine: not Engine.Sqlite, KeysProtected: false } ? "ready\n" + Unprotected : "ready", watch: settings.JobsHost == JobsHost.Web)).ExcludeFromDescription();
        app.MapGet("/health/watch", (Delegate)((HttpContext http) => Said(http, "watching", watch: true))).ExcludeFromDescription();
    }

    private static async Task<IResult> Said(HttpContext http, string well, bool watch)
    {
        try
        {
            // A desk that reads and cannot write takes no report: on a full disk only a write tells.
            await http.Send(new Heartbeat(Heartbeat.Web));
            var wrong = await http.Send(new ReadPulse(watch));
            return wrong.Count > 0 ? Results.Text(string.Join('\n', wrong), statusCode: 503) : Results.Text(well);
        }
        catch (Exception e) when (DeskApi.Unavailable(e))
        {
            return Results.Text("database: " + e.GetBaseException().GetType().Name, statusCode: 503);
        }
    }
}
