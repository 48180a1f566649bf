using System.Buffers.Binary;
using IncidentDesk.Domain;

namespace IncidentDesk.Attachments;

/// <summary>What a file is by its bytes. <paramref name="TakenAt"/>: see <see cref="Domain.Incidents.Attached"/>; null for a document and a photo that does not say.</summary>
public sealed record FileContent(string MediaType, string? TakenAt = null)
{
    /// <summary>The types that are taken, with the ending that a download gets.</summary>
    private static readonly Dictionary<string, string> Endings = new()
    {
        ["image/jpeg"] = "jpg",
        ["image/png"] = "png",
        ["image/webp"] = "webp",
        ["application/pdf"] = "pdf",
        ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"] = "docx",
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = "xlsx",
    };

    // A phone's largest pictures have 108 million; one of a few kilobytes may say 4 thousand million, and takes the memory of whoever opens it.
    private const long MostPixels = 120_000_000;
    private const int LongestSide = 30_000;

    /// <summary>The ending of a file of that type.</summary>
    public static string EndingOf(string mediaType) => Endings[mediaType];

    /// <summary>Whether a browser may show it as a picture.</summary>
    public static bool IsPhoto(string mediaType) => mediaType.StartsWith("image/", StringComparison.Ordinal);

    /// <summary>
    /// Says what a file is by its bytes, whatever it is called, and writes what is kept of it: of a photo all that makes the picture, and which way up it stands; no place, no
    /// camera, no comment, nothing behind its end. No picture is decoded. Documents are kept as they are. The refusal says why it is not taken; what was written then is of no use.
    /// </summary>
    public static (FileContent? Content, Refusal? Refused) Keep(ReadOnlySpan<byte> file, Stream to)
    {
        var photo = JpegPhoto.Is(file) ? JpegPhoto.Keep(file, to) : PngPhoto.Is(file) ? PngPhoto.Keep(file, to) : WebpPhoto.Is(file) ? WebpPhoto.Keep(file, to) : null;
        if (photo is not null)
        {
            var tooLarge = photo.Width is < 1 or > LongestSide || photo.Height is < 1 or > LongestSide || (long)photo.Width * photo.Height > MostPixels;
            return photo.Fault is { } fault ? (null, fault) : tooLarge ? (null, TooManyPixels) : (new FileContent(photo.MediaType, photo.Exif.TakenAt), null);
        }

        if (file.StartsWith("%PDF-"u8) || OfficeFile.Is(file))
        {
            to.Write(file);
            return file[0] == '%' ? (new FileContent("application/pdf"), null) : OfficeFile.Read(file);
        }

        return (null, file.IsEmpty ? Empty : IsHeic(file) ? Heic : Unknown);
    }

    /// <summary>A photo that breaks off, or is not made as its kind is.</summary>
    internal static readonly Refusal Broken = new("file_broken", "file", "照片不完整或已损坏，请重新选择。", "The photo is not complete or damaged; choose it again.");

    /// <summary>No type of ours.</summary>
    internal static readonly Refusal Unknown = new(
        "unknown_file_type", "file", "只接受照片(JPEG、PNG、WebP)和文档(PDF、DOCX、XLSX)，以文件内容为准；不接受带宏的文档。",
        "Only photos (JPEG, PNG, WebP) and documents (PDF, DOCX, XLSX) are taken, by their content; none with macros.");

    private static readonly Refusal Empty = new("file_empty", "file", "请选择文件；所选文件是空的。", "Choose a file; this one is empty.");

    private static readonly Refusal Heic = new(
        "unknown_file_type", "file", "不接受 HEIC 照片：请在手机相机设置中改为 JPEG(兼容性最佳)，或先转换再上传。", "HEIC photos are not taken: set the camera to JPEG (most compatible), or convert it first.");

    private static readonly Refusal TooManyPixels = new(
        "too_many_pixels", "file", "照片的尺寸过大(长或宽超过 30000 像素，或总像素超过 1.2 亿)，不予接受。", "The photo is too large: more than 30 000 pixels a side, or 120 million in all.");

    private static bool IsHeic(ReadOnlySpan<byte> file) =>
        file.Length >= 12 && file[4..8].SequenceEqual("ftyp"u8) && (file[8..12].StartsWith("hei"u8) || file[8..12].StartsWith("hev"u8) || file[8..12].SequenceEqual("mif1"u8) || file[8..12].SequenceEqual("msf1"u8));
}

/// <summary>What a photo's header says; <paramref name="Fault"/> where it cannot be read to its end.</summary>
internal sealed record Photo(string MediaType, int Width, int Height, Exif Exif, Refusal? Fault = null)
{
    /// <summary>One that cannot be read.</summary>
    public static readonly Photo Broken = new("", 1, 1, Exif.None, FileContent.Broken);
}

/// <summary>Numbers within a file; the caller has seen that they lie within.</summary>
internal static class Bytes
{
    public static int Big16(this ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    public static uint Big32(this ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    public static int Little16(this ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    public static int Little24(this ReadOnlySpan<byte> bytes, int at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);

    public static uint Little32(this ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
