using System.Text.RegularExpressions;

namespace IncidentDesk.Tests;

/// <summary>Rules of the repository that no compiler holds.</summary>
public sealed class RepoTests
{
    private static readonly string[] TopLevel = ["IncidentDesk.sln", "README.md", "appsettings.sample.json", "ops", "src", "tests"];

    [Fact]
    public void Nothing_else_stands_at_the_top()
    {
        // What ops/publish makes is no part of the repository.
        var found = new DirectoryInfo(Repo.Root).GetFileSystemInfos().Select(f => f.Name).Where(n => !n.StartsWith('.') && n != "artifacts");

        Assert.Equal(TopLevel, found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_domain_has_no_package()
    {
        var project = File.ReadAllText(Repo.File("src/IncidentDesk.Domain/IncidentDesk.Domain.csproj"));

        Assert.DoesNotContain("PackageReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_is_a_table_of_contents() =>
        Assert.All(Directory.GetFiles(Repo.File("src"), "Program.cs", SearchOption.AllDirectories), f => Assert.InRange(File.ReadLines(f).Count(), 1, 30));

    [Fact]
    public void At_most_three_files_know_mediatr_beyond_messages_and_handlers()
    {
        var beyond = Sources().Where(f => Regex.IsMatch(File.ReadAllText(f), @"\b(IMediator|IPipelineBehavior|ServiceFactory)\b")).Select(Path.GetFileName);

        Assert.InRange(beyond.Count(), 1, 3);
    }

    [Fact]
    public void No_name_says_manager_helper_or_util() =>
        Assert.DoesNotContain(Sources(), f => Regex.IsMatch(Path.GetFileName(f), "Manager|Helper|Util|Service|Impl|Base|Common"));

    private static IEnumerable<string> Sources() =>
        Directory.GetFiles(Repo.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)
                && !f.Contains("Migrations", StringComparison.Ordinal));
}
