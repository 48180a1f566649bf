namespace IncidentDesk.Attachments;

/// <summary>
/// JPEG (ITU-T T.81): segments, each with a marker, and scans between. Kept are tables, frame and scans as they came, the colour profile (APP2) and Adobe's transform (APP14);
/// all other APP segments and comments go, and whatever stands behind the end: second pictures, films, a maker's notes.
/// </summary>
internal static class JpegPhoto
{
    // A progressive photo has about ten; thousands of empty ones are made to keep a decoder busy.
    private const int MostScans = 100;

    public static bool Is(ReadOnlySpan<byte> file) => file.Length > 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF;

    public static Photo Keep(ReadOnlySpan<byte> file, Stream to)
    {
        var kept = new List<(int At, int Length)>();
        var (exif, width, height, scans, at) = (Exif.None, 0, 0, 0, 2);
        byte[] jfif = [];
        for (byte marker = 0; marker != 0xD9;)
        {
            while (at + 2 < file.Length && file[at] == 0xFF && file[at + 1] == 0xFF)
            {
                at++;
            }

            if (at + 2 > file.Length || file[at] != 0xFF)
            {
                return Photo.Broken;
            }

            marker = file[at + 1];
            if (marker == 0xD9)
            {
                kept.Add((at, 2));
                continue;
            }

            var length = at + 4 > file.Length ? 0 : file.Big16(at + 2);
            if (length < 2 || at + 2 + length > file.Length)
            {
                return Photo.Broken;
            }

            var body = file.Slice(at + 4, length - 2);
            var end = at + 2 + length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2 when height == 0 && body.Length >= 6:
                    (height, width) = (body.Big16(1), body.Big16(3));
                    kept.Add((at, 2 + length));
                    break;
                case 0xDA when height > 0 && ++scans <= MostScans:
                    end = EndOfScan(file, end);
                    kept.Add((at, end - at));
                    break;
                case 0xC4 or 0xDB or 0xDD:
                case 0xE2 when body.StartsWith("ICC_PROFILE\0"u8):
                case 0xEE when body.StartsWith("Adobe"u8):
                    kept.Add((at, 2 + length));
                    break;
                case 0xE0 when body.StartsWith("JFIF\0"u8) && body.Length >= 14 && jfif.Length == 0:
                    // Without its thumbnail.
                    jfif = [0xFF, 0xE0, 0, 16, .. body[..12], 0, 0];
                    break;
                case 0xE1 when body.StartsWith("Exif\0\0"u8) && exif == Exif.None:
                    exif = Exif.Read(body[6..]);
                    break;
                case >= 0xE0 and <= 0xEF or 0xFE:
                    break;
                default:
                    // A second frame, arithmetic coding, a height told later: no camera and no browser does so.
                    return Photo.Broken;
            }

            at = end;
        }

        if (scans == 0)
        {
            return Photo.Broken;
        }

        to.Write([0xFF, 0xD8, .. jfif]);
        if (exif.Orientation != 1)
        {
            byte[] data = [.. "Exif\0\0"u8, .. Exif.Saying(exif.Orientation)];
            to.Write([0xFF, 0xE1, 0, (byte)(data.Length + 2), .. data]);
        }

        foreach (var (from, length) in kept)
        {
            to.Write(file.Slice(from, length));
        }

        return new Photo("image/jpeg", width, height, exif);
    }

    /// <summary>Where the data of a scan ends: at the next marker that is none of a restart, or at the end of the file.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length - 1)
        {
            var next = file[at..^1].IndexOf((byte)0xFF);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (file[at + 1] is not (0 or (>= 0xD0 and <= 0xD7) or 0xFF))
            {
                return at;
            }

            at += file[at + 1] == 0xFF ? 1 : 2;
        }

        return file.Length;
    }
}
