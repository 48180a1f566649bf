using System.CommandLine;
using System.Globalization;
using IncidentDesk.Data;
using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Worker.Commands;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Worker;

/// <summary>The operator's command line: exit codes 0 done, 1 refused, 2 usage, 3 failed; data on stdout, everything else on stderr.</summary>
public static class CommandLine
{
    /// <summary>Done; a refused vector or line is a result.</summary>
    public const int Done = 0;

    /// <summary>Refused, with a code and a sentence on stderr.</summary>
    public const int Refused = 1;

    /// <summary>The command's words are off.</summary>
    public const int Usage = 2;

    /// <summary>Something broke.</summary>
    public const int Failed = 3;

    /// <summary>Who asks, whose token stands in DESK_TOKEN; without either the operator at the machine.</summary>
    public static readonly Option<string?> As = new("--as") { Description = "以该人员身份执行，按其角色授权；其令牌由环境变量 DESK_TOKEN 给出 / act as this person, with their rights; their token stands in DESK_TOKEN" };

    /// <summary>Every command with its words.</summary>
    public static RootCommand Root() => new("IncidentDesk 工单时效 — 台账导入、月报、核验 / incident tickets against the 24-hour limit")
    {
        ImportCommand.Build(), ReportCommand.Build(), ExplainCommand.Build(), VerifyCommand.Build(), ReplayCommand.Build(), MigrateCommand.Build(), UserCommand.Build(), RunCommand.Build(),
        TokenCommand.Build(), ChannelCommand.Build(), BackupCommand.Build(), RestoreCommand.Build(), CopyCommand.Build(), KeysCommand.Build(),
        InstallCommand.Build(), UninstallCommand.Build(), TemplateCommand.Build(),
    };

    /// <summary>Runs one command.</summary>
    public static async Task<int> Run(string[] args)
    {
        // Not InvariantGlobalization: SQL Server's driver does not open a connection under it.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture =
            CultureInfo.InvariantCulture;
        var parsed = Root().Parse(args);
        if (args.Length == 0 || parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync("usage: " + error.Message);
            }

            await Console.Error.WriteLineAsync("IncidentDesk.Worker [command] --help");
            return Usage;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) => { key.Cancel = true; stop.Cancel(); };
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, stop.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("cancelled: 已中止；再次运行即可继续。 / Stopped; run it again to go on.");
            return Failed;
        }
        catch (Exception e) when (DatabaseFault.Of(e) is { } fault)
        {
            await Console.Error.WriteLineAsync(fault.ToString());
            return fault.ExitCode;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"failed: {e.GetType().Name}: {e.GetBaseException().Message}");
            return Failed;
        }
    }

    /// <summary>Says a refusal and gives its exit code.</summary>
    public static int Say(Refusal refusal)
    {
        Console.Error.WriteLine($"refused {refusal.Code} ({refusal.Field}): {refusal.Zh} / {refusal.En}");
        return Refused;
    }

    /// <summary>
    /// Runs a command on the ledger as <see cref="OnDesk(Func{IServiceProvider, Task{int}}, CancellationToken, bool)"/> does, for the person whose token stands in DESK_TOKEN, who must
    /// be the one named by <c>--as</c> where one is; null where there is neither: then the operator at the machine, who has the database in any case.
    /// </summary>
    public static Task<int> OnDesk(ParseResult parsed, Func<IServiceProvider, Caller?, Task<int>> command, CancellationToken cancellationToken) => OnDesk(
        async services =>
        {
            var (id, token) = (parsed.GetValue(As), Environment.GetEnvironmentVariable("DESK_TOKEN"));
            if (token is not { Length: > 0 })
            {
                return id is null
                    ? await command(services, null)
                    : Say(new Refusal("token_required", "DESK_TOKEN", $"以 {id} 的身份执行，须在环境变量 DESK_TOKEN 中给出其令牌。", $"To act as {id}, put that person's token into DESK_TOKEN."));
            }

            var identified = await services.SendAlone(new Identify(token, Session: false, "cli"), cancellationToken);
            if (identified.Caller is { } caller && (id is null || caller.Person.Id == id))
            {
                return await command(services, caller);
            }

            await services.SendAlone(new NoteRefusal(id ?? InstallationEvent.Operator, Origin.Command, "token", identified.Refused?.Code ?? "not_their_token", identified.Credential), cancellationToken);
            return Say(identified.Refused is { } refused
                ? refused with { Field = "DESK_TOKEN" }
                : new Refusal("not_their_token", "DESK_TOKEN", $"DESK_TOKEN 不是 {id} 的令牌。", $"DESK_TOKEN holds no token of {id}."));
        },
        cancellationToken);

    /// <summary>
    /// Runs a command on the ledger that the settings name: prints engine and database on stderr, and makes the database ready first unless the command does.
    /// </summary>
    public static Task<int> OnDesk(Func<IServiceProvider, Task<int>> command, CancellationToken cancellationToken, bool prepare = true) => OnSettings(async settings =>
    {
        await using var services = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
        return prepare && await DeskStart.Prepare(services, cancellationToken) is { } unready ? Say(unready) : await command(services);
    });

    /// <summary>
    /// Notes in the security log what the operator did, by the account of the operating system. A database that takes no write stops no backup: it is said on stderr instead.
    /// </summary>
    public static async Task Note(IServiceProvider services, string what, string? detail, CancellationToken cancellationToken)
    {
        try
        {
            await services.SendAlone(new NoteCommand(what, detail), cancellationToken);
        }
        catch (Exception e) when (DatabaseFault.Of(e) is { } fault)
        {
            await Console.Error.WriteLineAsync($"安全日志未能记录本次操作。 / This could not be noted in the security log: {fault}");
        }
    }

    /// <summary>Runs a command that opens the database itself, with the settings.</summary>
    public static async Task<int> OnSettings(Func<DeskSettings, Task<int>> command)
    {
        var (_, settings, refused) = DeskSettings.Find();
        if (refused is not null)
        {
            return Say(refused);
        }

        await Console.Error.WriteLineAsync(EngineOptions.Describe(settings!));
        return await command(settings!);
    }
}
