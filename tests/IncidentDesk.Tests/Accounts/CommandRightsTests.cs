using System.CommandLine;
using IncidentDesk.Accounts;
using IncidentDesk.People;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Worker;
using Microsoft.Extensions.DependencyInjection;
using Ledgers = IncidentDesk.Tests.Commands.Ledgers;

namespace IncidentDesk.Tests.Accounts;

/// <summary>Alone, since its commands run within the process of the tests and find their settings in its environment.</summary>
[CollectionDefinition(nameof(CommandRightsTests), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Who may run which command, against one table: a command without a row fails, and so does a row without a command.</summary>
[Collection(nameof(CommandRightsTests))]
public sealed class CommandRightsTests
{
    /// <summary>The operator at the machine, whom no token makes another: these take no <c>--as</c>.</summary>
    private const string Operator = "operator";

    private static readonly string[] Roles = ["staff", "handler", "approver", "officer", "admin", "auditor", "evaluator"];

    /// <summary>Command, who may by a token (the operator without one may each), and words that are read as far as the right is asked for.</summary>
    private static readonly (string Command, string May, string Words)[] Table =
    [
        ("import", "officer", "--file {ledger} --source rights"),
        ("report", "officer approver evaluator", "--month 2026-02 --scope rental --as-of 2099-01-01T00:00:00Z"),
        ("explain", "staff handler approver officer evaluator", "BY20200101-0001"),
        ("user add", "admin", "chen --name 重复 --role staff"),
        ("user role", "admin", "nobody --role staff"),
        ("user disable", "admin", "nobody"),
        ("user enable", "admin", "nobody"),
        ("user reset", "admin", "nobody"),
        ("user contact", "admin", "nobody --email a@example.cn"),
        ("channel list", "officer admin", ""),
        ("channel test", "officer admin", "nothing"),
        ("template", Operator, "--file x"),
        ("verify", Operator, ""),
        ("replay", Operator, "--file x"),
        ("migrate", Operator, ""),
        ("run", Operator, ""),
        ("token add", Operator, "chen --name x"),
        ("token revoke", Operator, "x"),
        ("backup", Operator, "--to x"),
        ("restore", Operator, "--check"),
        ("copy", Operator, "--to x"),
        ("keys new", Operator, "--file x"),
        ("install", Operator, "--web"),
        ("uninstall", Operator, ""),
    ];

    [Fact]
    public async Task Every_command_is_open_to_those_of_the_table_and_to_nobody_else()
    {
        var commands = Leaves(CommandLine.Root(), "").ToList();
        Assert.Equal(commands.Select(c => c.Name).Order(StringComparer.Ordinal), Table.Select(t => t.Command).Order(StringComparer.Ordinal));
        using var folder = new DeskFolder();
        var ledger = folder.Put("ledger.csv", Ledgers.Of(Ledgers.Line("R-1", "接报时间=morgen")));
        var (said, wrong) = (Console.Error, new List<string>());
        var set = new Dictionary<string, string?> { ["Data__Folder"] = folder.Data, ["DESK_TOKEN"] = null, ["DESK_CONFIG"] = null };
        var was = set.Keys.ToDictionary(k => k, Environment.GetEnvironmentVariable);
        try
        {
            set.ToList().ForEach(s => Environment.SetEnvironmentVariable(s.Key, s.Value));
            var tokens = await People();
            foreach (var (command, may, words) in Table)
            {
                var words1 = words.Replace("{ledger}", ledger, StringComparison.Ordinal);
                var takesPerson = commands.Single(c => c.Name == command).Command.Options.Contains(CommandLine.As);
                if (may == Operator || !takesPerson)
                {
                    wrong.AddRange(may == Operator && !takesPerson ? [] : [$"{command} {(takesPerson ? "takes" : "takes no")} --as"]);
                    wrong.AddRange(await Run(command, words1 + " --as staff") is (CommandLine.Usage, _) ? [] : [$"{command} --as staff is no usage"]);
                    continue;
                }

                foreach (var who in Roles)
                {
                    var (exit, code) = await Run(command, words1, tokens[who]);
                    wrong.AddRange((code != "not_allowed" && exit < CommandLine.Usage) == may.Split(' ').Contains(who) ? [] : [$"{command} as {who}: {exit} {code}"]);
                    wrong.AddRange(await Run(command, words1 + " --as " + who) is (CommandLine.Refused, "token_required") ? [] : [$"{command} --as {who} needs no token"]);
                }

                var first = may.Split(' ')[0];
                foreach (var (token, asked, right) in new[]
                {
                    (tokens[first], "nobody", "not_their_token"), (tokens["ended"], first, "credential_ended"), (tokens["narrow"], "everything", "not_in_scope"), ("idt_nobodys", first, "unknown_actor"),
                })
                {
                    var (exit, code) = await Run(command, $"{words1} --as {asked}", token);
                    wrong.AddRange((exit, code) == (CommandLine.Refused, right) ? [] : [$"{command} with a token that is {right}: {exit} {code}"]);
                }

                var (byOperator, refused) = await Run(command, words1);
                wrong.AddRange(byOperator < CommandLine.Usage && refused is not ("not_allowed" or "token_required") ? [] : [$"{command} by the operator: {byOperator} {refused}"]);
            }
        }
        finally
        {
            Console.SetError(said);
            was.ToList().ForEach(w => Environment.SetEnvironmentVariable(w.Key, w.Value));
        }

        Assert.Empty(wrong);
    }

    /// <summary>Runs it within this process: what it came to, and the code of a refusal.</summary>
    private static async Task<(int Exit, string Code)> Run(string command, string words, string? token = null)
    {
        Environment.SetEnvironmentVariable("DESK_TOKEN", token);
        await using var said = new StringWriter();
        Console.SetError(said);
        var exit = await CommandLine.Run([.. $"{command} {words}".Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        return (exit, System.Text.RegularExpressions.Regex.Match(said.ToString(), @"(?m)^refused (\w+) ").Groups[1].Value);
    }

    /// <summary>A person of each role and a token of each; one that was revoked, and one of somebody who may everything that may nothing.</summary>
    private static async Task<Dictionary<string, string>> People()
    {
        await using var services = new ServiceCollection().AddIncidentDesk(DeskSettings.Find().Settings!).BuildServiceProvider();
        Console.SetError(TextWriter.Null);
        Assert.Null(await DeskStart.Prepare(services, CancellationToken.None));
        var tokens = new Dictionary<string, string>();
        foreach (var (id, roles) in Roles.Where(r => r != "admin").Select(r => (r, r)).Append(("chen", "staff")).Append(("everything", string.Join(',', Roles))))
        {
            Assert.Null((await services.SendAlone(new AddPerson(null, id, "人员" + id, roles))).Refused);
        }

        foreach (var role in Roles)
        {
            tokens[role] = (await services.SendAlone(new AddToken(null, role, "test", [], 1))).Value!.Secret;
        }

        var ended = (await services.SendAlone(new AddToken(null, "everything", "test", [], 1))).Value!;
        await services.SendAlone(new RevokeToken(null, ended.Token.Id));
        tokens["ended"] = ended.Secret;
        tokens["narrow"] = (await services.SendAlone(new AddToken(null, "everything", "test", ["audit"], 1))).Value!.Secret;
        return tokens;
    }

    private static IEnumerable<(string Name, Command Command)> Leaves(Command command, string above) => command.Subcommands.Count == 0
        ? [(above.Trim(), command)]
        : command.Subcommands.SelectMany(c => Leaves(c, $"{above} {c.Name}"));
}
