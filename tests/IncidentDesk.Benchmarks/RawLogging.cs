using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using IncidentDesk.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IncidentDesk.Benchmarks;

/// <summary>
/// The yardstick of logging: the driver alone, prepared statements, one transaction for each fault: the day's counter, and the very rows that the product wrote for one
/// fault, under new keys.
/// </summary>
internal sealed class RawLogging
{
    private static readonly string[] Tables = ["Incidents", "Events", "Texts", "Idempotency", "Units"];
    private static readonly string[] Keys = ["Key", "Incident"];

    private readonly ScratchDesk desk;
    private readonly List<(string Table, string[] Columns, object[] Values)> rows = [];
    private int next;

    private RawLogging(ScratchDesk desk) => this.desk = desk;

    /// <summary>Takes the rows of the only fault of the desk as the pattern.</summary>
    public static async Task<RawLogging> Prepare(ScratchDesk desk)
    {
        var raw = new RawLogging(desk);
        await using var connection = await raw.Open();
        foreach (var table in Tables)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync() && (table != "Units" || raw.rows[^1].Table != "Units"))
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                raw.rows.Add((table, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], values));
            }
        }

        return raw;
    }

    /// <summary>Faults per second on so many connections.</summary>
    public async Task<double> Rate(int connections, TimeSpan time)
    {
        var (watch, logged) = (Stopwatch.StartNew(), 0);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            await using var connection = await Open();
            var statements = await Statements(connection);
            while (watch.Elapsed < time)
            {
                await Write(connection, statements, Interlocked.Increment(ref next));
                Interlocked.Increment(ref logged);
            }
        })));
        return logged / watch.Elapsed.TotalSeconds;
    }

    private async Task<DbConnection> Open()
    {
        DbConnection connection = desk.Settings.Engine == Engine.Sqlite
            ? new SqliteConnection($"Data Source={Path.Combine(desk.Folder, "bench.db")}")
            : new NpgsqlConnection(desk.Settings.ConnectionString);
        await connection.OpenAsync();
        if (connection is SqliteConnection)
        {
            await using var pragma = connection.CreateCommand();
            pragma.CommandText = "PRAGMA busy_timeout=30000; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON";
            await pragma.ExecuteNonQueryAsync();
        }

        return connection;
    }

    private async Task<List<DbCommand>> Statements(DbConnection connection)
    {
        var statements = new List<DbCommand> { connection.CreateCommand() };
        statements[0].CommandText = "UPDATE \"DayCounters\" SET \"Last\" = \"Last\" + 0 WHERE \"Imported\" = 0";
        foreach (var (table, columns, values) in rows)
        {
            var insert = connection.CreateCommand();
            insert.CommandText =
                $"INSERT INTO \"{table}\" ({string.Join(',', columns.Select(c => $"\"{c}\""))}) VALUES ({string.Join(',', columns.Select((_, i) => "@p" + i.ToString(CultureInfo.InvariantCulture)))})";
            for (var i = 0; i < columns.Length; i++)
            {
                var parameter = insert.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ("@p" + i.ToString(CultureInfo.InvariantCulture), values[i]);
                insert.Parameters.Add(parameter);
            }

            statements.Add(insert);
        }

        foreach (var statement in statements)
        {
            await statement.PrepareAsync();
        }

        return statements;
    }

    private async Task Write(DbConnection connection, List<DbCommand> statements, int n)
    {
        await using var transaction = connection is SqliteConnection sqlite
            ? sqlite.BeginTransaction(deferred: false)
            : await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        foreach (var statement in statements)
        {
            statement.Transaction = transaction;
        }

        await statements[0].ExecuteNonQueryAsync();
        for (var r = 0; r < rows.Count; r++)
        {
            var (table, columns, values) = rows[r];
            for (var c = 0; c < columns.Length; c++)
            {
                if (Keys.Contains(columns[c]) && values[c] is long key)
                {
                    statements[r + 1].Parameters[c].Value = key + 1_000_000_000_000 + n;
                }
                else if ((table == "Units" && columns[c] == "Id") || (table == "Idempotency" && columns[c] == "Key"))
                {
                    statements[r + 1].Parameters[c].Value = Guid.NewGuid().ToString("N");
                }
            }

            await statements[r + 1].ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }
}
