using System.Net;
using System.Net.Sockets;
using System.Text;
using IncidentDesk.Accounts;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Desks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Accounts;

/// <summary>The security log over TCP to a receiver that comes late and goes in between. Over UDP: see the host with an identity provider.</summary>
public sealed class SyslogTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Theory, OnSqlite]
    public async Task A_receiver_that_is_away_holds_nobody_up_and_gets_what_was_noted_meanwhile(Engine engine)
    {
        var port = DeskHost.FreePort();
        await using var desk = await TestDesk.Open(engine, besides: services =>
        {
            var settings = (DeskSettings)services.Last(s => s.ServiceType == typeof(DeskSettings)).ImplementationInstance!;
            services.AddSingleton(settings with { Syslog = new Uri($"tcp://127.0.0.1:{port}") });
        });
        foreach (var who in new[] { "first", "二\n<110>1 forged" })
        {
            await desk.Send(new NoteRefusal(who, new Origin("10.1.2.3", "api"), "sign_in", "bad_credentials"));
        }

        Assert.Equal(2, await desk.Read(db => db.SecurityEvents.CountAsync(e => e.What == "sign_in")));
        using var limit = new CancellationTokenSource(Longest);
        using var receiver = new TcpListener(IPAddress.Loopback, port);
        receiver.Start();
        using (var first = await receiver.AcceptTcpClientAsync(limit.Token))
        {
            await Until(first, "\"who\":\"first\"");
            Assert.Contains("\"who\":\"二<110>1 forged\"", await Until(first, "forged"), StringComparison.Ordinal);
        }

        await desk.Send(new NoteRefusal("third", new Origin("10.1.2.3", "api"), "sign_in", "bad_credentials"));
        using var second = await receiver.AcceptTcpClientAsync(limit.Token);
        await Until(second, "\"who\":\"third\"");

        async Task<string> Until(TcpClient from, string words)
        {
            for (; ; )
            {
                // A frame: its length in bytes, a blank, and so many bytes.
                var (length, one) = (0, new byte[1]);
                while (true)
                {
                    await from.GetStream().ReadExactlyAsync(one, limit.Token);
                    if (one[0] == ' ')
                    {
                        break;
                    }

                    Assert.InRange(one[0], (byte)'0', (byte)'9');
                    length = (length * 10) + one[0] - '0';
                }

                var frame = new byte[length];
                await from.GetStream().ReadExactlyAsync(frame, limit.Token);
                var said = Encoding.UTF8.GetString(frame);
                Assert.Matches("^<1(08|10)>1 .*\\}$", said);
                if (said.Contains(words, StringComparison.Ordinal))
                {
                    return said;
                }
            }
        }
    }
}
