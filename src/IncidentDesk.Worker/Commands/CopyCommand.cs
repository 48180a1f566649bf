using System.CommandLine;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Keeping;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker.Commands;

/// <summary>Moves the SQLite desk of the settings to a server engine. The target may stand in DESK_COPY_TO, so that its password is in no list of processes.</summary>
internal static class CopyCommand
{
    private const string Variable = "DESK_COPY_TO";

    public static Command Build()
    {
        var to = new Option<string?>("--to")
        {
            Description = $"目标：引擎与连接字符串，如 \"PostgreSql;Host=…\"；也可写在环境变量 {Variable} 中 / the target, engine and connection string; may stand in {Variable} instead",
        };
        var command = new Command("copy", "将 SQLite 台账迁移到 PostgreSQL 或 SQL Server，逐行核对，中断后可续 / move the SQLite desk to a server engine") { to };
        command.SetAction((parsed, cancel) => CommandLine.OnDesk(
            async services =>
            {
                var source = services.GetRequiredService<DeskSettings>();
                if (source.Engine != Engine.Sqlite)
                {
                    return CommandLine.Say(new Refusal("copy_from_sqlite", "Database:Engine", "只能从 Sqlite 迁移。", "Only a desk on Sqlite is copied."));
                }

                var named = (parsed.GetValue(to) ?? Environment.GetEnvironmentVariable(Variable) ?? "").Split(';', 2);
                if (named.Length != 2 || DeskSettings.EngineOf(named[0].Trim()) is not { } engine || engine == Engine.Sqlite)
                {
                    return CommandLine.Say(new Refusal(
                        "bad_target", "to", $"--to 或环境变量 {Variable} 应为“PostgreSql;连接字符串”或“SqlServer;连接字符串”。",
                        $"--to, or {Variable}, must be PostgreSql or SqlServer, a semicolon, and a connection string."));
                }

                var target = source with { Engine = engine, ConnectionString = named[1] };
                if (EngineOptions.Check(target) is { } unreadable)
                {
                    return CommandLine.Say(unreadable with { Field = "to" });
                }

                await Console.Error.WriteLineAsync($"→ {target}");
                var (rows, refused) = await CopyDesk.Between(source, target, TimeProvider.System, (table, done) => Console.Error.WriteLine($"{table} {done}"), cancel);
                if (refused is not null)
                {
                    return CommandLine.Say(refused);
                }

                await Console.Error.WriteLineAsync(
                    $"已迁移 {rows} 行，两侧一致。请将 Database:Engine 与 Database:ConnectionString 改为目标，并保留原数据目录备查；文件目录不变。 / "
                    + $"{rows} rows copied, the same on both sides. Point the settings at the target, and keep the old data folder; the file folder stays.");
                return CommandLine.Done;
            },
            cancel));
        return command;
    }
}
