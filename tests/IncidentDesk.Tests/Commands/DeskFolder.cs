using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace IncidentDesk.Tests.Commands;

/// <summary>What a command gave back.</summary>
internal sealed record Ran(int Exit, string Out, string Error)
{
    /// <summary>Standard output as JSON; nothing else may stand there.</summary>
    public JsonNode Json => JsonNode.Parse(Out)!;

    /// <summary>Asserts that it was refused: a code and a sentence on standard error, nothing on standard output.</summary>
    public void Refused(string code, int exit = 1)
    {
        Assert.Equal((exit, ""), (Exit, Out));
        Assert.Matches($@"(?m)^refused {code} \(\S+\): .*。 / .*\.?$", Error);
        Assert.DoesNotMatch(@"(?m)^   at ", Error);
    }

    /// <summary>The exit code; what was said stands in the failure.</summary>
    public Ran Exits(int code)
    {
        Assert.True(code == Exit, $"exit {Exit} instead of {code}: {Error}{Out}");
        return this;
    }
}

/// <summary>A folder of its own, and the real command line as a process whose data lives there.</summary>
internal sealed class DeskFolder : IDisposable
{
    private static readonly string Web = Path.Combine(AppContext.BaseDirectory, "IncidentDesk.Web.dll");
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("desk-command-");

    /// <summary>Settings as environment variables, beside the data folder; null takes one away.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    /// <summary>The data folder.</summary>
    public string Data => Path.Combine(folder.FullName, "data");

    /// <summary>Whether anything was stored.</summary>
    public bool Wrote => Directory.Exists(Data) && Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories).Any();

    /// <summary>A file of the tests' data.</summary>
    public static string Sample(string name) => Path.Combine(AppContext.BaseDirectory, "data", name);

    /// <summary>A place beside the data folder.</summary>
    public string Place(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Puts a file there.</summary>
    public string Put(string name, byte[] bytes)
    {
        File.WriteAllBytes(Place(name), bytes);
        return Place(name);
    }

    /// <summary>Puts a UTF-8 file there.</summary>
    public string Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Runs a command to its end.</summary>
    public Task<Ran> Run(params string[] args) => Run(args, input: null, workingDirectory: null);

    /// <summary>Starts the web host, which must not serve, and waits for its end.</summary>
    public Task<Ran> Host(params string[] args) => Run(args, input: null, workingDirectory: null, Web);

    /// <summary>Runs a command to its end, with standard input or in a working directory.</summary>
    public async Task<Ran> Run(string[] args, byte[]? input, string? workingDirectory = null, string? program = null)
    {
        using var process = Start(args, workingDirectory, program);
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.BaseStream.WriteAsync(input ?? [], limit.Token);
            process.StandardInput.Close();
            var ran = (await output, await error);
            await process.WaitForExitAsync(limit.Token);
            return new Ran(process.ExitCode, ran.Item1, ran.Item2);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"'{string.Join(' ', args)}' did not end within {Longest}.");
        }
    }

    /// <summary>Starts a command.</summary>
    public Process Start(string[] args, string? workingDirectory = null, string? program = null)
    {
        var start = new ProcessStartInfo("dotnet", [program ?? Repo.Worker, .. args])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8, StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = workingDirectory ?? folder.FullName,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.Contains("__", StringComparison.Ordinal) || k.StartsWith("DESK_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        // As the packaged service does: a process that lives for seconds spends a good part of them on protecting the pages of its own code.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["Data__Folder"] = Data;
        foreach (var (name, value) in Settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);
}
