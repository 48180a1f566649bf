using System.Text.Json;
using System.Text.Json.Serialization;
using IncidentDesk.Domain;
using IncidentDesk.Evidence;

namespace IncidentDesk.Keeping;

/// <summary>
/// What a backup holds. <paramref name="TakenAt"/>: what was recorded before stands in it. <paramref name="LastNumbers"/>: the last number of the last two days of logging.
/// <paramref name="Database"/>: null on a server engine, whose DBA keeps the database.
/// </summary>
public sealed record Manifest(
    string Schema, string Version, Engine Engine, string Installation, DateTimeOffset TakenAt, IReadOnlyList<string> LastNumbers, long Incidents, long Events, KeptFile? Database,
    IReadOnlyList<KeptFile> Files);

/// <summary>A backup's folder: <c>manifest.json</c>, the database file on SQLite, and <c>files/</c>.</summary>
public sealed record Backup(string Folder, Manifest Manifest)
{
    /// <summary>Name and version of the form.</summary>
    public const string Schema = "incidentdesk.backup/1";

    /// <summary>Name of the database file within.</summary>
    public const string Database = "incidentdesk.db";

    /// <summary>Name of the folder of files within.</summary>
    public const string Files = "files";

    private const string ManifestFile = "manifest.json";

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", Converters = { new JsonStringEnumConverter() }, RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Its name, which is the instant at which it was taken.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>Reads a backup's manifest, or says why the folder is none.</summary>
    public static (Backup? Backup, Refusal? Refused) Open(string folder)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(Path.Combine(folder, ManifestFile)), Form)!;
            return manifest.Schema == Schema
                ? (new Backup(folder, manifest), null)
                : (null, new Refusal("unknown_backup", "from", $"备份的格式 {manifest.Schema} 不是本程序所知。", $"The backup's form {manifest.Schema} is not one that this version knows."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, new Refusal(
                "not_a_backup", "from", $"{folder} 不是完整的备份：{ManifestFile} 不存在或无法读取。", $"{folder} is no complete backup: {ManifestFile} is missing or cannot be read."));
        }
    }

    /// <summary>Writes the manifest, which makes the folder a backup.</summary>
    internal void Write()
    {
        using var file = new FileStream(Path.Combine(Folder, ManifestFile), FileMode.CreateNew, FileAccess.Write);
        JsonSerializer.Serialize(file, Manifest, Form);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Each file that is not as the manifest says: changed, missing, or not named there.</summary>
    public IEnumerable<Problem> Damage()
    {
        var expected = Manifest.Files.Select(f => f with { Path = $"{Files}/{f.Path}" }).Concat(Manifest.Database is { } database ? [database] : []).ToDictionary(f => f.Path);
        foreach (var file in FileFolder.Files(Folder, ManifestFile, $"{Files}/{FileFolder.Marker}"))
        {
            if (!expected.Remove(file.Path, out var kept))
            {
                yield return new Problem("", 0, "file_extra", $"{file.Path} 不在备份清单中 / is not named in the manifest");
            }
            else if (kept != file)
            {
                yield return new Problem("", 0, "file_changed", $"{file.Path} 与备份清单中的哈希不符 / does not fit its hash in the manifest");
            }
        }

        foreach (var missing in expected.Keys.Order(StringComparer.Ordinal))
        {
            yield return new Problem("", 0, "file_missing", $"{missing} 缺失 / is missing");
        }
    }
}
