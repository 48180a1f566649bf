using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Clocks;

/// <summary>
/// Asks an NTP server for its time, once (SNTP, RFC 4330 and 5905). Of whatever arrives at its port only an answer to what was sent counts: what repeats another timestamp is
/// passed over, and somebody who does not see the request cannot answer it.
/// </summary>
public static class SntpClient
{
    /// <summary>How long an answer is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int Port = 123;
    private const int Length = 48;
    private const byte VersionFourClient = 0x23;
    private const int ServerMode = 4;
    private const int Unsynchronised = 3;

    /// <summary>The server of a name or address, with a port or without; null where it is none. An IPv6 address stands in brackets.</summary>
    public static DnsEndPoint? ServerOf(string name) =>
        Uri.TryCreate("ntp://" + name, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri is { UserInfo: "", PathAndQuery: "/" or "", Fragment: "", Port: not 0 } && !name.EndsWith('/')
            ? new DnsEndPoint(uri.IdnHost, uri.Port > 0 ? uri.Port : Port)
            : null;

    /// <summary>The server's answer, or the reason without one: a code of letters, digits and underscores.</summary>
    public static async Task<ClockReading> Ask(DnsEndPoint server, TimeProvider clock, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        var reason = "no_answer";
        try
        {
            // Not every resolver lets go when it is told.
            var address = (await Dns.GetHostAddressesAsync(server.Host, limit.Token).WaitAsync(limit.Token))[0];
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(address, server.Port, limit.Token);
            var packet = new byte[Length];
            packet[0] = VersionFourClient;
            var (sent, started) = (NtpTime.Of(clock.GetUtcNow()), clock.GetTimestamp());
            BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(40), sent.Bits);
            await socket.SendAsync(packet, limit.Token);
            while (true)
            {
                var answer = new byte[Length * 4];
                var length = await socket.ReceiveAsync(answer, limit.Token);

                // By the clock that nobody sets: one that jumps meanwhile is measured where it stood.
                var took = clock.GetElapsedTime(started);
                (ClockReading? reading, reason) = Read(answer.AsSpan(0, length), sent, took);
                if (reading is not null)
                {
                    return reading;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClockReading.Failed(ClockSource.Ntp, reason);
        }
        catch (SocketException e)
        {
            return ClockReading.Failed(ClockSource.Ntp, e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain ? "unknown_host" : "unreachable");
        }
    }

    /// <summary>What a packet tells; no reading where it is no answer to this request, and why.</summary>
    private static (ClockReading? Reading, string Reason) Read(ReadOnlySpan<byte> answer, NtpTime sent, TimeSpan took)
    {
        if (answer.Length < Length || (answer[0] & 7) != ServerMode)
        {
            return (null, "not_an_answer");
        }

        if (At(answer, 24) != sent)
        {
            return (null, "answer_to_another");
        }

        var (received, answered) = (At(answer, 32), At(answer, 40));
        if (answer[1] == 0)
        {
            // A kiss of death: four letters instead of the time, which the server gives to nobody or not to us.
            var word = Encoding.ASCII.GetString(answer[12..16]).TrimEnd('\0');
            return (ClockReading.Failed(ClockSource.Ntp, word.Length > 0 && word.All(char.IsAsciiLetterOrDigit) ? "kiss_" + word : "kiss"), "");
        }

        if (answer[0] >> 6 == Unsynchronised || answer[1] > 15 || answered.Bits == 0)
        {
            return (ClockReading.Failed(ClockSource.Ntp, "unsynchronised"), "");
        }

        var (offset, delay) = NtpTime.Exchange(sent, received, answered, sent.After(took));
        return (new ClockReading(ClockSource.Ntp, offset, delay, null), "");
    }

    private static NtpTime At(ReadOnlySpan<byte> packet, int at) => new(BinaryPrimitives.ReadUInt64BigEndian(packet[at..]));
}
