using System.Security.Cryptography;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Tests.Desks;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Keeping;

/// <summary>What the tests of backup, restore and copy do to a desk.</summary>
internal static class KeepingDesk
{
    public static readonly Caller All = new(new Actor("li", "李师傅"), new HashSet<Role> { Role.Staff, Role.Approver }, "api");

    /// <summary>Logs a fault through the product's own message and gives its number.</summary>
    public static async Task<string> Log(this IServiceProvider services, Instant? reportedAt = null, string? key = null)
    {
        var outcome = await services.SendAlone(new LogFault(
            All, "rental", "RNT-WATER-02", null, null, "440111011", "新市路56号", null, "phone", null, null, null, null, reportedAt, "漏水", "厨房", "林先生", null, null, null, null,
            key));
        Assert.Null(outcome.Refused);
        return outcome.Value!.Number;
    }

    /// <summary>Puts a file there as the product will, and gives its path.</summary>
    public static string Keep(this DeskSettings settings, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var path = FileFolder.NameOf(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(settings.FilesFolder, path))!);
        File.WriteAllBytes(Path.Combine(settings.FilesFolder, path), bytes);
        return path;
    }

    /// <summary>Changes one byte in the middle of a file.</summary>
    public static void Bend(string file)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Another process with other settings, under the desk's clock.</summary>
    public static ServiceProvider Process(this TestDesk desk, DeskSettings settings) =>
        new ServiceCollection().AddIncidentDesk(settings).AddSingleton<TimeProvider>(desk.Clock).BuildServiceProvider(validateScopes: true);
}
