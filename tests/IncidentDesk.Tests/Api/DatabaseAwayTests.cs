using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace IncidentDesk.Tests.Api;

/// <summary>The database server goes away under load, and comes back: every connection breaks at once, in the middle of whatever it did.</summary>
public sealed class DatabaseAwayTests
{
    private const int Clients = 8;

    /// <summary>First the wire is cut, then the server itself crashes and recovers from its log, then it takes no write.</summary>
    [OnOwnPostgreSql]
    public async Task While_the_server_is_away_callers_are_told_to_come_again_and_afterwards_each_fault_stands_once()
    {
        using var cluster = PostgreSqlCluster.Start();
        using var wire = new Wire(new NpgsqlConnectionStringBuilder(cluster.ConnectionString));
        await using var desk = await DeskHost.Open(Engine.PostgreSql, by: wire.Through, cluster: cluster);
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentBag<string>();
        var refused = new ConcurrentBag<TimeSpan>();
        var clients = Enumerable.Range(0, Clients).Select(c => Task.Run(() => Work(desk, c, acknowledged, refused, stop.Token))).ToArray();
        foreach (var (away, back) in new (Func<Task>, Func<Task>)[]
        {
            (() => Task.Run(wire.Cut), () => Task.Run(wire.Mend)), (cluster.Crash, cluster.Restart), (() => ReadOnly(cluster, "on"), () => ReadOnly(cluster, "off")),
        })
        {
            var (enough, told) = (acknowledged.Count + 30, refused.Count + 3);
            await DeskHost.Until(() => Task.FromResult(acknowledged.Count >= enough || clients.Any(c => c.IsFaulted)));
            await away();
            await DeskHost.Until(async () => await desk.Health("ready") is { Status: 503 } red && red.Said.StartsWith("database", StringComparison.Ordinal));
            Assert.Equal(200, (await desk.Health("live")).Status);
            await DeskHost.Until(() => Task.FromResult(refused.Count >= told || clients.Any(c => c.IsFaulted)));
            await back();
            await DeskHost.Until(async () => (await desk.Health("ready")).Status == 200);
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);

        var stored = await desk.Read(db => db.Incidents.OrderBy(i => i.Key).Select(i => i.Key).ToListAsync());
        Assert.Equal(acknowledged.Order(StringComparer.Ordinal), stored.Select(key => new Domain.Incidents.IncidentNumber("BY", key).ToString()));
        Assert.Equal(Enumerable.Range(1, stored.Count(k => k / 1_000_000 == stored[0] / 1_000_000)), stored.Where(k => k / 1_000_000 == stored[0] / 1_000_000).Select(k => (int)(k % 1_000_000)));
        Assert.InRange(refused.Max(), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        (await desk.Worker("verify")).Exits(0);
    }

    /// <summary>As a standby that was not promoted, or one that an operator has locked; connections that stand begin anew.</summary>
    private static async Task ReadOnly(PostgreSqlCluster cluster, string state)
    {
        NpgsqlConnection.ClearAllPools();
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Database=template1;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"ALTER DATABASE postgres SET default_transaction_read_only = {state}; SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'postgres'", connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Logs fault after fault; one that is told to come again does, with the same key.</summary>
    private static async Task Work(DeskHost desk, int client, ConcurrentBag<string> acknowledged, ConcurrentBag<TimeSpan> refused, CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var (key, limit) = ($"client-{client}-fault-{n}", System.Diagnostics.Stopwatch.StartNew());
            while (true)
            {
                Assert.True(limit.Elapsed < TimeSpan.FromMinutes(2), $"{key} was not taken within two minutes");
                var asked = System.Diagnostics.Stopwatch.StartNew();
                using var answer = await desk.Post("incidents", "staff", DeskHost.Fault(description: key), key);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    acknowledged.Add(DeskApiTests.Number(await DeskApiTests.Json(answer)));
                    break;
                }

                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.NotNull(answer.Headers.RetryAfter);
                Assert.Equal("busy", (await DeskApiTests.Json(answer)).GetProperty("code").GetString());
                refused.Add(asked.Elapsed);
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    /// <summary>A wire to the server that can be cut and mended; nothing else of the server is touched, because other tests use it.</summary>
    private sealed class Wire(NpgsqlConnectionStringBuilder server) : IDisposable
    {
        private readonly int port = DeskHost.FreePort();
        private readonly Lock turn = new();
        private List<TcpClient> ends = [];
        private TcpListener? listener;

        /// <summary>The connection string by way of the wire, which is whole from then on.</summary>
        public string Through(string connectionString)
        {
            Mend();
            return new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port }.ToString();
        }

        public void Mend()
        {
            listener = new TcpListener(IPAddress.Loopback, port) { Server = { ExclusiveAddressUse = false } };
            listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Start();
            _ = Accept(listener);
        }

        public void Cut()
        {
            listener?.Stop();
            List<TcpClient> broken;
            lock (turn)
            {
                (broken, ends) = (ends, []);
            }

            broken.ForEach(end => end.Dispose());
        }

        public void Dispose() => Cut();

        private async Task Accept(TcpListener from)
        {
            try
            {
                while (true)
                {
                    var here = await from.AcceptTcpClientAsync();
                    var there = new TcpClient();
                    try
                    {
                        await there.ConnectAsync(server.Host!, server.Port);
                    }
                    catch (SocketException)
                    {
                        // The server is away, not the wire: who calls hears of it, as without one.
                        here.Dispose();
                        continue;
                    }

                    lock (turn)
                    {
                        ends.AddRange([here, there]);
                    }

                    _ = Pump(here, there);
                    _ = Pump(there, here);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut.
            }
        }

        private static async Task Pump(TcpClient from, TcpClient to)
        {
            try
            {
                await from.GetStream().CopyToAsync(to.GetStream());
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut.
            }
            finally
            {
                from.Dispose();
                to.Dispose();
            }
        }
    }
}
