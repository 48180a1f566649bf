using System.CommandLine;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker.Commands;

/// <summary>Makes or upgrades the tables. On a server engine nothing else does; SQLite does so at each start.</summary>
internal static class MigrateCommand
{
    private static readonly Option<bool> Script = new("--script")
    {
        Description = "只输出供 DBA 执行的 SQL，可重复执行，不连接服务器 / only print the SQL for a DBA; it may be run again, and no server is asked",
    };

    public static Command Build()
    {
        var command = new Command("migrate", "建立或升级数据库表 / make or upgrade the tables") { Script };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(services => parsed.GetValue(Script) ? Print(services) : Migrate(services, cancel), cancel, prepare: false));
        return command;
    }

    private static async Task<int> Migrate(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (services.GetRequiredService<DeskSettings>().Engine != Engine.Sqlite)
        {
            await using var scope = services.CreateAsyncScope();
            await DeskStart.Migrate(scope.ServiceProvider.GetRequiredService<DeskDb>(), cancellationToken);
        }

        if (await DeskStart.Prepare(services, cancellationToken) is { } refused)
        {
            return CommandLine.Say(refused);
        }

        await CommandLine.Note(services, "migrate", null, cancellationToken);
        await Console.Error.WriteLineAsync("数据库已就绪。 / The database is ready.");
        return CommandLine.Done;
    }

    private static async Task<int> Print(IServiceProvider services)
    {
        if (services.GetRequiredService<DeskSettings>().Engine == Engine.Sqlite)
        {
            return CommandLine.Say(new Refusal(
                "no_script", "script", "Sqlite 在每次启动时自行建表和升级，没有需要手工执行的脚本。", "SQLite makes and upgrades its tables at each start; there is nothing to run by hand."));
        }

        await using var scope = services.CreateAsyncScope();
        await Console.Out.WriteAsync(DeskStart.Script(scope.ServiceProvider.GetRequiredService<DeskDb>()));
        return CommandLine.Done;
    }
}
