using System.Diagnostics;
using System.Net;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Tests.Api;

/// <summary>The real host on a disk of its own that runs full: it says so, loses nothing, and goes on by itself when there is room again.</summary>
public sealed class FullDiskTests
{
    [OnTinyDisk]
    public async Task On_a_full_disk_nothing_is_acknowledged_that_is_not_kept_and_with_room_again_the_desk_goes_on_by_itself()
    {
        await using var disk = await TinyDisk.Mount();
        await using var desk = await DeskHost.Open(Engine.Sqlite, Path.Combine(disk.Folder, "data"));
        var acknowledged = new List<string>();

        // This one is due while the disk is full.
        acknowledged.Add(DeskApiTests.Number(await desk.Log(DeskHost.Fault(reportedAt: DeskHost.Now.AddHours(-24).AddSeconds(8)))));
        await disk.Fill();
        await DeskHost.Until(async () =>
        {
            using var answer = await desk.Post("incidents", "staff", DeskHost.Fault(description: "灯坏"), key: $"disk-{acknowledged.Count:00000000}");
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                acknowledged.Add(DeskApiTests.Number(await DeskApiTests.Json(answer)));
                return false;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            Assert.Equal("busy", (await DeskApiTests.Json(answer)).GetProperty("code").GetString());
            return true;
        });
        await DeskHost.Until(async () => await desk.Health("ready") is { Status: 503 } red && red.Said.Contains("database", StringComparison.Ordinal));
        Assert.Equal((200, "live"), await desk.Health("live"));
        using (var read = await desk.Get("incidents/" + acknowledged[0], "staff"))
        {
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            using var refused = await desk.Post("incidents", "staff", DeskHost.Fault(description: $"满盘时 {n}"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }));

        disk.Empty();
        await DeskHost.Until(async () => (await desk.Health("ready")).Status == 200);
        using var again = await desk.Post("incidents", "staff", DeskHost.Fault(description: "灯坏"), key: $"disk-{acknowledged.Count:00000000}");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        acknowledged.Add(DeskApiTests.Number(await DeskApiTests.Json(again)));
        await DeskHost.Until(async () => (await desk.Inbox("approver")).Exists(
            i => i.GetProperty("number").GetString() == acknowledged[0] && i.GetProperty("step").GetString() == "breach"));

        var stored = await desk.Read(db => db.Incidents.OrderBy(i => i.Key).Select(i => i.Key).ToListAsync());
        Assert.Equal(acknowledged, stored.Select(key => new Domain.Incidents.IncidentNumber("BY", key).ToString()));
        Assert.Equal(acknowledged.Count, acknowledged.Select(n => int.Parse(n[^4..])).Max());
        (await desk.Worker("verify")).Exits(0);
    }

    /// <summary>A file system of a few megabytes that only a test uses.</summary>
    internal sealed class TinyDisk(DirectoryInfo folder) : IAsyncDisposable
    {
        private string Ballast => Path.Combine(Folder, "ballast");

        public string Folder => folder.FullName;

        public static async Task<TinyDisk> Mount()
        {
            var folder = Directory.CreateTempSubdirectory("desk-disk-");
            Assert.Equal("", await OnTinyDiskAttribute.Run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder.FullName));
            return new TinyDisk(folder);
        }

        /// <summary>Takes every byte that is free.</summary>
        public async Task Fill()
        {
            await using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[4096];
            try
            {
                while (file.Length < 1 << 30)
                {
                    await file.WriteAsync(block);
                }
            }
            catch (IOException)
            {
                return;
            }

            Assert.Fail("the disk did not run full");
        }

        /// <summary>Writes are refused from now on.</summary>
        public async Task Protect() => Assert.Equal("", await OnTinyDiskAttribute.Run("mount", "-o", "remount,ro", Folder));

        public void Empty() => File.Delete(Ballast);

        public async ValueTask DisposeAsync()
        {
            Assert.Equal("", await OnTinyDiskAttribute.Run("umount", Folder));
            folder.Delete();
        }
    }
}

/// <summary>A fact that needs a file system of its own; where none can be mounted it is skipped by its name, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnTinyDiskAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() => Try().GetAwaiter().GetResult());

    public OnTinyDiskAttribute() => Skip = Missing.Value;

    /// <summary>What a command said where it failed; empty where it did not.</summary>
    internal static async Task<string> Run(string command, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(command, args) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return process.ExitCode == 0 ? "" : $"{command}: {said.Trim()}";
    }

    private static async Task<string?> Try()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "full disk: only root on Linux can mount a small file system";
        }

        var folder = Directory.CreateTempSubdirectory("desk-disk-");
        try
        {
            var refused = await Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.FullName);
            return refused.Length > 0 ? "full disk: no small file system can be mounted: " + refused
                : await Run("umount", folder.FullName) is { Length: > 0 } stays ? "full disk: " + stays
                : null;
        }
        finally
        {
            folder.Delete();
        }
    }
}
