using System.Net;
using IncidentDesk.Clocks;
using Microsoft.Extensions.Time.Testing;

namespace IncidentDesk.Tests.Clocks;

/// <summary>The client against a server over real sockets that says what the test wants.</summary>
public sealed class SntpClientTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 3, 1, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider clock = new(Now);
    private readonly NtpServer server;

    public SntpClientTests() => server = new NtpServer(clock);

    [Fact]
    public async Task A_right_answer_tells_how_far_this_clock_is_ahead()
    {
        server.Answers = [request => NtpServer.Right(request, Now.AddSeconds(-3))];

        Assert.Equal(new ClockReading(ClockSource.Ntp, TimeSpan.FromSeconds(3), TimeSpan.Zero, null), await Ask(Enough));
        Assert.Equal([0x23], server.Asked);
    }

    [Fact]
    public async Task What_answers_another_request_is_passed_over()
    {
        server.Answers = [request => NtpServer.Bent(request, Now.AddSeconds(50), (31, (byte)(request[47] ^ 1))), request => NtpServer.Right(request, Now)];
        Assert.Equal(TimeSpan.Zero, (await Ask(Enough)).Offset);

        server.Answers = [server.Answers[0]];
        Assert.Equal("answer_to_another", (await Ask(Short)).Failure);
    }

    [Theory]
    [InlineData("kiss_RATE", 1, 0, 12, 'R', 13, 'A', 14, 'T', 15, 'E')]
    [InlineData("kiss", 1, 0, 12, '\n', 13, 0, 14, 0, 15, 0)]
    [InlineData("unsynchronised", 0, 0xE4)]
    [InlineData("unsynchronised", 1, 16)]
    public async Task A_server_without_a_time_to_give_is_not_believed(string reason, params object[] bytes)
    {
        var bent = bytes.Select(b => Convert.ToByte(b)).Chunk(2).Select(b => ((int)b[0], b[1])).ToArray();
        server.Answers = [request => NtpServer.Bent(request, Now, bent)];

        Assert.Equal(new ClockReading(ClockSource.Ntp, null, null, reason), await Ask(Enough));
    }

    [Fact]
    public async Task A_server_that_is_silent_or_sends_something_else_is_waited_for_and_no_longer()
    {
        server.Answers = [];
        Assert.Equal("no_answer", (await Ask(Short)).Failure);

        server.Answers = [request => NtpServer.Bent(request, Now, (0, 0x23)), request => NtpServer.Right(request, Now)[..47]];
        Assert.Equal("not_an_answer", (await Ask(Short)).Failure);

        var gone = server.Name;
        server.Dispose();
        Assert.Equal("unreachable", (await SntpClient.Ask(gone, clock, Enough, CancellationToken.None)).Failure);
    }

    [Theory]
    [InlineData("ntp.by.gov.cn", "ntp.by.gov.cn", 123)]
    [InlineData("10.0.0.1:1123", "10.0.0.1", 1123)]
    [InlineData("[fd00::1]:1123", "fd00::1", 1123)]
    [InlineData("[fd00::1]", "fd00::1", 123)]
    public void A_server_is_named_with_a_port_or_without(string name, string host, int port) => Assert.Equal(new DnsEndPoint(host, port), SntpClient.ServerOf(name));

    public void Dispose() => server.Dispose();

    private Task<ClockReading> Ask(TimeSpan patience) => SntpClient.Ask(server.Name, clock, patience, CancellationToken.None);
}
