using System.CommandLine;
using IncidentDesk.Data;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker.Commands;

/// <summary>Makes or upgrades the tables. On a server engine nothing else does; SQLite does so at each start.</summary>
internal static class MigrateCommand
{
    public static Command Build()
    {
        var command = new Command("migrate", "建立或升级数据库表 / make or upgrade the tables");
        command.SetAction((_, cancel) => CommandLine.OnDesk(
            async services =>
            {
                if (services.GetRequiredService<DeskSettings>().Engine != Engine.Sqlite)
                {
                    await using var scope = services.CreateAsyncScope();
                    await DeskStart.Migrate(scope.ServiceProvider.GetRequiredService<DeskDb>(), cancel);
                }

                if (await DeskStart.Prepare(services, cancel) is { } refused)
                {
                    return CommandLine.Say(refused);
                }

                await Console.Error.WriteLineAsync("数据库已就绪。 / The database is ready.");
                return CommandLine.Done;
            },
            cancel,
            prepare: false));
        return command;
    }
}
