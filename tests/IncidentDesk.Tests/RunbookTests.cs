using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using IncidentDesk.Worker;
using Microsoft.Extensions.Configuration;

namespace IncidentDesk.Tests;

/// <summary>The runbook names what there is: commands with their words, settings, alerts, lines of the health check, files of the archive.</summary>
public sealed class RunbookTests
{
    private static readonly string Runbook = File.ReadAllText(Repo.File("ops/runbook.md"));

    [Fact]
    public void Every_command_of_the_runbook_is_one_that_the_command_line_takes()
    {
        var typed = Regex.Matches(Runbook, @"(?m)IncidentDesk\.Worker(?:\.exe)? ([a-z][^\n]*)$").Select(m => Regex.Replace(m.Groups[1].Value, "( +#| >).*$", "")).Distinct().ToList();
        Assert.InRange(typed.Count, 12, 60);

        Assert.All(typed, words => Assert.Empty(CommandLine.Root().Parse([.. CommandLineParser.SplitCommandLine(words)]).Errors.Select(e => $"{words}: {e.Message}")));
        var known = CommandLine.Root().Subcommands.Select(c => c.Name).ToHashSet();
        Assert.All(["install", "uninstall", "backup", "restore", "migrate", "copy", "keys", "verify"], c => Assert.Contains(typed, t => t.StartsWith(c, StringComparison.Ordinal) && known.Contains(c)));
    }

    [Fact]
    public void Every_setting_that_the_runbook_names_is_one()
    {
        var settings = new ConfigurationBuilder().AddJsonFile(Repo.File("appsettings.sample.json")).Build().AsEnumerable().Select(s => s.Key).ToHashSet();
        var named = Regex.Matches(Runbook, "`([A-Z][A-Za-z]+:[A-Z][A-Za-z]+)`").Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.InRange(named.Count, 10, 40);
        Assert.Subset(settings, named.ToHashSet());
    }

    [Fact]
    public void Every_alert_and_every_part_of_the_health_check_has_its_line_in_the_runbook_and_none_else()
    {
        var alerts = Regex.Matches(File.ReadAllText(Repo.File("ops/grafana/prometheus-rules.yml")), @"(?m)- alert: (\w+)$").Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);
        Assert.Equal(alerts, Regex.Matches(Runbook, @"(?m)^\| (Desk\w+) \|").Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));

        var sources = string.Concat(new[] { "src/IncidentDesk/Alerts/ReadPulse.cs", "src/IncidentDesk.Web/Api/HealthRoutes.cs" }.Select(f => File.ReadAllText(Repo.File(f))));
        var parts = Regex.Matches(sources, "\"([a-z]+): ").Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(parts, Regex.Matches(Runbook, @"(?m)^\| `([a-z]+): …` \|").Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_program_is_packed_for_the_systems_whose_lock_files_name_them()
    {
        var systems = Regex.Match(File.ReadAllText(Repo.File("src/Directory.Build.props")), "<RuntimeIdentifiers>(.*)</RuntimeIdentifiers>").Groups[1].Value.Split(';');
        var publish = File.ReadAllText(Repo.File("ops/publish"));

        Assert.All(systems, s => Assert.Contains(s, publish, StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(Repo.File("src"), "packages.lock.json", SearchOption.AllDirectories), file =>
            Assert.All(systems, s => Assert.Contains($"\"net10.0/{s}\"", File.ReadAllText(file), StringComparison.Ordinal)));
    }
}
