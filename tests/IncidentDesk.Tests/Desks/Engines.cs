using System.Reflection;
using Xunit.Sdk;

namespace IncidentDesk.Tests.Desks;

/// <summary>A theory row for one engine. Where the engine is not at hand the row is skipped by its name, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class OnEngineAttribute : DataAttribute
{
    private readonly Engine engine;

    protected OnEngineAttribute(Engine engine, string? missing)
    {
        this.engine = engine;
        Skip = missing;
    }

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[engine]];
}

/// <summary>The embedded engine, always at hand.</summary>
public sealed class OnSqliteAttribute() : OnEngineAttribute(Engine.Sqlite, null);

/// <summary>The server named in DESK_TEST_POSTGRES, else one of our own for this run.</summary>
public sealed class OnPostgreSqlAttribute() : OnEngineAttribute(Engine.PostgreSql, PostgreSqlServer.Missing);

/// <summary>A cluster that the test makes for itself alone, because it stops it or needs to know how it was made.</summary>
public sealed class OnOwnPostgreSqlAttribute : FactAttribute
{
    public OnOwnPostgreSqlAttribute() => Skip = PostgreSqlCluster.Missing;
}

/// <summary>The server named in DESK_TEST_SQLSERVER.</summary>
public sealed class OnSqlServerAttribute() : OnEngineAttribute(
    Engine.SqlServer, SqlServer is null ? "SQL Server: DESK_TEST_SQLSERVER holds no connection string" : null)
{
    /// <summary>The connection string, or null.</summary>
    public static string? SqlServer => Environment.GetEnvironmentVariable("DESK_TEST_SQLSERVER") is { Length: > 0 } set ? set : null;
}
