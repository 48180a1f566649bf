namespace IncidentDesk.Import;

/// <summary>Bytes of a stream line by line, without the LF, in one buffer of bounded size.</summary>
internal sealed class ByteLines(Stream stream)
{
    /// <summary>Bytes that one line may have.</summary>
    public const int Longest = 4 << 20;

    private byte[] buffer = new byte[1 << 16];
    private int at;
    private int filled;

    /// <summary>Lines read, the one that was too long included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether reading stopped at a line that is too long.</summary>
    public bool TooLong { get; private set; }

    public bool Read(out ReadOnlySpan<byte> line)
    {
        line = default;
        var searched = at;
        while (true)
        {
            var end = buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                line = buffer.AsSpan(at, searched + end - at);
                at = searched + end + 1;
                Count++;
                return true;
            }

            searched = filled;
            if (filled - at > Longest)
            {
                Count++;
                TooLong = true;
                return false;
            }

            if (!More(ref searched))
            {
                line = buffer.AsSpan(at, filled - at);
                at = filled;
                Count += line.Length > 0 ? 1 : 0;
                return line.Length > 0;
            }
        }
    }

    private bool More(ref int searched)
    {
        if (at > 0)
        {
            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            (searched, filled, at) = (searched - at, filled - at, 0);
        }

        if (filled == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = stream.Read(buffer, filled, buffer.Length - filled);
        filled += read;
        return read > 0;
    }
}
