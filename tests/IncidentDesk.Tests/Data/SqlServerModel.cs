using System.Data;
using Microsoft.Data.SqlClient;
using Microsoft.SqlServer.Dac;
using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace IncidentDesk.Tests.Data;

/// <summary>
/// A SQL Server 2022 database as a model, without a server: tables as the model makes them (it takes no ALTER TABLE; that the migrations lead to the same tables is another
/// test), statements as procedures.
/// </summary>
public sealed class SqlServerModel : IDisposable
{
    // The model knows no view of the system; this table has the columns of the one that the product reads, as SQL Server documents them.
    private const string Databases = "sys.databases";
    private const string DatabasesAsTable = "CREATE TABLE [dbo].[sys.databases] ([name] sysname NOT NULL, [database_id] int NOT NULL, [compatibility_level] tinyint NOT NULL, [is_read_committed_snapshot_on] bit NULL)";

    // A name that resolves to no table or column is only a warning of the model, and an error of the server.
    private const int Unresolved = 71502;

    private readonly TSqlModel model = new(SqlServerVersion.Sql160, new TSqlModelOptions());
    private int procedures;

    /// <summary>The database that a create script makes.</summary>
    public SqlServerModel(string script)
    {
        foreach (var batch in Parse(script).Batches)
        {
            foreach (var statement in batch.Statements)
            {
                Add(statement);
            }
        }
    }

    /// <summary>Adds a statement that a client sends as a procedure with its parameters.</summary>
    public void Add(SentSql sent)
    {
        if (sent.Text.Contains(Databases, StringComparison.Ordinal))
        {
            model.AddObjects(DatabasesAsTable);
        }

        var declared = sent.Parameters.Count == 0 ? "" : string.Join(", ", sent.Parameters.Select(p => $"{(p.ParameterName[0] == '@' ? "" : "@")}{p.ParameterName} {TypeOf(p)}"));
        var procedure = $"CREATE PROCEDURE [dbo].[Sent{++procedures}] {declared} AS BEGIN\n{sent.Text.Replace(Databases, "[dbo].[sys.databases]", StringComparison.Ordinal)}\nEND";
        Parse(procedure);
        model.AddObjects(procedure);
    }

    /// <summary>What does not hold.</summary>
    public IReadOnlyList<string> Problems() =>
        [.. model.Validate().Where(m => m.MessageType == DacMessageType.Error || m.Number == Unresolved).Select(m => m.ToString())];

    /// <summary>Names of the tables, without schema.</summary>
    public IReadOnlyList<string> Tables() => [.. model.GetObjects(DacQueryScopes.UserDefined, Table.TypeClass).Select(t => t.Name.Parts[^1])];

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    /// <summary>Parses a script; what the server could not read fails.</summary>
    public static TSqlScript Parse(string sql)
    {
        var script = (TSqlScript)new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(sql), out var errors);
        Assert.True(errors.Count == 0, string.Join('\n', errors.Select(e => $"{e.Line}: {e.Message}")) + "\n" + sql);
        return script;
    }

    private void Add(TSqlStatement statement)
    {
        switch (statement)
        {
            case CreateTableStatement or CreateIndexStatement:
                new Sql160ScriptGenerator().GenerateScript(statement, out var text);
                model.AddObjects(text);
                break;
            default:
                Assert.Fail("The create script does something new: " + statement.GetType().Name);
                break;
        }
    }

    private static string TypeOf(SqlParameter parameter) => parameter.SqlDbType switch
    {
        SqlDbType.NVarChar or SqlDbType.VarBinary or SqlDbType.NChar or SqlDbType.VarChar =>
            $"{parameter.SqlDbType}({(parameter.Size is > 0 and <= 4_000 ? parameter.Size.ToString() : "max")})",
        SqlDbType.DateTime2 => $"datetime2({parameter.Scale})",
        var type => type.ToString(),
    };
}
