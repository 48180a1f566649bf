using System.CommandLine;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Jobs;
using IncidentDesk.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Worker.Commands;

/// <summary>Runs the jobs until it is stopped; several may, and share the work. Only where the setting moves the jobs here.</summary>
internal static class RunCommand
{
    public static Command Build()
    {
        var command = new Command("run", "运行定时任务，直至停止(须设 Jobs:Host = Worker) / run the jobs until stopped (Jobs:Host = Worker)");
        command.SetAction((_, cancel) => Run(cancel));
        return command;
    }

    private static async Task<int> Run(CancellationToken cancellationToken)
    {
        var (_, settings, refused) = DeskSettings.Find();
        refused ??= settings!.JobsHost == JobsHost.Worker ? null : new Refusal(
            "jobs_in_web", "Jobs:Host", "定时任务由网站运行；如需在此运行，请将 Jobs:Host 设为 Worker。", "The web host runs the jobs; set Jobs:Host to Worker to run them here.");
        if (refused is not null)
        {
            return CommandLine.Say(refused);
        }

        await Console.Error.WriteLineAsync(EngineOptions.Describe(settings!));
        if (await DeskStart.Prepare(settings!, cancellationToken) is { } unready)
        {
            return CommandLine.Say(unready);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).AddDeskLog(settings!)
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Services.AddIncidentDesk(settings!).AddJobs();
        builder.Services.AddDeskExport(settings!);
        builder.Services.AddSystemd().AddWindowsService(service => service.ServiceName = "IncidentDesk.Worker");
        using var host = builder.Build();
        await host.RunAsync(cancellationToken);
        return CommandLine.Done;
    }
}
