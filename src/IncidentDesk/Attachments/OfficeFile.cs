using System.Text;
using IncidentDesk.Domain;

namespace IncidentDesk.Attachments;

/// <summary>DOCX and XLSX (ECMA-376): a ZIP file whose directory names certain parts. Only the directory is read; nothing is ever unpacked.</summary>
internal static class OfficeFile
{
    // What a document may unpack to on the desk of whoever opens it.
    private const long MostUnpacked = 512L << 20;

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith("PK\x03\x04"u8);

    public static (FileContent? Content, Refusal? Refused) Read(ReadOnlySpan<byte> file)
    {
        var tail = file[^Math.Min(file.Length, 65_557)..];
        var found = tail.LastIndexOf("PK\x05\x06"u8);
        if (found < 0 || found + 22 > tail.Length)
        {
            return (null, FileContent.Unknown);
        }

        var (names, unpacked) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), 0L);
        var (left, at) = (tail.Little16(found + 10), (long)tail.Little32(found + 16));
        for (; left > 0 && at + 46 <= file.Length && file[(int)at..].StartsWith("PK\x01\x02"u8); left--)
        {
            var entry = file[(int)at..];
            var name = entry.Little16(28);
            if (46 + name > entry.Length)
            {
                break;
            }

            names.Add(Encoding.UTF8.GetString(entry.Slice(46, name)));
            unpacked += entry.Little32(24);
            at += 46 + name + entry.Little16(30) + entry.Little16(32);
        }

        var ending = left > 0 || !names.Contains("[Content_Types].xml") || names.Any(n => n.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase)) ? null
            : names.Contains("word/document.xml") ? "wordprocessingml.document"
            : names.Contains("xl/workbook.xml") ? "spreadsheetml.sheet"
            : null;
        return ending is null ? (null, FileContent.Unknown)
            : unpacked > MostUnpacked ? (null, Bomb)
            : (new FileContent("application/vnd.openxmlformats-officedocument." + ending), null);
    }

    private static readonly Refusal Bomb = new(
        "file_unpacks_too_large", "file", "该文档解压后过大，不予接受。", "The document unpacks to too much.");
}
