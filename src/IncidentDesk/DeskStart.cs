using System.Data.Common;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Reference;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk;

/// <summary>
/// What every process does before it serves: on SQLite makes and migrates the file, on a server engine refuses a schema that is not its own; then makes, at the very
/// first start, the installation, the people <c>import</c> and <c>admin</c>, and the shipped reference data. A setting that differs from the installation is refused.
/// </summary>
public static class DeskStart
{
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(12);

    // How long another process may hold the turn to migrate a file: ten attempts a second.
    private const int TurnTries = 300;

    /// <summary>
    /// Makes the database ready, or says in one sentence why not. <paramref name="demonstration"/> fills an empty one with invented tickets and marks it for ever; a ledger
    /// that is not a demonstration is refused then.
    /// </summary>
    public static async Task<Refusal?> Prepare(IServiceProvider services, CancellationToken cancellationToken, bool demonstration = false)
    {
        var settings = services.GetRequiredService<DeskSettings>();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        if ((settings.Engine == Engine.Sqlite ? await MigrateFile(db, settings, cancellationToken) : await CheckServer(db, settings, cancellationToken)) is { } foreign)
        {
            return foreign;
        }

        var first = !await db.Installations.AnyAsync(cancellationToken);
        var outcome = await services.SendAlone(new FirstStart(demonstration), cancellationToken);
        if (outcome.Refused is null && demonstration)
        {
            await Demo.DemoDesk.Seed(services, cancellationToken);
        }
        else if (outcome.Refused is null && first)
        {
            // The only place where it is ever said; nobody but who started the process reads it.
            await Console.Error.WriteLineAsync(
                "首次启动：已建立人员 admin(系统管理员)，请由其增加其他人员。 / First start: made the person admin; it adds the others.\n"
                + $"一次性口令，首次登录后须修改 / one-time password, changed at first sign-in: {outcome.Value!.OneTimePassword}");
        }

        return outcome.Refused ?? FileFolder.Prepare(settings.FilesFolder, outcome.Value!.Installation.Id) ?? DeskKeys.Unusable(settings) ?? DeskKeys.Wrong(services);
    }

    /// <summary>
    /// The same before a host is built, whose log would tell what goes wrong at length.
    /// </summary>
    public static async Task<Refusal?> Prepare(DeskSettings settings, CancellationToken cancellationToken, bool demonstration = false)
    {
        await using var services = new ServiceCollection().AddIncidentDesk(settings).BuildServiceProvider();
        return await Prepare(services, cancellationToken, demonstration);
    }

    /// <summary>
    /// Applies the migrations that are missing; on a server engine only the migrate command calls this. A database that is not there yet is made, where the user may. Who comes
    /// second waits, and finds nothing to do.
    /// </summary>
    public static async Task Migrate(DeskDb db, CancellationToken cancellationToken)
    {
        try
        {
            await Reach(db, cancellationToken);
        }
        catch (DbException e) when (DatabaseFault.Of(e) is { Said.Code: "database_missing" })
        {
            await db.GetService<IRelationalDatabaseCreator>().CreateAsync(cancellationToken);
        }

        await using var turn = await db.TurnToMigrate(cancellationToken);
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            await db.Database.MigrateAsync(cancellationToken);
        }
    }

    /// <summary>The SQL that brings a server's database from any version to this one, for a DBA who runs it by hand; it may be run again.</summary>
    public static string Script(DeskDb db) => db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);

    private static async Task<Refusal?> CheckServer(DeskDb db, DeskSettings settings, CancellationToken cancellationToken)
    {
        await Reach(db, cancellationToken);
        return await Foreign(db, cancellationToken) ?? (settings.Engine == Engine.SqlServer ? await ServerState.Check(db, cancellationToken) : null);
    }

    /// <summary>Opens a connection once and not again: who starts a process waits for the answer.</summary>
    private static async Task Reach(DeskDb db, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestOpening);
        var connection = db.AnotherConnection();
        try
        {
            // Not every driver gives up as soon as it is told, and none lets go of a connection that is still being opened: that one is left alone.
            await connection.OpenAsync(limit.Token).WaitAsync(limit.Token);
            await connection.DisposeAsync();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {LongestOpening.TotalSeconds:0} s");
        }
    }

    private static async Task<Refusal?> MigrateFile(DeskDb db, DeskSettings settings, CancellationToken cancellationToken)
    {
        // Two processes that start at once take turns on this file; it dies with its process, unlike a lock row in the database.
        await using var turn = await Turn(settings.DataFolder, cancellationToken);
        var foreign = await Foreign(db, cancellationToken);
        if (foreign is null or { Code: "schema_newer" })
        {
            return foreign;
        }

        // The lock row of a process that was killed while it migrated would be waited for without end.
        await db.Database.ExecuteSqlRawAsync(
            "PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS \"__EFMigrationsLock\" (\"Id\" INTEGER NOT NULL CONSTRAINT \"PK___EFMigrationsLock\" PRIMARY KEY, \"Timestamp\" TEXT NOT NULL); DELETE FROM \"__EFMigrationsLock\";",
            cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        return null;
    }

    private static async Task<FileStream> Turn(string folder, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                Directory.CreateDirectory(folder);
                return new FileStream(Path.Combine(folder, "migrate.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (tries < TurnTries && IsTaken(e))
            {
                await Task.Delay(100, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new DataFolderException(folder, e);
            }
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows: another process has the file. Nothing else is worth waiting for.</summary>
    private static bool IsTaken(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>Why this engine does not serve the schema that it finds, or null.</summary>
    private static async Task<Refusal?> Foreign(DeskDb db, CancellationToken cancellationToken)
    {
        var known = db.Database.GetMigrations().ToHashSet();
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).ToList();
        return applied.Exists(m => !known.Contains(m))
                ? new Refusal("schema_newer", "database", "数据库的版本比本程序新，请使用相应的新版本程序。", "The database was made by a newer version of the product; use that version.")
            : applied.Count == 0
                ? new Refusal("schema_missing", "database", "数据库中还没有表，请先运行 migrate 命令。", "The database has no tables yet; run the migrate command first.")
            : applied.Count < known.Count
                ? new Refusal("schema_older", "database", "数据库的版本较旧，请先运行 migrate 命令。", "The database is of an older version; run the migrate command first.")
            : null;
    }
}

/// <summary>The data folder cannot be used.</summary>
public sealed class DataFolderException(string folder, Exception inner) : IOException(inner.Message, inner)
{
    /// <summary>Which folder.</summary>
    public string Folder { get; } = folder;
}

/// <summary>Makes the installation at the very first start; later it only compares the settings with it.</summary>
public sealed record FirstStart(bool Demonstration = false) : IRequest<Outcome<FirstStarted>>, IUnitOfWork;

/// <summary>The installation; at the very first start with the administrator's one-time password, which is told once.</summary>
public sealed record FirstStarted(InstallationRow Installation, string? OneTimePassword = null)
{
    /// <inheritdoc/>
    public override string ToString() => "FirstStarted " + Installation.Id;
}

/// <inheritdoc cref="FirstStart"/>
public sealed class FirstStartHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<FirstStart, Outcome<FirstStarted>>
{
    /// <inheritdoc/>
    public async Task<Outcome<FirstStarted>> Handle(FirstStart request, CancellationToken cancellationToken)
    {
        if (await db.Installations.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is { } installed)
        {
            if (request.Demonstration && !installed.IsDemonstration)
            {
                return new Refusal(
                    "not_a_demonstration", "demo", "该数据库已有台账，不能作为演示；请另指定空的数据目录。", "This ledger is a real one and no demonstration; name an empty data folder.");
            }

            // A ledger made before there was a ladder: what ships with the product is in force from the beginning (D7).
            if (!await db.References.AnyAsync(r => r.List == "ladder", cancellationToken))
            {
                db.References.Add(ShippedRows.Ladder(Domain.Alerts.EscalationLadder.Default));
            }

            return (installed.Zone, installed.NumberPrefix, installed.District) == (settings.Zone, settings.NumberPrefix, settings.District)
                ? new FirstStarted(installed)
                : new Refusal(
                    "installation_differs", "Installation",
                    $"设置与本数据库建立时不一致：时区 {installed.Zone}、编号前缀 {installed.NumberPrefix}、区名 {installed.District} 一经建立不得更改。",
                    $"The settings differ from what this ledger was made with: zone {installed.Zone}, number prefix {installed.NumberPrefix}, district {installed.District} are fixed.");
        }

        if (await db.People.AnyAsync(cancellationToken))
        {
            return new Refusal(
                "copy_unfinished", "database", "该数据库是尚未完成的迁移，请再次运行 copy 命令。", "This database is a copy that was not finished; run the copy command again.");
        }

        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var installation = new InstallationRow
        {
            Id = (request.Demonstration ? InstallationRow.Demonstration : "") + Guid.NewGuid().ToString("D"), Zone = settings.Zone, NumberPrefix = settings.NumberPrefix, District = settings.District, CreatedAt = now,
        };
        db.Installations.Add(installation);
        db.People.Add(new PersonRow { Id = Import.ImportLedger.Person.Id, Name = Import.ImportLedger.Person.Name, Roles = "", CreatedAt = now });
        db.People.Add(new PersonRow { Id = "admin", Name = "系统管理员", Roles = Roles.Codes([Role.Admin]), CreatedAt = now });
        var admin = new AccountRow { Person = "admin" };
        var password = Accounts.Passwords.Random();
        Accounts.Passwords.Set(admin, password, oneTime: true, now);
        db.Accounts.Add(admin);
        db.References.AddRange(ShippedRows.All());
        return new FirstStarted(installation, password);
    }
}
