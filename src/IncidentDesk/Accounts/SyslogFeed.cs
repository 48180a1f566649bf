using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Accounts;

/// <summary>
/// Entries of the security log to a syslog receiver as well (Log:Syslog), once they are stored: RFC 5424, facility 13 (log audit), severity 6 for what was done and 4 for what was
/// refused, the entry as JSON; over UDP a datagram each, over TCP framed by length (RFC 6587). Nobody waits for it: a receiver that is away gets the last 1 000 entries when it is
/// back, and what it misses stands in the database.
/// </summary>
public sealed class SyslogFeed : IAsyncDisposable, IDisposable
{
    private const int Kept = 1_000;
    private const int Facility = 13;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Channel<byte[]> waiting = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly CancellationTokenSource stop = new();
    private readonly ILogger<SyslogFeed> log;
    private readonly Uri? receiver;
    private readonly Task sending;

    /// <summary>Begins to send, where a receiver is set.</summary>
    public SyslogFeed(DeskSettings settings, ILogger<SyslogFeed> log)
    {
        (this.log, receiver) = (log, settings.Syslog);
        sending = receiver is null ? Task.CompletedTask : Task.Run(Send);
    }

    /// <summary>Whether anything is sent at all.</summary>
    public bool IsOn => receiver is not null;

    /// <summary>Takes entries that are stored. Returns at once.</summary>
    public void Tell(IEnumerable<SecurityEventRow> entries)
    {
        foreach (var entry in entries)
        {
            waiting.Writer.TryWrite(Message(entry));
        }
    }

    /// <summary>The entry as a message of RFC 5424; what a field holds cannot end the line.</summary>
    internal static byte[] Message(SecurityEventRow entry)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = FigureJson.Plain }))
        {
            json.WriteStartObject();
            json.WriteString("id", entry.Id);
            json.WriteString("who", entry.Who);
            json.WriteString("what", entry.What);
            json.WriteString("outcome", entry.Outcome);
            json.WriteString("about", entry.About);
            json.WriteString("address", entry.Address);
            json.WriteString("via", entry.Via);
            json.WriteString("detail", entry.Detail);
            json.WriteEndObject();
        }

        var priority = (Facility * 8) + (entry.Outcome == SecurityLog.Done ? 6 : 4);
        var header = string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {Iso.Recorded(entry.At)} {Host} IncidentDesk {Environment.ProcessId} {entry.What} - \uFEFF");
        return [.. Encoding.UTF8.GetBytes(header), .. body.ToArray()];
    }

    private static readonly string Host = Environment.MachineName is { Length: > 0 } name && name.All(c => c is > ' ' and < '\x7f') ? name : "-";

    private async Task Send()
    {
        Socket? socket = null;
        var pause = TimeSpan.FromSeconds(1);
        var told = false;
        try
        {
            await foreach (var message in waiting.Reader.ReadAllAsync(stop.Token))
            {
                for (var sent = false; !sent;)
                {
                    try
                    {
                        socket = await Open(socket);
                        await Send(socket, message);
                        (sent, told, pause) = (true, false, TimeSpan.FromSeconds(1));
                    }
                    catch (Exception e) when (e is SocketException or ObjectDisposedException || (e is OperationCanceledException && !stop.IsCancellationRequested))
                    {
                        socket?.Dispose();
                        socket = null;
                        if (!told)
                        {
                            log.LogWarning("The syslog receiver {Receiver} is not reached: {Why} The security log goes on in the database.", receiver, e.Message);
                        }

                        told = true;
                        await Task.Delay(pause, stop.Token);
                        pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process ends; what was not sent stands in the database.
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>The connection in use, or a new one: a receiver that closed its side would take one more message and lose it.</summary>
    private async Task<Socket> Open(Socket? socket)
    {
        var tcp = receiver!.Scheme == "tcp";
        if (socket is not null && !(tcp && socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0))
        {
            return socket;
        }

        socket?.Dispose();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(Longest);
        var opened = tcp ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true } : new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await opened.ConnectAsync(new DnsEndPoint(receiver.IdnHost, receiver.Port), limit.Token);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private async Task Send(Socket socket, byte[] message)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        limit.CancelAfter(Longest);
        byte[] framed = receiver!.Scheme == "tcp" ? [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message] : message;
        for (var at = 0; at < framed.Length;)
        {
            at += await socket.SendAsync(framed.AsMemory(at), limit.Token);
        }
    }

    /// <summary>Gives what is still to be sent two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        stop.CancelAfter(LastWords);
        await sending;
        stop.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();
}
