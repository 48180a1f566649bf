using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using IncidentDesk.Domain.Sla;

namespace IncidentDesk.Tests.Clocks;

/// <summary>An NTP server on a free loopback port that tells the time of a clock, or answers as the test says.</summary>
public sealed class NtpServer : IDisposable
{
    private readonly UdpClient socket = new(new IPEndPoint(IPAddress.Loopback, 0));

    public NtpServer(TimeProvider clock)
    {
        Answers = [packet => Right(packet, clock.GetUtcNow())];
        _ = Serve();
    }

    /// <summary>What it sends for one request, in this order.</summary>
    public IReadOnlyList<Func<byte[], byte[]>> Answers { get; set; }

    public DnsEndPoint Name => new("127.0.0.1", ((IPEndPoint)socket.Client.LocalEndPoint!).Port);

    /// <summary>The first byte of each request.</summary>
    public List<byte> Asked { get; } = [];

    /// <summary>A right answer: stratum 2, synchronised, received and sent at once.</summary>
    public static byte[] Right(byte[] request, DateTimeOffset at)
    {
        var answer = new byte[48];
        (answer[0], answer[1]) = (0x24, 2);
        request.AsSpan(40, 8).CopyTo(answer.AsSpan(24));
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(32), NtpTime.Of(at).Bits);
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(40), NtpTime.Of(at).Bits);
        return answer;
    }

    /// <summary>A right answer with bytes of the test's own.</summary>
    public static byte[] Bent(byte[] request, DateTimeOffset at, params (int At, byte Value)[] bytes)
    {
        var answer = Right(request, at);
        Array.ForEach(bytes, b => answer[b.At] = b.Value);
        return answer;
    }

    public void Dispose() => socket.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var request = await socket.ReceiveAsync();
                Asked.Add(request.Buffer[0]);
                foreach (var answer in Answers)
                {
                    await socket.SendAsync(answer(request.Buffer), request.RemoteEndPoint);
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }
}
