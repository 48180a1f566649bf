namespace IncidentDesk.Attachments;

/// <summary>
/// PNG (ISO/IEC 15948): chunks, each with its length, type and checksum. Kept are those that make the picture and its colours; Exif, texts, times, further frames and all
/// others go, and whatever stands behind the end.
/// </summary>
internal static class PngPhoto
{
    private static readonly string[] Kept = ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "pHYs", "bKGD", "IDAT"];

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    public static Photo Keep(ReadOnlySpan<byte> file, Stream to)
    {
        to.Write(Signature);
        var (exif, width, height, data) = (Exif.None, 0, 0, false);
        for (var at = Signature.Length; ;)
        {
            if (at + 12 > file.Length || file.Big32(at) is var length && length > file.Length - at - 12)
            {
                return Photo.Broken;
            }

            var type = System.Text.Encoding.ASCII.GetString(file.Slice(at + 4, 4));
            var body = file.Slice(at + 8, (int)length);
            var chunk = file.Slice(at, (int)length + 12);
            if ((at == Signature.Length) != (type == "IHDR") || (type == "IHDR" && body.Length != 13))
            {
                return Photo.Broken;
            }

            if (type == "IHDR")
            {
                (width, height) = ((int)Math.Min(body.Big32(0), int.MaxValue), (int)Math.Min(body.Big32(4), int.MaxValue));
            }

            if (type == "IEND")
            {
                to.Write(exif.Orientation == 1 ? [] : Chunk("eXIf"u8, Exif.Saying(exif.Orientation)));
                to.Write(Chunk("IEND"u8, []));
                return data ? new Photo("image/png", width, height, exif) : Photo.Broken;
            }

            data |= type == "IDAT";
            exif = type == "eXIf" && exif == Exif.None ? Exif.Read(body) : exif;
            to.Write(Kept.Contains(type) ? chunk : []);
            at += chunk.Length;
        }
    }

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] body)
    {
        byte[] summed = [.. type, .. body];
        var sum = Checksum(summed);
        return [0, 0, 0, (byte)body.Length, .. summed, (byte)(sum >> 24), (byte)(sum >> 16), (byte)(sum >> 8), (byte)sum];
    }

    /// <summary>CRC-32 as the standard has it.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var b in bytes)
        {
            sum ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) == 0 ? 0 : 0xEDB88320u);
            }
        }

        return ~sum;
    }
}
