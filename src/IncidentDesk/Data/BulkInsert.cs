using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Internal;
using Microsoft.EntityFrameworkCore.Storage;

namespace IncidentDesk.Data;

/// <summary>
/// Inserts rows that nobody will change again, many to a statement, by the model's own columns and conversions and in the transaction that is open. The change tracker
/// costs ten times as much for the same rows.
/// </summary>
internal static class BulkInsert
{
    // Below SQL Server's 2100 parameters with the widest table.
    private const int MostParameters = 1_000;

    private static readonly ConcurrentDictionary<IEntityType, Table> Tables = new();

    public static async Task Write<T>(DeskDb db, IReadOnlyList<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (rows.Count == 0)
        {
            return;
        }

        var table = Tables.GetOrAdd(db.Model.FindEntityType(typeof(T))!, type => new Table(type, db.GetService<ISqlGenerationHelper>()));

        if (db is SqliteDeskDb)
        {
            table.WriteSqlite(db, rows, cancellationToken);
            return;
        }

        var most = MostParameters / table.Columns.Length;
        DbCommand? command = null;
        try
        {
            for (var done = 0; done < rows.Count;)
            {
                var count = Math.Min(most, rows.Count - done);
                if (command is null || command.Parameters.Count != count * table.Columns.Length)
                {
                    command?.Dispose();
                    command = table.Command(db, count);
                }

                for (var i = 0; i < count; i++)
                {
                    table.Bind(command, i, rows[done + i]);
                }

                await command.ExecuteNonQueryAsync(cancellationToken);
                done += count;
            }
        }
        finally
        {
            command?.Dispose();
        }
    }

    /// <summary>The value of a column as the provider is given it.</summary>
    public static object? Stored(IProperty column, object entity)
    {
        var value = ((IRuntimePropertyBase)column).GetGetter().GetClrValue(entity);
        var converter = column.GetRelationalTypeMapping().Converter;
        return value is null || converter is null ? value : converter.ConvertToProvider(value);
    }

    private sealed class Table(IEntityType type, ISqlGenerationHelper sql)
    {
        private readonly ConcurrentDictionary<int, string> texts = new();

        public IProperty[] Columns { get; } = [.. type.GetProperties()];

        public DbCommand Command(DeskDb db, int rows)
        {
            var command = db.Database.GetDbConnection().CreateCommand();
            command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
            command.CommandText = texts.GetOrAdd(rows, Text);
            for (var i = 0; i < rows * Columns.Length; i++)
            {
                var column = Columns[i % Columns.Length];
                command.Parameters.Add(column.GetRelationalTypeMapping().CreateParameter(command, "@p" + i, null, nullable: true));
            }

            return command;
        }

        public void Bind(DbCommand command, int row, object entity)
        {
            for (var c = 0; c < Columns.Length; c++)
            {
                command.Parameters[(row * Columns.Length) + c].Value = Value(entity, c) ?? DBNull.Value;
            }
        }

        /// <summary>SQLite has no round trip to save: a row to a statement, prepared once.</summary>
        public void WriteSqlite<T>(DeskDb db, IReadOnlyList<T> rows, CancellationToken cancellationToken)
            where T : class
        {
            using var insert = new SqliteInsert((SqliteConnection)db.Database.GetDbConnection(), texts.GetOrAdd(1, Text));
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var c = 0; c < Columns.Length; c++)
                {
                    insert.Bind(c, Value(row, c));
                }

                insert.Execute();
            }
        }

        private object? Value(object entity, int column) => Stored(Columns[column], entity);

        private string Text(int rows)
        {
            var text = new StringBuilder("INSERT INTO ").Append(sql.DelimitIdentifier(type.GetTableName()!, type.GetSchema())).Append(" (")
                .AppendJoin(", ", Columns.Select(c => sql.DelimitIdentifier(c.GetColumnName()))).Append(") VALUES ");
            for (var row = 0; row < rows; row++)
            {
                text.Append(row == 0 ? "(" : ", (")
                    .AppendJoin(", ", Enumerable.Range(row * Columns.Length, Columns.Length).Select(i => "@p" + i)).Append(')');
            }

            return text.ToString();
        }
    }
}
