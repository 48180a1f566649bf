using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using IncidentDesk.Tests.Api;

namespace IncidentDesk.Tests;

/// <summary>
/// The README's sessions are true: each command, typed into one shell in a fresh folder, prints what stands below it. Three things are not as typed: the programs are those that
/// the test has built, the port is a free one, and folders that the session makes lie in the test's own. The first session is compared to the character. In the live one
/// <see cref="Comparable"/> takes away what is of its day.
/// </summary>
public sealed partial class ReadmeTests
{
    // A step that only reads is asked again until it says so: alerts arrive by themselves.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_sessions_of_the_readme_print_what_they_say()
    {
        var readme = await File.ReadAllTextAsync(Repo.File("README.md"));
        var (first, live) = (Steps(readme, "## Try it"), Steps(readme, "## The live desk"));
        Assert.InRange(first.Count, 5, 12);
        Assert.InRange(live.Count, 10, 30);
        Assert.InRange(live.Count(s => s.Output.Length > 0), 8, 30);
        var folder = Directory.CreateTempSubdirectory("desk-readme-");
        try
        {
            using var shell = new Shell(folder.FullName);
            foreach (var (command, output) in first)
            {
                Assert.Equal(output, await shell.Type(command));
            }

            foreach (var (command, output) in live)
            {
                var patience = Stopwatch.StartNew();
                var said = Comparable(await shell.Type(command));
                while (said != Comparable(output) && command.StartsWith("api ", StringComparison.Ordinal) && !command.Contains(" -d ", StringComparison.Ordinal) && patience.Elapsed < Patience)
                {
                    await Task.Delay(200);
                    said = Comparable(await shell.Type(command));
                }

                Assert.True(said == Comparable(output), $"$ {command}\n{said}\ninstead of\n{Comparable(output)}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_readme_names_every_command_and_every_program_of_ops()
    {
        var readme = File.ReadAllText(Repo.File("README.md"));
        var commands = Directory.GetFiles(Repo.File("src/IncidentDesk.Worker/Commands"), "*Command.cs").Select(f => Path.GetFileName(f)[..^"Command.cs".Length].ToLowerInvariant());
        var programs = new DirectoryInfo(Repo.File("ops")).GetFiles().Where(f => f.Extension == "").Select(f => f.Name);

        Assert.All(commands, c => Assert.Matches($@"(?m)^\| `{c}[ `]", readme));
        Assert.All(programs, p => Assert.Contains(p, readme.Split("ops/ ")[1], StringComparison.Ordinal));
    }

    /// <summary>Commands and what they print, of every console block of a chapter.</summary>
    private static List<(string Command, string Output)> Steps(string readme, string chapter)
    {
        var text = readme.Split(chapter + "\n")[1].Split("\n## ")[0];
        return [.. Block().Matches(text).SelectMany(b => b.Groups[1].Value.Split("$ ", StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(new List<string>(), Joined)).Select(s => s.Split('\n', 2)).Select(s => (s[0], s[1]))];

        // A dollar sign and a space begin a step only at the beginning of a line.
        static List<string> Joined(List<string> steps, string part)
        {
            if (steps.Count > 0 && !steps[^1].EndsWith('\n'))
            {
                steps[^1] += "$ " + part;
            }
            else
            {
                steps.Add(part);
            }

            return steps;
        }
    }

    /// <summary>Numbers of the day, ids, times and durations, each by its kind; all else stays.</summary>
    private static string Comparable(string output) => Times().Replace(Durations().Replace(Numbers().Replace(output, "<number>"), "<duration>"), "<time>");

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"BY\d{8}-\d{4}")]
    private static partial Regex Numbers();

    [GeneratedRegex(@"\d+小时(\d+分)?(\d+秒)?")]
    private static partial Regex Durations();

    [GeneratedRegex(@"\d{1,2}月\d{1,2}日 \d\d:\d\d(:\d\d)?|\d{1,2} [A-Z][a-z]{2} \d\d:\d\d(:\d\d)?")]
    private static partial Regex Times();

    /// <summary>One shell for a whole session, so that what a step sets is there in the next.</summary>
    private sealed class Shell : IDisposable
    {
        private const string End = "<end of step>";
        private readonly int port = DeskHost.FreePort();
        private readonly Process bash;

        public Shell(string folder)
        {
            var start = new ProcessStartInfo("bash", ["--noprofile", "--norc"])
            {
                WorkingDirectory = Repo.Root, RedirectStandardInput = true, RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8,
            };
            foreach (var name in start.Environment.Keys.Where(k => k.Contains("__", StringComparison.Ordinal) || k.StartsWith("DESK_", StringComparison.Ordinal)).ToList())
            {
                start.Environment.Remove(name);
            }

            start.Environment["TMPDIR"] = folder;
            bash = Process.Start(start)!;

            // Whatever becomes of the test: the host that the session started goes with its shell.
            bash.StandardInput.WriteLine("trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT");
        }

        public async Task<string> Type(string command)
        {
            await bash.StandardInput.WriteLineAsync(Built(command));
            await bash.StandardInput.WriteLineAsync($"printf '\\n{End}\\n'");
            await bash.StandardInput.FlushAsync();
            var said = new StringBuilder();
            while (await bash.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(5)) is { } line && line != End)
            {
                said.Append(line).Append('\n');
            }

            // The mark begins a line of its own, also after an output without an end of line.
            return said.ToString() is var text && text.EndsWith("\n\n", StringComparison.Ordinal) ? text[..^1] : text == "\n" ? "" : text;
        }

        public void Dispose()
        {
            bash.StandardInput.Close();
            bash.WaitForExit(TimeSpan.FromSeconds(30));
            bash.Dispose();
        }

        private string Built(string command) => command
            .Replace("alias desk='dotnet run --project src/IncidentDesk.Worker --'", $"desk() {{ dotnet '{Program("Worker")}' \"$@\"; }}", StringComparison.Ordinal)
            .Replace("dotnet run --project src/IncidentDesk.Web", $"dotnet '{Program("Web")}' --urls http://127.0.0.1:5080", StringComparison.Ordinal)
            .Replace("127.0.0.1:5080", $"127.0.0.1:{port}", StringComparison.Ordinal);

        private static string Program(string name) => Path.Combine(AppContext.BaseDirectory, $"IncidentDesk.{name}.dll");
    }
}
