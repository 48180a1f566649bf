namespace IncidentDesk.Tests.Commands;

/// <summary><c>--as</c>: a command run for a person has that person's rights, and no more.</summary>
public sealed class AsTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Fact]
    public async Task A_command_run_for_a_person_has_their_rights()
    {
        (await folder.Run("user", "add", "liu", "--name", "刘敏", "--role", "officer")).Exits(0);
        (await folder.Run("user", "add", "chen", "--name", "陈静", "--role", "staff", "--as", "admin")).Exits(0);
        (await folder.Run("user", "add", "wang", "--name", "王科长", "--role", "approver", "--as", "chen")).Refused("not_allowed");
        (await folder.Run("report", "--month", "2025-03", "--scope", "rental", "--as", "chen")).Refused("not_allowed");
        (await folder.Run("report", "--month", "2025-03", "--scope", "rental", "--as", "nobody")).Refused("unknown_actor");
        (await folder.Run("report", "--month", "2025-03", "--scope", "rental", "--as", "liu")).Exits(0);
        (await folder.Run("import", "--file", DeskFolder.Sample("ledger-2025.csv"), "--as", "chen")).Refused("not_allowed");
        (await folder.Run("explain", "BY20250219-L0001", "--as", "admin")).Refused("not_allowed");
    }

    public void Dispose() => folder.Dispose();
}
