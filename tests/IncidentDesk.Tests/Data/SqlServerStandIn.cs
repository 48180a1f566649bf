using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using IncidentDesk.Data;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IncidentDesk.Tests.Data;

/// <summary>One statement as it would have been sent, with its parameters.</summary>
public sealed record SentSql(string Text, IReadOnlyList<SqlParameter> Parameters);

/// <summary>
/// Stands where SQL Server would: it keeps what is sent, and answers a plain SELECT of a table's columns with the rows it was given, so that a use case goes on to its
/// next statement. It judges nothing; that is the parser's and the model's part.
/// </summary>
public sealed partial class SqlServerStandIn
{
    private readonly Dictionary<string, IReadOnlyList<object>> tables = [];
    private IModel? model;

    /// <summary>Everything that was sent.</summary>
    public List<SentSql> Sent { get; } = [];

    /// <summary>How its database is set up.</summary>
    public (int Level, bool Snapshot) State { get; set; } = (160, true);

    /// <summary>What a table holds from now on.</summary>
    public SqlServerStandIn Holding<T>(IEnumerable<T> rows)
        where T : class
    {
        tables[typeof(T).Name] = [.. rows.Cast<object>()];
        return this;
    }

    /// <summary>The options of a context that speaks to it, as the product sets them otherwise.</summary>
    public DbContextOptions<SqlServerDeskDb> Options(DeskSettings settings) =>
        (DbContextOptions<SqlServerDeskDb>)new DbContextOptionsBuilder<SqlServerDeskDb>().UseEngine(settings)
            .UseSqlServer(new Connection(this), o => o.EnableRetryOnFailure().UseCompatibilityLevel(150)).Options;

    /// <summary>The same as a copy sets them.</summary>
    public DbContextOptions<SqlServerDeskDb> OptionsOfACopy() =>
        new DbContextOptionsBuilder<SqlServerDeskDb>().UseSqlServer(new Connection(this), o => o.UseCompatibilityLevel(150)).Options;

    /// <summary>The model by which its rows are read.</summary>
    public void Speak(IModel by) => model = by;

    private DbDataReader Answer(Command command)
    {
        Sent.Add(new SentSql(command.CommandText, [.. command.Parameters.Cast<SqlParameter>()]));
        var text = command.CommandText;
        var results = new List<DataTable>();
        if (CallerAndVersions().IsMatch(text))
        {
            // Who calls, and in the same statement how many versions there are.
            results.Add(new DataTable { Columns = { { "Id", typeof(string) }, { "Name", typeof(string) }, { "Roles", typeof(string) }, { "Versions", typeof(int) } } });
            foreach (var person in tables.GetValueOrDefault(nameof(PersonRow), []).Cast<PersonRow>())
            {
                results[0].Rows.Add(person.Id, person.Name, person.Roles, tables.GetValueOrDefault(nameof(ReferenceRow), []).Count);
            }
        }
        else if (Select().Match(text) is { Success: true } select && Columns(select.Groups["columns"].Value) is var (alias, columns)
            && Regex.Match(text, $@"\[(\w+)\] AS \[{alias}\]") is { Success: true } from)
        {
            results.Add(Rows(command, from.Groups[1].Value, columns));
        }
        else if (Count().Match(text) is { Success: true } count)
        {
            results.Add(One(tables.GetValueOrDefault(model!.GetEntityTypes().Single(t => t.GetTableName() == count.Groups[1].Value).ClrType.Name, []).Count));
        }
        else if (text.Contains("FROM sys.databases", StringComparison.Ordinal))
        {
            results.Add(new DataTable { Columns = { { "Name", typeof(string) }, { "CompatibilityLevel", typeof(int) }, { "Snapshot", typeof(bool) } } });
            results[0].Rows.Add("desk", State.Level, State.Snapshot);
        }
        else if (text.Contains("SYSUTCDATETIME()", StringComparison.Ordinal))
        {
            results.Add(One(DateTime.UnixEpoch));
        }
        else if (text.StartsWith("SELECT MAX(", StringComparison.Ordinal) || text.StartsWith("SELECT MIN([i].[Month])", StringComparison.Ordinal))
        {
            results.Add(One(null));
        }
        else if (text.Contains("WHEN EXISTS", StringComparison.Ordinal) || text.Contains("COUNT_BIG", StringComparison.Ordinal))
        {
            results.Add(One(text.Contains("COUNT_BIG", StringComparison.Ordinal) ? 0L : false));
        }
        else
        {
            // A guarded update says how many rows it found; every other statement says nothing.
            results.AddRange(Enumerable.Range(0, Regex.Count(text, "OUTPUT 1")).Select(_ => One(1)));
        }

        return new DataTableReader(results.Count == 0 ? [Nothing()] : [.. results]);
    }

    /// <summary>No row, of more columns than any query asks for.</summary>
    private static DataTable Nothing()
    {
        var answer = new DataTable();
        answer.Columns.AddRange([.. Enumerable.Range(0, 64).Select(i => new DataColumn("c" + i, typeof(object)))]);
        return answer;
    }

    private DataTable Rows(Command command, string table, string[] columns)
    {
        var type = model!.GetEntityTypes().Single(t => t.GetTableName() == table);
        var properties = Array.ConvertAll(columns, c => type.GetProperties().Single(p => p.GetColumnName() == c));
        var rows = tables.GetValueOrDefault(type.ClrType.Name) ?? [];

        // Of the conditions two matter for a use case to go on: the days that are numbered, and the key that a page goes on after.
        if (table == "DayCounters" && command.CommandText.Contains("WHERE", StringComparison.Ordinal))
        {
            var days = command.Parameters.Cast<SqlParameter>().Select(p => p.Value).OfType<int>().ToHashSet();
            rows = [.. rows.Cast<DayCounterRow>().Where(r => days.Contains(r.Day))];
        }

        if (After().Match(command.CommandText) is { Success: true } after)
        {
            var key = (long)command.Parameters[after.Groups[1].Value].Value!;
            rows = [.. rows.Cast<IncidentRow>().Where(r => r.Key > key)];
        }

        var answer = new DataTable();
        foreach (var property in properties)
        {
            var provider = property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType;
            answer.Columns.Add(property.GetColumnName(), Nullable.GetUnderlyingType(provider) ?? provider);
        }

        foreach (var row in rows)
        {
            answer.Rows.Add(Array.ConvertAll(properties, p =>
            {
                var value = p.PropertyInfo!.GetValue(row);
                return (value is null ? null : p.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value) ?? DBNull.Value;
            }));
        }

        return answer;
    }

    private static DataTable One(object? value)
    {
        var answer = new DataTable();
        answer.Columns.Add("v", value?.GetType() ?? typeof(string));
        answer.Rows.Add(value ?? DBNull.Value);
        return answer;
    }

    /// <summary>Columns of one table, or null where it is something else.</summary>
    private static (string Alias, string[] Columns)? Columns(string list)
    {
        var matches = list.Split(", ").Select(c => Column().Match(c)).ToList();
        return matches.TrueForAll(m => m.Success) && matches.DistinctBy(m => m.Groups[1].Value).Count() == 1
            ? (matches[0].Groups[1].Value, [.. matches.Select(m => m.Groups[2].Value)])
            : null;
    }

    [GeneratedRegex(@"^SELECT (TOP\([@\w]+\) )?(?<columns>.*)\r?\nFROM ")]
    private static partial Regex Select();

    [GeneratedRegex(@"^SELECT COUNT\(\*\)\r?\nFROM \[(\w+)\]")]
    private static partial Regex Count();

    [GeneratedRegex(@"\(\s*SELECT COUNT\(\*\)\s+FROM \[ReferenceData\][^)]*\) AS \[Versions\]\s+FROM \[People\]")]
    private static partial Regex CallerAndVersions();

    [GeneratedRegex(@"^\[(\w+)\]\.\[(\w+)\]$")]
    private static partial Regex Column();

    [GeneratedRegex(@"\[Key\] > (@\w+)")]
    private static partial Regex After();

    private sealed class Connection(SqlServerStandIn server) : DbConnection
    {
        private ConnectionState state;

        [AllowNull]
        public override string ConnectionString { get; set; } = "Server=stand-in";

        public override string Database => "desk";

        public override string DataSource => "stand-in";

        public override string ServerVersion => "16.00.1000";

        public override ConnectionState State => state;

        public SqlServerStandIn Server => server;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void Open() => state = ConnectionState.Open;

        public override void Close() => state = ConnectionState.Closed;

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new Transaction(this, isolationLevel);

        protected override DbCommand CreateDbCommand() => new Command(this);
    }

    private sealed class Transaction(Connection connection, IsolationLevel level) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => level;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }
    }

    private sealed class Command(Connection connection) : DbCommand
    {
        private readonly SqlCommand parameters = new();

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; } = connection;

        protected override DbParameterCollection DbParameterCollection => parameters.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            using var reader = connection.Server.Answer(this);
            return 1;
        }

        public override object? ExecuteScalar()
        {
            using var reader = connection.Server.Answer(this);
            return reader.Read() ? reader.GetValue(0) : null;
        }

        public override void Prepare()
        {
        }

        protected override DbParameter CreateDbParameter() => new SqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => connection.Server.Answer(this);
    }
}
