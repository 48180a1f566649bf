using System.Diagnostics;

namespace IncidentDesk.Tests;

/// <summary>The README's session is true: each command prints what stands below it, to the character.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_session_of_the_readme_prints_what_it_says()
    {
        var folder = Directory.CreateTempSubdirectory("desk-readme-");
        try
        {
            foreach (var (command, expected) in Session())
            {
                Assert.Equal(expected, await Run(command, folder.FullName));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<(string Command, string Output)> Session()
    {
        var block = File.ReadAllText(Repo.File("README.md")).Split("```console\n")[1].Split("```")[0];
        var steps = block.Split("$ ", StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('\n', 2)).ToList();
        Assert.InRange(steps.Count, 5, 12);
        return steps.Where(s => s[0].StartsWith("desk ", StringComparison.Ordinal)).Select(s => (s[0], s[1]));
    }

    private static async Task<string> Run(string command, string folder)
    {
        // The alias of the README builds first; the test has built already.
        var worker = Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Worker.dll");
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"desk() {{ dotnet '{worker}' \"$@\"; }}; {command}"])
        {
            WorkingDirectory = Repo.Root,
            RedirectStandardOutput = true,
            Environment = { ["Data__Folder"] = folder },
        })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output;
    }
}
