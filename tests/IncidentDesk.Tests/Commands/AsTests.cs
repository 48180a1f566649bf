namespace IncidentDesk.Tests.Commands;

/// <summary>A command run for a person takes that person's token and has their rights, and no more; <c>--as</c> alone does not suffice.</summary>
public sealed class AsTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Fact]
    public async Task A_command_run_for_a_person_needs_their_token_and_has_their_rights()
    {
        (await folder.Run("user", "add", "liu", "--name", "刘敏", "--role", "officer")).Exits(0);
        (await folder.Run("user", "add", "chen", "--name", "陈静", "--role", "staff")).Exits(0);
        var (liu, chen) = ((await folder.Run("token", "add", "liu", "--name", "月报")).Exits(0).Out.Trim(), (await folder.Run("token", "add", "chen", "--name", "终端")).Exits(0));
        string[] report = ["report", "--month", "2025-03", "--scope", "rental"];
        (await folder.Run([.. report, "--as", "liu"])).Refused("token_required");

        folder.Settings["DESK_TOKEN"] = liu;
        (await folder.Run([.. report, "--as", "liu"])).Exits(0);
        (await folder.Run([.. report, "--as", "chen"])).Refused("not_their_token");
        (await folder.Run("user", "add", "wang", "--name", "王科长", "--role", "approver")).Refused("not_allowed");

        folder.Settings["DESK_TOKEN"] = chen.Out.Trim();
        (await folder.Run(report)).Refused("not_allowed");
        (await folder.Run("import", "--file", DeskFolder.Sample("ledger-2025.csv"))).Refused("not_allowed");

        folder.Settings["DESK_TOKEN"] = null;
        (await folder.Run("token", "revoke", chen.Error.Split('\n').First(l => l.EndsWith("终端", StringComparison.Ordinal)).Split(' ')[0])).Exits(0);
        folder.Settings["DESK_TOKEN"] = chen.Out.Trim();
        (await folder.Run(report)).Refused("credential_ended");
    }

    public void Dispose() => folder.Dispose();
}
