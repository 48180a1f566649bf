using System.Buffers.Binary;

namespace IncidentDesk.Attachments;

/// <summary>WebP (RFC 9649): chunks within RIFF. Kept are the picture, its transparency and its colour profile; Exif, XMP and all others go. One that moves is not taken.</summary>
internal static class WebpPhoto
{
    private const byte HasExif = 0x08;
    private const byte HasXmp = 0x04;
    private const byte Moves = 0x02;

    public static bool Is(ReadOnlySpan<byte> file) => file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8);

    public static Photo Keep(ReadOnlySpan<byte> file, Stream to)
    {
        var kept = new List<(int At, int Length)>();
        var (exif, width, height, pictures, flags) = (Exif.None, 0, 0, 0, -1);
        var end = (int)Math.Min(file.Little32(4) + 8L, file.Length);
        if (file.Little32(4) + 8L > file.Length)
        {
            return Photo.Broken;
        }

        for (var at = 12; at + 8 <= end;)
        {
            var length = file.Little32(at + 4);
            if (length > end - at - 8)
            {
                return Photo.Broken;
            }

            var type = System.Text.Encoding.ASCII.GetString(file.Slice(at, 4));
            var body = file.Slice(at + 8, (int)length);
            var whole = 8 + (int)length + (int)(length & 1);
            if (at + whole > end)
            {
                return Photo.Broken;
            }

            switch (type)
            {
                case "VP8X" when at == 12 && body.Length == 10:
                    (flags, width, height) = (body[0], body.Little24(4) + 1, body.Little24(7) + 1);
                    kept.Add((at, whole));
                    break;
                case "VP8 " when body.Length >= 10:
                    Grow(body.Little16(6) & 0x3FFF, body.Little16(8) & 0x3FFF);
                    kept.Add((at, whole));
                    pictures++;
                    break;
                case "VP8L" when body.Length >= 5:
                    var sides = body.Little32(1);
                    Grow((int)(sides & 0x3FFF) + 1, (int)((sides >> 14) & 0x3FFF) + 1);
                    kept.Add((at, whole));
                    pictures++;
                    break;
                case "ALPH" or "ICCP":
                    kept.Add((at, whole));
                    break;
                case "EXIF":
                    exif = Exif.Read(body.StartsWith("Exif\0\0"u8) ? body[6..] : body);
                    break;
                default:
                    break;
            }

            at += whole;
        }

        if (pictures != 1 || (flags > 0 && (flags & Moves) != 0))
        {
            return Photo.Broken;
        }

        byte[] upright = flags < 0 || exif.Orientation == 1 ? [] : [.. "EXIF"u8, 26, 0, 0, 0, .. Exif.Saying(exif.Orientation)];
        Span<byte> size = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(size, 4 + kept.Sum(k => k.Length) + upright.Length);
        to.Write([.. "RIFF"u8, .. size, .. "WEBP"u8]);
        foreach (var (from, length) in kept)
        {
            byte[] chunk = [.. file.Slice(from, length)];
            if (flags >= 0 && from == 12)
            {
                chunk[8] = (byte)((flags & ~(HasExif | HasXmp)) | (upright.Length > 0 ? HasExif : 0));
            }

            to.Write(chunk);
        }

        to.Write(upright);
        return new Photo("image/webp", width, height, exif);

        void Grow(int w, int h) => (width, height) = (Math.Max(width, w), Math.Max(height, h));
    }
}
