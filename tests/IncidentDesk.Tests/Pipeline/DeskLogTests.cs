using System.Diagnostics;
using IncidentDesk.Pipeline;
using IncidentDesk.Tests.Api;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Tests.Pipeline;

/// <summary>Log files roll, are kept as long as the settings say, and never stop who logs.</summary>
public sealed class DeskLogTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("desk-log-");

    private string Logs => Path.Combine(folder.FullName, "logs");

    [Fact]
    public void A_file_has_its_size_and_what_is_older_than_it_is_kept_goes()
    {
        Directory.CreateDirectory(Logs);
        var program = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name;
        var (old, foreign) = (Path.Combine(Logs, program + "-20200101.log"), Path.Combine(Logs, "notes.txt"));
        File.WriteAllText(old, "");
        File.WriteAllText(foreign, "");

        using (var logging = Logging())
        {
            var log = logging.CreateLogger("test");
            for (var line = 0; line < 1_200; line++)
            {
                log.LogInformation("{Words}", new string('x', 1_000));
            }

            log.LogDebug("not asked for");
        }

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(foreign));
        var files = Directory.GetFiles(Logs, "*.log").Select(f => new FileInfo(f)).ToList();
        Assert.Equal(2, files.Count);
        Assert.All(files, f => Assert.InRange(f.Length, 1, 1_048_576 + 2_000));
        Assert.All(files, f => Assert.DoesNotContain("not asked for", File.ReadAllText(f.FullName), StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_stops_nobody()
    {
        File.WriteAllText(Logs, "a file stands where the folder should");

        using (var logging = Logging())
        {
            var log = logging.CreateLogger("test");
            log.LogError("one");
            log.LogError("two");
        }

        Assert.Equal("a file stands where the folder should", File.ReadAllText(Logs));
    }

    [OnTinyDisk]
    public async Task On_a_full_disk_lines_are_lost_and_nothing_else_and_with_room_again_they_are_written()
    {
        await using var disk = await FullDiskTests.TinyDisk.Mount();
        using var logging = Logging(disk.Folder);
        var log = logging.CreateLogger("test");
        log.LogError("before");
        await disk.Fill();
        var took = Stopwatch.StartNew();
        for (var line = 0; line < 100; line++)
        {
            log.LogError("{Words}", new string('x', 1_000));
        }

        Assert.InRange(took.Elapsed.TotalSeconds, 0, 5);
        disk.Empty();
        log.LogError("after");
        await using var file = new FileStream(Assert.Single(Directory.GetFiles(Path.Combine(disk.Folder, "logs"))), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync();
        Assert.Contains(" before", text, StringComparison.Ordinal);
        Assert.Contains(" after", text, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private ILoggerFactory Logging(string? data = null)
    {
        var settings = DeskSettings.Read(new ConfigurationManager { ["Data:Folder"] = data ?? folder.FullName, ["Log:Folder"] = "logs", ["Log:SizeMegabytes"] = "1", ["Log:KeptDays"] = "7" }).Settings!;
        return LoggerFactory.Create(log => log.AddDeskLog(settings));
    }
}
