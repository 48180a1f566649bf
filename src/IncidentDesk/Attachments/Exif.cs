using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace IncidentDesk.Attachments;

/// <summary>
/// The two facts that are read of a photo's Exif data: which way up it stands (1 to 8, TIFF tag 274), and when it was taken by the camera's clock (36867), with its offset where
/// the camera names one (36881). Everything else, the place first of all, is never looked at. What cannot be read says nothing.
/// </summary>
internal sealed record Exif(int Orientation, string? TakenAt)
{
    private const int OrientationTag = 0x0112;
    private const int ExifTag = 0x8769;
    private const int TakenTag = 0x9003;
    private const int OffsetTag = 0x9011;
    private const int MostEntries = 500;

    /// <summary>Upright, and no word of when.</summary>
    public static readonly Exif None = new(1, null);

    /// <summary>Reads the TIFF structure that Exif data is.</summary>
    public static Exif Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
        {
            return None;
        }

        var big = tiff[0] == 'M';
        var first = Number(tiff[4..], 4, big);
        var orientation = Entry(tiff, first, OrientationTag, big) is { } way && way.Value is >= 1 and <= 8 ? (int)way.Value : 1;
        if (Entry(tiff, first, ExifTag, big) is not { } inner || Text(tiff, Entry(tiff, inner.Value, TakenTag, big)) is not { } taken
            || !DateTime.TryParseExact(taken, "yyyy':'MM':'dd HH':'mm':'ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at))
        {
            return new Exif(orientation, null);
        }

        var offset = Text(tiff, Entry(tiff, inner.Value, OffsetTag, big));
        var isOffset = offset is [('+' or '-'), >= '0' and <= '1', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9'];
        return new Exif(orientation, at.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss", CultureInfo.InvariantCulture) + (isOffset ? offset : ""));
    }

    /// <summary>Exif data that says which way up, and nothing else.</summary>
    public static byte[] Saying(int orientation) =>
        [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, OrientationTag & 0xFF, OrientationTag >> 8, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>The value of an entry, or where its value lies, with how many there are of what; null where the directory has none or cannot be read.</summary>
    private static (uint Value, int Type, uint Count)? Entry(ReadOnlySpan<byte> tiff, uint directory, int tag, bool big)
    {
        if (directory > tiff.Length - 2)
        {
            return null;
        }

        var entries = Math.Min((int)Number(tiff[(int)directory..], 2, big), MostEntries);
        for (var at = (int)directory + 2; entries-- > 0 && at + 12 <= tiff.Length; at += 12)
        {
            if (Number(tiff[at..], 2, big) == tag)
            {
                var type = (int)Number(tiff[(at + 2)..], 2, big);
                return (Number(tiff[(at + 8)..], type == 3 ? 2 : 4, big), type, Number(tiff[(at + 4)..], 4, big));
            }
        }

        return null;
    }

    private static string? Text(ReadOnlySpan<byte> tiff, (uint Value, int Type, uint Count)? entry) =>
        entry is (var at, 2, > 4 and <= 64 and var count) && at <= tiff.Length - count ? Encoding.ASCII.GetString(tiff.Slice((int)at, (int)count)).TrimEnd('\0', ' ') : null;

    private static uint Number(ReadOnlySpan<byte> at, int bytes, bool big) => bytes == 2
        ? (big ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at))
        : big ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
}
