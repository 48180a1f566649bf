using System.Text;
using CsCheck;
using IncidentDesk.Import;

namespace IncidentDesk.Tests.Import;

/// <summary>Reading CSV: what was written comes back, with the physical line of each record.</summary>
public sealed class CsvRecordsTests
{
    private static readonly Gen<string> Field =
        Gen.Int[0, 7].Select(i => "a中,\"\r\n \t"[i]).Array[0, 6].Select(c => new string(c));

    [Fact]
    public void What_was_written_is_read_again_with_its_lines() =>
        Gen.Select(Gen.Select(Field, Gen.Bool).Array[1, 5].Array[0, 8], Gen.Bool, Gen.Bool, Gen.Int[1, 40])
            .Sample((records, carriage, ended, piece) =>
            {
                var end = carriage ? "\r\n" : "\n";
                var text = new StringBuilder();
                var expected = new List<(int Line, string Fields)>();
                foreach (var record in records)
                {
                    if (record.Length > 1 || record[0].Item1.Length > 0)
                    {
                        expected.Add((1 + Lines(text), Joined(record.Select(f => f.Item1))));
                    }

                    text.AppendJoin(',', record.Select(f => f.Item2 || f.Item1.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? Quoted(f.Item1) : f.Item1)).Append(end);
                }

                var written = ended || records.Length == 0 ? text.ToString() : text.ToString(0, text.Length - end.Length);
                var csv = new CsvRecords(new Pieces(written, piece));
                var read = new List<(int, string)>();
                while (csv.Read())
                {
                    read.Add((csv.Line, Joined(csv.Fields)));
                }

                Assert.Null(csv.Refused);
                Assert.Equal(expected, read);
            });

    [Theory]
    [InlineData("a,b\n1,2", "1:a|b 2:1|2")]
    [InlineData("a,b\r\n1,2\r\n", "1:a|b 2:1|2")]
    [InlineData("\n\na\n\r\nb\n\n", "3:a 5:b")]
    [InlineData(",\n", "1:|")]
    [InlineData("a,\n,b", "1:a| 2:|b")]
    [InlineData("\"a\nb\",c\nd", "1:a\nb|c 3:d")]
    [InlineData("\"a\"\"b\"", "1:a\"b")]
    [InlineData("\"\",\"\"", "1:|")]
    [InlineData("a\"b,c\"\"d", "1:a\"b|c\"\"d")]
    [InlineData("a\rb,c\r", "1:a\rb|c")]
    [InlineData("\"a\"\r", "1:a")]
    [InlineData("", "")]
    public void Small_texts_are_read_by_the_rules(string text, string expected)
    {
        var csv = new CsvRecords(new StringReader(text));
        var read = new List<string>();
        while (csv.Read())
        {
            read.Add($"{csv.Line}:{string.Join('|', csv.Fields)}");
        }

        Assert.Null(csv.Refused);
        Assert.Equal(expected, string.Join(' ', read));
    }

    [Theory]
    [InlineData("a\n\"b", "quote_not_closed", 2)]
    [InlineData("a\n\n\"b\nc\nd\n", "quote_not_closed", 3)]
    [InlineData("\"", "quote_not_closed", 1)]
    [InlineData("\"a\"\"", "quote_not_closed", 1)]
    [InlineData("\"a\"b", "bad_quote", 1)]
    [InlineData("a\n\"b\n\"x,c", "bad_quote", 3)]
    [InlineData("\"a\" ,b", "bad_quote", 1)]
    [InlineData("\"a\"\rb", "bad_quote", 1)]
    public void Quotes_that_do_not_fit_are_refused_with_their_line(string text, string code, int line)
    {
        var csv = new CsvRecords(new StringReader(text));
        while (csv.Read())
        {
        }

        Assert.Equal(code, csv.Refused!.Code);
        Assert.Contains($"Line {line} ", csv.Refused.En, StringComparison.Ordinal);
        Assert.False(csv.Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    public void A_record_has_a_longest_length(string quote)
    {
        var longest = new CsvRecords(new StringReader($"a\n{quote}{new string('b', CsvRecords.LongestRecord - quote.Length)}{quote}"));
        var longer = new CsvRecords(new StringReader($"a\n{quote}{new string('b', CsvRecords.LongestRecord + 1)}{quote}"));

        Assert.True(longest.Read() && longest.Read() && longest.Refused is null);
        Assert.True(longer.Read() && !longer.Read());
        Assert.Equal("line_too_long", longer.Refused!.Code);
    }

    private static int Lines(StringBuilder text)
    {
        var lines = 0;
        foreach (var chunk in text.GetChunks())
        {
            lines += chunk.Span.Count('\n');
        }

        return lines;
    }

    private static string Joined(IEnumerable<string> fields) => string.Join('\u001F', fields);

    private static string Quoted(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Gives a text in pieces, as a stream may.</summary>
    private sealed class Pieces(string text, int piece) : StringReader(text)
    {
        public override int Read(char[] buffer, int index, int count) => base.Read(buffer, index, Math.Min(count, piece));
    }
}
