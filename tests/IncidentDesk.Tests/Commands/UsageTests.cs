namespace IncidentDesk.Tests.Commands;

/// <summary>The command line's own words: help everywhere, and exit code 2 for what it does not know.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("import", "--file", "--source", "--refused", "--strict", "--as")]
    [InlineData("report", "--month", "--year", "--scope", "--as-of", "--known-at", "--format", "--as")]
    [InlineData("explain", "--as-of", "--known-at", "--as")]
    [InlineData("template", "--file")]
    [InlineData("verify")]
    [InlineData("replay", "--file")]
    [InlineData("migrate")]
    [InlineData("backup", "--to")]
    [InlineData("restore", "--from", "--after", "--check")]
    [InlineData("copy", "--to")]
    [InlineData("keys new", "--file")]
    [InlineData("install", "--web", "--worker", "--user", "--data", "--root", "--print")]
    [InlineData("uninstall", "--root")]
    [InlineData("user", "add")]
    [InlineData("user add", "--name", "--role", "--as")]
    [InlineData("user role", "--role", "--town", "--only-service-point", "--ends", "--as")]
    [InlineData("user reset", "--second-factor", "--as")]
    [InlineData("user disable", "--as")]
    [InlineData("user enable", "--as")]
    [InlineData("token add", "--name", "--days", "--scope", "--display")]
    [InlineData("token revoke")]
    public async Task Help_names_every_option_and_touches_nothing(string command, params string[] options)
    {
        var ran = (await folder.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Exits(0);

        Assert.All(options.Append("Usage"), o => Assert.Contains(o, ran.Out, StringComparison.Ordinal));
        Assert.False(folder.Wrote);
    }

    [Theory]
    [InlineData("")]
    [InlineData("export")]
    [InlineData("Import --file x")]
    [InlineData("import")]
    [InlineData("import --file")]
    [InlineData("import x.csv")]
    [InlineData("import --file a.csv --colour red")]
    [InlineData("replay")]
    [InlineData("report --month 2025-03")]
    [InlineData("report --month 2025-03 --scope rental --scopes system")]
    [InlineData("report --month 2025-03 --month 2025-04 --scope rental")]
    [InlineData("explain")]
    [InlineData("explain BY20250219-L0001 BY20250219-L0002")]
    [InlineData("verify now")]
    [InlineData("verify --as chen")]
    [InlineData("migrate --down")]
    [InlineData("user")]
    [InlineData("user add chen --name 陈工")]
    public async Task Words_that_are_off_are_usage(string words)
    {
        var ran = (await folder.Run(words.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Exits(2);

        Assert.Equal("", ran.Out);
        Assert.Matches("(?m)^usage: .+\nIncidentDesk.Worker \\[command\\] --help", ran.Error);
        Assert.False(folder.Wrote);
    }

    public void Dispose() => folder.Dispose();
}
