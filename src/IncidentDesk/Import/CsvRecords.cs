using System.Text;
using IncidentDesk.Domain;

namespace IncidentDesk.Import;

/// <summary>
/// Reads comma-separated records one at a time, with the physical line where each begins (the first line is 1) and bounded memory. Quotes as in RFC 4180; a quote inside an
/// unquoted field is an ordinary character. Empty lines are passed over. What cannot be read is a refusal, and reading stops there.
/// </summary>
public sealed class CsvRecords(TextReader text)
{
    /// <summary>Characters that one record may have.</summary>
    public const int LongestRecord = 1 << 20;

    private readonly char[] buffer = new char[1 << 15];
    private readonly StringBuilder field = new();
    private readonly List<string> fields = [];
    private int at;
    private int filled;
    private int line = 1;

    /// <summary>Physical line where the last record read begins.</summary>
    public int Line { get; private set; }

    /// <summary>Fields of the last record read; the list is used again for the next.</summary>
    public IReadOnlyList<string> Fields => fields;

    /// <summary>Why reading stopped, or null: <c>line_too_long</c>, <c>bad_quote</c>, <c>quote_not_closed</c>.</summary>
    public Refusal? Refused { get; private set; }

    /// <summary>Reads the next record; false at the end of the text, or when it is refused.</summary>
    public bool Read()
    {
        do
        {
            Line = line;
            if (Refused is not null || Peek() < 0 || !ReadRecord())
            {
                return false;
            }
        }
        while (fields.Count == 1 && fields[0].Length == 0);

        return true;
    }

    private bool ReadRecord()
    {
        fields.Clear();
        var length = 0;
        while (true)
        {
            field.Clear();
            if (Peek() == '"' ? !ReadQuoted(ref length) : !ReadPlain(ref length))
            {
                return false;
            }

            fields.Add(field.ToString());
            switch (Next())
            {
                case ',':
                    continue;
                case '\r' when Peek() == '\n':
                    Next();
                    break;
            }

            line++;
            return true;
        }
    }

    private bool ReadPlain(ref int length)
    {
        while (Peek() is var c && c >= 0 && c != ',' && c != '\n' && !(c == '\r' && Ahead() is '\n' or -1))
        {
            if (++length > LongestRecord)
            {
                return TooLong();
            }

            field.Append((char)Next());
        }

        return true;
    }

    private bool ReadQuoted(ref int length)
    {
        var opened = line;
        Next();
        while (true)
        {
            var c = Next();
            if (c < 0)
            {
                return Refuse("quote_not_closed", opened, "处的引号没有结束", "opens a quote that never closes");
            }

            if (++length > LongestRecord)
            {
                return TooLong();
            }

            if (c == '"')
            {
                if (Peek() != '"')
                {
                    break;
                }

                Next();
            }
            else if (c == '\n')
            {
                line++;
            }

            field.Append((char)c);
        }

        return Peek() is ',' or '\n' or -1 || (Peek() == '\r' && Ahead() is '\n' or -1)
            || Refuse("bad_quote", line, "的引号之后还有文字", "has text after a closing quote");
    }

    private bool TooLong() => Refuse("line_too_long", Line, $"开始的一行超过 {LongestRecord} 个字符", $"begins a record of more than {LongestRecord} characters");

    private bool Refuse(string code, int where, string zh, string en)
    {
        Refused = new Refusal(code, "file", $"文件第 {where} 行{zh}。", $"Line {where} of the file {en}.");
        return false;
    }

    private int Peek() => at < filled || Fill() ? buffer[at] : -1;

    private int Ahead()
    {
        if (at + 1 >= filled && at < filled)
        {
            buffer[0] = buffer[at];
            at = 0;
            filled = 1 + text.Read(buffer, 1, buffer.Length - 1);
        }

        return at + 1 < filled ? buffer[at + 1] : -1;
    }

    private int Next() => at < filled || Fill() ? buffer[at++] : -1;

    private bool Fill()
    {
        at = 0;
        filled = text.Read(buffer, 0, buffer.Length);
        return filled > 0;
    }
}
