using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Internal;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

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

    /// <summary>Inserts rows of one or more tables; those of one table stand together, and a table that another's rows refer to stands before it.</summary>
    public static async Task Write(DeskDb db, IReadOnlyList<object> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var runs = new List<(Table Table, List<object> Rows)>();
        foreach (var row in rows)
        {
            if (runs.Count == 0 || runs[^1].Rows[0].GetType() != row.GetType())
            {
                runs.Add((Tables.GetOrAdd(db.Model.FindEntityType(row.GetType())!, type => new Table(type, db.GetService<ISqlGenerationHelper>())), []));
            }

            runs[^1].Rows.Add(row);
        }

        if (db is PostgreSqlDeskDb)
        {
            await WritePostgreSql(db, runs, cancellationToken);
            return;
        }

        foreach (var (table, of) in runs)
        {
            await (db is SqliteDeskDb ? table.WriteSqlite(db, of, cancellationToken) : table.WriteSqlServer(db, of, cancellationToken));
        }
    }

    /// <summary>On PostgreSQL one round trip, and a statement for each table that is the same for any number of rows, an array for each column: prepared once on a connection.</summary>
    private static async Task WritePostgreSql(DeskDb db, List<(Table Table, List<object> Rows)> runs, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await using var batch = new NpgsqlBatch(connection, (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction());
        foreach (var (table, rows) in runs)
        {
            batch.BatchCommands.Add(table.OfArrays(rows));
        }

        await batch.PrepareAsync(cancellationToken);
        await batch.ExecuteNonQueryAsync(cancellationToken);
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

        /// <summary>SQL Server takes many rows to a statement, as long as its parameters allow.</summary>
        public async Task WriteSqlServer(DeskDb db, List<object> rows, CancellationToken cancellationToken)
        {
            var most = MostParameters / Columns.Length;
            DbCommand? command = null;
            try
            {
                for (var done = 0; done < rows.Count;)
                {
                    var count = Math.Min(most, rows.Count - done);
                    if (command is null || command.Parameters.Count != count * Columns.Length)
                    {
                        command?.Dispose();
                        command = Command(db, count);
                    }

                    for (var i = 0; i < count; i++)
                    {
                        Bind(command, i, rows[done + i]);
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

        private DbCommand Command(DeskDb db, int rows)
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

        private void Bind(DbCommand command, int row, object entity)
        {
            for (var c = 0; c < Columns.Length; c++)
            {
                command.Parameters[(row * Columns.Length) + c].Value = Value(entity, c) ?? DBNull.Value;
            }
        }

        /// <summary>SQLite has no round trip to save: a row to a statement, prepared once.</summary>
        public Task WriteSqlite(DeskDb db, List<object> rows, CancellationToken cancellationToken)
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

            return Task.CompletedTask;
        }

        public NpgsqlBatchCommand OfArrays(List<object> rows)
        {
            var command = new NpgsqlBatchCommand(texts.GetOrAdd(0, TextOfArrays));
            for (var c = 0; c < Columns.Length; c++)
            {
                var mapping = Columns[c].GetRelationalTypeMapping();
                var type = mapping.Converter?.ProviderClrType ?? Columns[c].ClrType;
                var values = Array.CreateInstance(type.IsValueType && Nullable.GetUnderlyingType(type) is null ? typeof(Nullable<>).MakeGenericType(type) : type, rows.Count);
                for (var i = 0; i < rows.Count; i++)
                {
                    values.SetValue(Value(rows[i], c), i);
                }

                command.Parameters.Add(new NpgsqlParameter { Value = values, DataTypeName = mapping.StoreTypeNameBase + "[]" });
            }

            return command;
        }

        private string TextOfArrays(int rows) => new StringBuilder("INSERT INTO ").Append(sql.DelimitIdentifier(type.GetTableName()!, type.GetSchema())).Append(" (")
            .AppendJoin(", ", Columns.Select(c => sql.DelimitIdentifier(c.GetColumnName()))).Append(") SELECT * FROM unnest(")
            .AppendJoin(", ", Columns.Select((_, i) => "$" + (i + 1))).Append(')').ToString();

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
