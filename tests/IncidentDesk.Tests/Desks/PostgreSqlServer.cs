using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace IncidentDesk.Tests.Desks;

/// <summary>
/// One PostgreSQL for a whole test run: the one that DESK_TEST_POSTGRES names, else a throw-away cluster of the installed package. A shell keeps the cluster; it stops it
/// and removes its files when its standard input closes, so also when the test run is killed.
/// </summary>
public static class PostgreSqlServer
{
    private const string Keeper =
        """
        trap '' INT HUP
        set -e
        "$1/initdb" -D "$2" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2.log" 2>&1
        "$1/pg_ctl" -D "$2" -w -l "$2.log" -o "-p $3 -h 127.0.0.1 -k '$2' -c fsync=on -c max_connections=120 -c shared_buffers=64MB" start >/dev/null
        echo ready
        cat >/dev/null || true
        "$1/pg_ctl" -D "$2" -w -m immediate stop >/dev/null || true
        rm -rf "$2" "$2.log"
        """;

    private static readonly Lazy<string> Server = new(() => Named ?? Start());

    // Held for the life of the run: its standard input is what the keeper waits on.
    private static Process? keeper;

    /// <summary>Why there is none, or null.</summary>
    public static string? Missing { get; } =
        Named is not null ? null
        : Binaries is null ? "PostgreSQL: no installed package, and DESK_TEST_POSTGRES names no server"
        : Environment.IsPrivilegedProcess && !HasUser ? "PostgreSQL: there is no user postgres to run a server as"
        : null;

    /// <summary>A connection string without database.</summary>
    public static string ConnectionString => Server.Value;

    private static string? Named => Environment.GetEnvironmentVariable("DESK_TEST_POSTGRES") is { Length: > 0 } set ? set : null;

    private static bool HasUser => File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal));

    /// <summary>Where initdb and its like are installed, or null.</summary>
    public static string? Binaries => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max()
        : null;

    private static string Start()
    {
        var port = FreePort();
        var folder = Path.Combine(Path.GetTempPath(), "incidentdesk-pg-" + Guid.NewGuid().ToString("N")[..12]);
        string[] shell = ["sh", "-c", Keeper, "keeper", Binaries!, folder, port.ToString()];
        string[] command = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. shell] : shell;
        keeper = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath(),
        })!;
        return keeper.StandardOutput.ReadLine() == "ready"
            ? $"Host=127.0.0.1;Port={port};Username=postgres;Maximum Pool Size=20"
            : throw new InvalidOperationException($"PostgreSQL did not start: {(File.Exists(folder + ".log") ? File.ReadAllText(folder + ".log") : "")}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The same server with that database.</summary>
    public static string Database(string name) => new NpgsqlConnectionStringBuilder(ConnectionString) { Database = name }.ToString();
}
