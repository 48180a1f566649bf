using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace IncidentDesk.Data;

/// <summary>
/// One prepared INSERT whose values are bound by their place. The provider's own command looks each parameter up by name and opens a reader for every row, which is half
/// of the time of a row. Values are stored as the provider stores them.
/// </summary>
internal sealed class SqliteInsert : IDisposable
{
    private readonly sqlite3 handle;
    private readonly sqlite3_stmt statement;

    public SqliteInsert(SqliteConnection connection, string text)
    {
        handle = connection.Handle!;
        SqliteException.ThrowExceptionForRC(sqlite3_prepare_v2(handle, text, out statement), handle);
    }

    /// <summary>Binds the value of a column, counted from 0.</summary>
    public void Bind(int column, object? value)
    {
        var place = column + 1;
        var result = value switch
        {
            null => sqlite3_bind_null(statement, place),
            string text => sqlite3_bind_text(statement, place, text),
            long number => sqlite3_bind_int64(statement, place, number),
            int number => sqlite3_bind_int64(statement, place, number),
            byte[] bytes => sqlite3_bind_blob(statement, place, bytes),
            DateTime time => sqlite3_bind_text(statement, place, time.ToString(@"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF", CultureInfo.InvariantCulture)),
            _ => throw new NotSupportedException($"No SQLite value for {value.GetType().Name}."),
        };
        SqliteException.ThrowExceptionForRC(result, handle);
    }

    /// <summary>Inserts the row that was bound.</summary>
    public void Execute()
    {
        _ = sqlite3_step(statement);

        // What went wrong with the step, reset says again.
        SqliteException.ThrowExceptionForRC(sqlite3_reset(statement), handle);
    }

    public void Dispose() => statement.Dispose();
}
