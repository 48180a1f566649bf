using System.Security.Cryptography;
using IncidentDesk.Domain;
using IncidentDesk.Evidence;

namespace IncidentDesk.Keeping;

/// <summary>A file below a folder: its path with <c>/</c>, its length, and the SHA-256 of its bytes, hex.</summary>
public sealed record KeptFile(string Path, long Bytes, string Sha256);

/// <summary>
/// The folder of files (Files:Folder). A file is named by its SHA-256, <c>ab/abcdef…</c>, and never changed. <c>installation.id</c> says whose folder it is, so that no
/// desk serves or fills another one's. What is still coming in lies in <c>partial</c> and never counts. No path is ever made of what a caller says.
/// </summary>
public static class FileFolder
{
    /// <summary>Name of the marker file.</summary>
    public const string Marker = "installation.id";

    private const string Partial = "partial";

    /// <summary>Makes folder and marker where there are none; says why the folder cannot be this installation's, or cannot be written.</summary>
    public static Refusal? Prepare(string folder, string installation)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".{Guid.NewGuid():N}");
            File.WriteAllText(probe, installation + "\n");
            try
            {
                // Who comes second finds the marker of the first.
                File.Move(probe, Path.Combine(folder, Marker));
            }
            catch (IOException) when (File.Exists(Path.Combine(folder, Marker)))
            {
                File.Delete(probe);
            }

            return Owner(folder) == installation
                ? null
                : new Refusal(
                    "files_of_another", "Files:Folder", $"文件目录 {folder} 属于另一套系统(见其中的 {Marker})，请核对设置 Files:Folder。",
                    $"The file folder {folder} belongs to another installation (see {Marker} in it); check the setting Files:Folder.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal(
                "files_not_writable", "Files:Folder", $"文件目录 {folder} 无法写入，请核对设置 Files:Folder、权限和磁盘空间。",
                $"The file folder {folder} cannot be written; check the setting Files:Folder, rights and disk space.");
        }
    }

    /// <summary>Every file of a folder in the order of its path, but those named.</summary>
    public static IEnumerable<KeptFile> Files(string folder, params string[] but)
    {
        foreach (var path in Paths(folder).Except(but).Order(StringComparer.Ordinal))
        {
            yield return Read(folder, path);
        }
    }

    /// <summary>The paths of all files below a folder, with <c>/</c>.</summary>
    internal static IEnumerable<string> Paths(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'));

    /// <summary>One file with its hash.</summary>
    public static KeptFile Read(string folder, string path)
    {
        using var file = File.OpenRead(Path.Combine(folder, path));
        return new KeptFile(path, file.Length, Convert.ToHexStringLower(SHA256.HashData(file)));
    }

    /// <summary>Copies a file to the same path below another folder and forces it to the disk; the hash is that of the bytes copied.</summary>
    public static KeptFile Copy(string from, string to, string path)
    {
        var target = Path.Combine(to, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var source = File.OpenRead(Path.Combine(from, path));
        using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[1 << 16];
        for (int read; (read = source.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            copy.Write(buffer, 0, read);
        }

        copy.Flush(flushToDisk: true);
        return new KeptFile(path, copy.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>A name of its own for what is coming in.</summary>
    internal static string NewPartial(string folder) => PartialOf(folder, Guid.NewGuid().ToString("N"));

    /// <summary>Where what is coming in lies under that name.</summary>
    internal static string PartialOf(string folder, string name) => Path.Combine(folder, Partial, name);

    /// <summary>Opens what is coming in, for one writer at a time.</summary>
    internal static FileStream WritePartial(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
    }

    /// <summary>
    /// Gives a finished file the name of its hash; where the same bytes lie already, those stay and are touched, so that nobody who looks for unneeded files takes them away.
    /// </summary>
    internal static void Keep(string folder, string partial, string sha256, DateTimeOffset now)
    {
        var target = Path.Combine(folder, NameOf(sha256));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.SetLastWriteTimeUtc(partial, now.UtcDateTime);
        try
        {
            File.SetLastWriteTimeUtc(target, now.UtcDateTime);
        }
        catch (FileNotFoundException)
        {
            File.Move(partial, target, overwrite: true);
        }
    }

    /// <summary>Deletes a file that is not needed, if nobody touched it since; whether it did.</summary>
    internal static bool Drop(string path, DateTimeOffset? untouchedSince = null)
    {
        if (!File.Exists(path) || (untouchedSince is { } since && File.GetLastWriteTimeUtc(path) > since.UtcDateTime))
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    /// <summary>What is coming in, or was left behind.</summary>
    internal static IEnumerable<string> Partials(string folder) =>
        Directory.Exists(Path.Combine(folder, Partial)) ? Directory.EnumerateFiles(Path.Combine(folder, Partial)) : [];

    /// <summary>The hashes of the files of one of 24 shares of the folder.</summary>
    internal static IEnumerable<string> Share(string folder, int hour) => Enumerable.Range(0, 256).Where(n => n % 24 == hour).Select(n => Path.Combine(folder, $"{n:x2}"))
        .Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).Select(f => Path.GetFileName(f)!).Where(name => IsName($"{name[..2]}/{name}"));

    /// <summary>What is wrong with the folder: another's marker or none, a file whose bytes do not fit its name, a file with no such name.</summary>
    public static IEnumerable<Problem> Check(string folder, string installation)
    {
        if (Owner(folder) != installation)
        {
            yield return new Problem("", 0, "marker_differs", $"{Marker} 缺失或属于另一套系统 / is missing or another installation's");
        }

        string[] coming = [.. Partials(folder).Select(p => $"{Partial}/{Path.GetFileName(p)}")];
        foreach (var file in Files(folder, [Marker, .. coming]).Where(f => f.Path != NameOf(f.Sha256)))
        {
            yield return IsName(file.Path)
                ? new Problem("", 0, "file_changed", $"{file.Path} 内容与文件名中的哈希不符 / its bytes do not fit the hash in its name")
                : new Problem("", 0, "file_extra", $"{file.Path} 不是本系统的文件 / is no file of the product's");
        }
    }

    /// <summary>Where a file of that SHA-256 lies.</summary>
    public static string NameOf(string sha256) => $"{sha256[..2]}/{sha256}";

    /// <summary>Whether a path is one that a file of the product's can have.</summary>
    internal static bool IsName(string path) => path.Length == 67 && path.StartsWith(path[3..5] + "/", StringComparison.Ordinal) && path[3..].All(char.IsAsciiHexDigitLower);

    private static string? Owner(string folder) => File.Exists(Path.Combine(folder, Marker)) ? File.ReadAllText(Path.Combine(folder, Marker)).Trim() : null;
}
