using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace IncidentDesk.Data;

/// <summary>Contexts for <c>ops/add-migration</c>; nothing is opened.</summary>
internal sealed class DesignTimeSqlite : IDesignTimeDbContextFactory<SqliteDeskDb>
{
    public SqliteDeskDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteDeskDb>().UseSqlite("Data Source=:memory:").Options);
}

/// <inheritdoc cref="DesignTimeSqlite"/>
internal sealed class DesignTimeSqlServer : IDesignTimeDbContextFactory<SqlServerDeskDb>
{
    public SqlServerDeskDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqlServerDeskDb>().UseSqlServer("Server=.", o => o.UseCompatibilityLevel(150)).Options);
}

/// <inheritdoc cref="DesignTimeSqlite"/>
internal sealed class DesignTimePostgreSql : IDesignTimeDbContextFactory<PostgreSqlDeskDb>
{
    public PostgreSqlDeskDb CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgreSqlDeskDb>().UseNpgsql("Host=localhost").Options);
}
