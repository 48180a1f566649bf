using System.Buffers.Binary;
using System.Text;
using IncidentDesk.Attachments;

namespace IncidentDesk.Tests.Attachments;

/// <summary>What a file is by its bytes, and what is kept of it, to the byte.</summary>
public sealed class FileContentTests
{
    [Fact]
    public void Of_a_photo_the_picture_is_kept_byte_for_byte_and_which_way_up_and_nothing_else_at_all()
    {
        Assert.Contains(Photos.Secret, Encoding.ASCII.GetString(Photos.Jpeg()), StringComparison.Ordinal);
        Assert.Equal(new FileContent("image/jpeg", "2026-05-03T08:59:30+08:00"), Keep(Photos.Jpeg(), out var jpeg));
        Assert.Equal(Photos.KeptJpeg, jpeg);
        Assert.Equal(new FileContent("image/png", "2026-05-03T08:59:30"), Keep(Photos.Png(), out var png));
        Assert.Equal(Photos.KeptPng, png);
        Assert.Equal(new FileContent("image/webp", "2026-05-03T08:59:30+08:00"), Keep(Photos.Webp(), out var webp));
        Assert.Equal(Photos.KeptWebp, webp);

        // What was kept once stays as it is, and so does a photo that has nothing to lose.
        foreach (var kept in new[] { jpeg, png, webp, Photos.PlainJpeg, Photos.PlainPng, Photos.PlainWebp })
        {
            Assert.Null(Keep(kept, out var again)!.TakenAt);
            Assert.Equal(kept, again);
        }
    }

    [Theory]
    [InlineData("2026:05:03 08:59:30", null, "2026-05-03T08:59:30")]
    [InlineData("2026:05:03 08:59:30", "-03:30", "2026-05-03T08:59:30-03:30")]
    [InlineData("2026:05:03 08:59:30", "local!", "2026-05-03T08:59:30")]
    [InlineData("2026:02:30 08:59:30", "+08:00", null)]
    [InlineData("    :  :     :  :  ", "+08:00", null)]
    [InlineData("0000:00:00 00:00:00", null, null)]
    public void When_a_photo_was_taken_is_told_as_the_photo_says_it_or_not_at_all(string says, string? offset, string? told) =>
        Assert.Equal(told, Keep(Photos.Jpeg(says, offset), out _)!.TakenAt);

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "nothing", [], "file_empty" },
        { "SVG", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8.ToArray(), "unknown_file_type" },
        { "HTML", "<!DOCTYPE html><script>alert(1)</script>"u8.ToArray(), "unknown_file_type" },
        { "GIF", "GIF89a\u0001\0\u0001\0"u8.ToArray(), "unknown_file_type" },
        { "HEIC", [0, 0, 0, 24, .. "ftypheic\0\0\0\0"u8], "unknown_file_type" },
        { "a ZIP file", Photos.Office("photo.jpg"), "unknown_file_type" },
        { "macros", Photos.Office("word/document.xml", "word/vbaProject.bin"), "unknown_file_type" },
        { "a directory cut off", Photos.Office("word/document.xml")[..^30], "unknown_file_type" },
        { "an old program's", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "unknown_file_type" },
        { "a photo cut off", Photos.Jpeg()[..500], "file_broken" },
        { "a page behind a photo's first bytes", [0xFF, 0xD8, 0xFF, .. "<script>alert(1)</script>"u8], "file_broken" },
        { "a moving WebP", Photos.Sized(Photos.PlainWebp, 20, b => b[0] |= 2), "file_broken" },

        // Bombs: some hundred bytes that say they are a picture of gigabytes.
        { "JPEG 65535 x 65535", Photos.Sized(Photos.PlainJpeg, Photos.PlainJpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0, 0, 17, 8]) + 5, b => b[..4].Fill(0xFF)), "too_many_pixels" },
        { "PNG 12000 x 12000", Photos.Sized(Photos.PlainPng, 16, b => { BinaryPrimitives.WriteInt32BigEndian(b, 12_000); BinaryPrimitives.WriteInt32BigEndian(b[4..], 12_000); }), "too_many_pixels" },
        { "PNG 4294967295 x 1", Photos.Sized(Photos.PlainPng, 16, b => b[..4].Fill(0xFF)), "too_many_pixels" },
        { "PNG 0 x 8", Photos.Sized(Photos.PlainPng, 16, b => b[..4].Clear()), "too_many_pixels" },
        { "WebP 16777216 x 16777216", Photos.Sized(Photos.PlainWebp, 24, b => b[..6].Fill(0xFF)), "too_many_pixels" },
        { "WebP, its frame 16383 x 16383", Photos.Sized(Photos.PlainWebp, Photos.PlainWebp.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]) + 3, b => b[..4].Fill(0xFF)), "too_many_pixels" },
        { "a document of a gigabyte", Photos.Sized(Photos.Office("xl/workbook.xml"), Photos.Office("xl/workbook.xml").AsSpan().IndexOf("PK\u0001\u0002"u8) + 24, b => b[3] = 0x40), "file_unpacks_too_large" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_no_photo_and_no_document_of_ours_is_refused_whatever_it_is_called(string what, byte[] file, string code)
    {
        using var to = new MemoryStream();
        Assert.Equal((what, code), (what, FileContent.Keep(file, to).Refused?.Code));
    }

    [Fact]
    public void Documents_are_known_by_their_parts_and_kept_as_they_are()
    {
        foreach (var (file, type, ending) in new[]
        {
            ("%PDF-1.7\n"u8.ToArray(), "application/pdf", "pdf"), (Photos.Office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
            (Photos.Office("xl/workbook.xml", "xl/worksheets/sheet1.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        })
        {
            Assert.Equal(new FileContent(type), Keep(file, out var kept));
            Assert.Equal(file, kept);
            Assert.Equal(ending, FileContent.EndingOf(type));
        }
    }

    [Fact]
    public void No_file_however_damaged_stops_the_reader()
    {
        var random = new Random(20260503);
        foreach (var whole in new[] { Photos.Jpeg(), Photos.Png(), Photos.Webp(), Photos.Office("word/document.xml") })
        {
            for (var length = 0; length < whole.Length; length++)
            {
                FileContent.Keep(whole.AsSpan(0, length), Stream.Null);
            }

            for (var i = 0; i < 5_000; i++)
            {
                byte[] damaged = [.. whole];
                for (var n = random.Next(1, 4); n > 0; n--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                FileContent.Keep(damaged, Stream.Null);
            }
        }
    }

    private static FileContent? Keep(byte[] file, out byte[] kept)
    {
        using var to = new MemoryStream();
        var (content, refused) = FileContent.Keep(file, to);
        Assert.Null(refused);
        kept = to.ToArray();
        return content;
    }
}
