using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IncidentDesk.Keeping;

/// <summary>What a table holds, in one text that two engines give alike: the number of rows, and the sum of their SHA-256, which does not depend on an order, in which engines may differ.</summary>
internal static class TableSum
{
    public static Task<string> Of(DeskDb db, Type row, CancellationToken cancellationToken) =>
        (Task<string>)typeof(TableSum).GetMethod(nameof(SumOf), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(row).Invoke(null, [db, cancellationToken])!;

    private static async Task<string> SumOf<T>(DeskDb db, CancellationToken cancellationToken)
        where T : class
    {
        var columns = db.Model.FindEntityType(typeof(T))!.GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal).ToArray();
        var (rows, sum, hash) = (0L, new UInt128[2], new byte[32]);
        using var bytes = new MemoryStream();
        await using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        await foreach (var row in db.Set<T>().AsNoTracking().AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            bytes.SetLength(0);
            foreach (var column in columns)
            {
                Write(writer, BulkInsert.Stored(column, row));
            }

            writer.Flush();
            SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), hash);
            sum[0] += BitConverter.ToUInt128(hash);
            sum[1] += BitConverter.ToUInt128(hash, 16);
            rows++;
        }

        return $"{rows} {sum[0]:x32}{sum[1]:x32}";
    }

    private static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)0);
                break;
            case string text:
                writer.Write((byte)1);
                writer.Write(text);
                break;
            case byte[] binary:
                writer.Write((byte)2);
                writer.Write(binary.Length);
                writer.Write(binary);
                break;
            case DateTime time:
                writer.Write((byte)3);
                writer.Write(time.Ticks);
                break;
            case DateOnly day:
                writer.Write((byte)4);
                writer.Write(day.DayNumber);
                break;
            case bool or int or long:
                writer.Write((byte)5);
                writer.Write(Convert.ToInt64(value));
                break;
            default:
                throw new NotSupportedException($"A column of {value.GetType().Name} cannot be compared.");
        }
    }
}
