using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using IncidentDesk.Tests.Desks;

namespace IncidentDesk.Tests.Attachments;

/// <summary>Photos and documents as people send them: what a browser's canvas wrote, with what phones and editors add to it.</summary>
internal static class Photos
{
    /// <summary>Stands in every part that must not be kept.</summary>
    public const string Secret = "SECRET-OF-THE-PHONE";

    public static readonly byte[] PlainJpeg = File.ReadAllBytes(Ledgers.Data("photos/plain.jpg"));
    public static readonly byte[] PlainPng = File.ReadAllBytes(Ledgers.Data("photos/plain.png"));
    public static readonly byte[] PlainWebp = File.ReadAllBytes(Ledgers.Data("photos/plain.webp"));

    /// <summary>What is kept of which way up: TIFF tag 274 alone, here 6.</summary>
    private static readonly byte[] Turned = [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>As a phone writes it: turned, where and when it was taken, by what, with XMP, IPTC, a comment, a thumbnail and a film behind its end.</summary>
    public static byte[] Jpeg(string taken = "2026:05:03 08:59:30", string? offset = "+08:00", int number = 0)
    {
        var jfif = PlainJpeg.AsSpan(2, 18).ToArray();
        jfif[3] = (byte)(16 + 3);
        (jfif[16], jfif[17]) = (1, 1);
        return
        [
            0xFF, 0xD8, .. jfif, 9, 9, 9, .. Segment(0xE1, [.. "Exif\0\0"u8, .. Exif(taken, offset, big: true)]), .. Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Hidden]),
            .. Segment(0xE2, [.. "MPF\0"u8, .. Hidden]), .. Segment(0xED, Hidden), .. Segment(0xFE, [.. Hidden, (byte)number]), 0xFF, .. PlainJpeg[20..], .. Hidden,
        ];
    }

    /// <summary>All that is kept of <see cref="Jpeg"/>.</summary>
    public static byte[] KeptJpeg => [.. PlainJpeg[..20], .. Segment(0xE1, [.. "Exif\0\0"u8, .. Turned]), .. PlainJpeg[20..]];

    public static byte[] Png() =>
    [
        .. PlainPng[..33], .. Chunk("eXIf", Exif("2026:05:03 08:59:30", null, big: false)), .. Chunk("tEXt", Hidden), .. Chunk("zTXt", Hidden), .. PlainPng[33..^12], .. Chunk("iTXt", Hidden),
        .. Chunk("tIME", [7, 234, 5, 3, 8, 59, 30]), .. Chunk("fdAT", Hidden), .. PlainPng[^12..], .. Hidden,
    ];

    public static byte[] KeptPng => [.. PlainPng[..^12], 0, 0, 0, 26, .. "eXIf"u8, .. Turned, 0xB7, 0x48, 0x11, 0x29, .. PlainPng[^12..]];

    public static byte[] Webp() => Riff([.. PlainWebp[12..], .. Riffed("EXIF", Exif("2026:05:03 08:59:30", "+08:00", big: false)), .. Riffed("XMP ", Hidden)], 0x2C);

    public static byte[] KeptWebp => Riff([.. PlainWebp[12..], .. Riffed("EXIF", Turned)], 0x28);

    /// <summary>A document as an office program packs it.</summary>
    public static byte[] Office(params string[] parts)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            foreach (var part in parts.Prepend("[Content_Types].xml"))
            {
                using var entry = zip.CreateEntry(part).Open();
                entry.Write("<xml/>"u8);
            }
        }

        return file.ToArray();
    }

    /// <summary>The photo with other sides in its header.</summary>
    public static byte[] Sized(byte[] photo, int at, Action<Span<byte>> sides)
    {
        byte[] sized = [.. photo];
        sides(sized.AsSpan(at));
        return sized;
    }

    private static byte[] Hidden => Encoding.ASCII.GetBytes(Secret);

    private static byte[] Segment(byte marker, byte[] body) => [0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    private static byte[] Chunk(string type, byte[] body) => [0, 0, 0, (byte)body.Length, .. Encoding.ASCII.GetBytes(type), .. body, 1, 2, 3, 4];

    private static byte[] Riffed(string type, byte[] body) => [.. Encoding.ASCII.GetBytes(type), (byte)body.Length, (byte)(body.Length >> 8), 0, 0, .. body, .. (body.Length % 2 == 0 ? Array.Empty<byte>() : [0])];

    private static byte[] Riff(byte[] chunks, byte flags)
    {
        chunks[8] = flags;
        return [.. "RIFF"u8, (byte)(chunks.Length + 4), (byte)((chunks.Length + 4) >> 8), 0, 0, .. "WEBP"u8, .. chunks];
    }

    /// <summary>Orientation 6, the camera's name, when it was taken, and where.</summary>
    private static byte[] Exif(string taken, string? offset, bool big)
    {
        var bytes = new byte[220];
        (big ? "MM\0*"u8 : "II*\0"u8).CopyTo(bytes);
        Number(4, 8, 4);
        Directory(8, (0x010F, 2, Secret.Length, 120), (0x0112, 3, 1, 6), (0x8769, 4, 1, 62), (0x8825, 4, 1, 92));
        Directory(62, (0x9003, 2, 20, 150), (offset is null ? 0x9290 : 0x9011, 2, 7, 172));
        Directory(92, (0x0002, 2, Secret.Length, 120), (0x0004, 2, Secret.Length, 120));
        Hidden.CopyTo(bytes, 122);
        Encoding.ASCII.GetBytes(taken).CopyTo(bytes, 150);
        Encoding.ASCII.GetBytes(offset ?? "123456").CopyTo(bytes, 172);
        return bytes;

        void Directory(int at, params (int Tag, int Type, int Count, int Value)[] entries)
        {
            Number(at, entries.Length, 2);
            foreach (var (tag, type, count, value) in entries)
            {
                Number(at + 2, tag, 2);
                Number(at + 4, type, 2);
                Number(at + 6, count, 4);
                Number(at + 10, value, type == 3 ? 2 : 4);
                at += 12;
            }
        }

        void Number(int at, int value, int size)
        {
            var to = bytes.AsSpan(at);
            switch (size, big)
            {
                case (2, true):
                    BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)value);
                    break;
                case (2, false):
                    BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)value);
                    break;
                case (_, true):
                    BinaryPrimitives.WriteUInt32BigEndian(to, (uint)value);
                    break;
                default:
                    BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)value);
                    break;
            }
        }
    }
}
