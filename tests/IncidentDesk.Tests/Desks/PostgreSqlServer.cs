using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace IncidentDesk.Tests.Desks;

/// <summary>One PostgreSQL for a whole test run: the one that DESK_TEST_POSTGRES names, else a throw-away cluster.</summary>
public static class PostgreSqlServer
{
    // Held for the life of the run: its standard input is what the keeper waits on.
    private static readonly Lazy<PostgreSqlCluster> Cluster = new(PostgreSqlCluster.Start);

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing => Named is not null ? null : PostgreSqlCluster.Missing is { } missing ? missing + ", and DESK_TEST_POSTGRES names no server" : null;

    /// <summary>A connection string without database.</summary>
    public static string ConnectionString => Named ?? Cluster.Value.ConnectionString;

    private static string? Named => Environment.GetEnvironmentVariable("DESK_TEST_POSTGRES") is { Length: > 0 } set ? set : null;

    /// <summary>The same server with that database.</summary>
    public static string Database(string name) => new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ToString();
}

/// <summary>
/// A throw-away cluster of the installed package. A shell keeps it; it stops it and removes its files when its standard input closes, so also when the test run is killed.
/// Everybody is trusted but the user <see cref="LockedOut"/>, whose password is never right.
/// </summary>
public sealed class PostgreSqlCluster : IDisposable
{
    /// <summary>A user whom the server asks for a password.</summary>
    public const string LockedOut = "locked_out";

    private const string Keeper =
        """
        trap '' INT HUP
        set -e
        start() { "$1/pg_ctl" -D "$2" -w -l "$2.log" -o "-p $3 -h 127.0.0.1 -k '$2' -c fsync=on -c max_connections=120 -c shared_buffers=64MB" start >/dev/null; }
        "$1/initdb" -D "$2" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2.log" 2>&1
        { echo "host all $4 all scram-sha-256"; cat "$2/pg_hba.conf"; } >"$2.hba"
        mv "$2.hba" "$2/pg_hba.conf"
        start "$@"
        echo ready
        while read -r word; do
          case "$word" in
            stop) "$1/pg_ctl" -D "$2" -w -m immediate stop >/dev/null;;
            start) start "$@";;
          esac
          echo ready
        done
        "$1/pg_ctl" -D "$2" -w -m immediate stop >/dev/null 2>&1 || true
        rm -rf "$2" "$2.log"
        """;

    private readonly Process keeper;

    private PostgreSqlCluster(Process keeper, string connectionString) => (this.keeper, ConnectionString) = (keeper, connectionString);

    /// <summary>Why none can be made here, or null.</summary>
    public static string? Missing { get; } =
        Binaries is null ? "PostgreSQL: no installed package"
        : Environment.IsPrivilegedProcess && !HasUser ? "PostgreSQL: there is no user postgres to run a server as"
        : null;

    /// <summary>A connection string without database.</summary>
    public string ConnectionString { get; }

    private static bool HasUser => File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal));

    /// <summary>Where initdb and its like are installed, or null.</summary>
    public static string? Binaries => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max()
        : null;

    /// <summary>Makes and starts one on a free port of the loopback.</summary>
    public static PostgreSqlCluster Start()
    {
        var port = FreePort();
        var folder = Path.Combine(Path.GetTempPath(), "incidentdesk-pg-" + Guid.NewGuid().ToString("N")[..12]);
        string[] shell = ["sh", "-c", Keeper, "keeper", Binaries!, folder, port.ToString(), LockedOut];
        string[] command = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. shell] : shell;
        var keeper = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath(),
        })!;
        return keeper.StandardOutput.ReadLine() == "ready"
            ? new PostgreSqlCluster(keeper, $"Host=127.0.0.1;Port={port};Username=postgres;Maximum Pool Size=20")
            : throw new InvalidOperationException($"PostgreSQL did not start: {(File.Exists(folder + ".log") ? File.ReadAllText(folder + ".log") : "")}");
    }

    /// <summary>Stops it as a crash would: nothing is written out, every connection breaks.</summary>
    public Task Crash() => Tell("stop");

    /// <summary>Starts it again; it recovers from its log first.</summary>
    public Task Restart() => Tell("start");

    /// <inheritdoc/>
    public void Dispose()
    {
        keeper.StandardInput.Close();
        keeper.WaitForExit(TimeSpan.FromMinutes(1));
        keeper.Dispose();
    }

    private async Task Tell(string word)
    {
        await keeper.StandardInput.WriteLineAsync(word);
        await keeper.StandardInput.FlushAsync();
        Assert.Equal("ready", await keeper.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(2)));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
