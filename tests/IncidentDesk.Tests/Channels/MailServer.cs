using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IncidentDesk.Tests.Channels;

/// <summary>A small SMTP server on loopback, with TLS from the first byte or by STARTTLS, that takes mail only encrypted and after signing in, and keeps it.</summary>
public sealed class MailServer : IAsyncDisposable
{
    public const string Password = "mail-box-secret";

    private static readonly X509Certificate2 Certificate = new CertificateRequest("CN=mail", RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        .CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly bool implicitly;

    public MailServer(bool implicitly)
    {
        this.implicitly = implicitly;
        listener.Start();
        _ = Serve();
    }

    public string Host => $"127.0.0.1:{Port}";

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public static string Fingerprint => Certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>What came: receiver, and the message as it was sent.</summary>
    public ConcurrentQueue<(string To, string Mail)> Received { get; } = [];

    /// <summary>What it says to a command instead of what it should; null: as it should.</summary>
    public Func<string, string?> Scripted { get; set; } = _ => null;

    public Dictionary<string, string> Settings() => new()
    {
        ["host"] = "127.0.0.1", ["port"] = Port.ToString(System.Globalization.CultureInfo.InvariantCulture), ["tls"] = implicitly ? "implicit" : "starttls", ["from"] = "desk@by.gov.cn", ["user"] = "desk",
        ["password"] = Password, ["fingerprint"] = Fingerprint,
    };

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                _ = Talk(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Talk(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (implicitly)
                {
                    stream = await Encrypted(stream);
                }

                await Talk(stream, implicitly);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
            {
            }
        }
    }

    private sealed class AuthenticationException : Exception;

    private static async Task<Stream> Encrypted(Stream stream)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(Certificate);
        }
        catch (System.Security.Authentication.AuthenticationException e)
        {
            throw new IOException("refused", e);
        }

        return tls;
    }

    private async Task Talk(Stream stream, bool encrypted)
    {
        var (signedIn, to) = (false, "");
        await Say("220 mail");
        while (await Line() is { } line)
        {
            var command = line.ToUpperInvariant();
            if (Scripted(command) is { } instead)
            {
                if (instead.Length == 0)
                {
                    return;
                }

                await Say(instead);
            }
            else if (command.StartsWith("EHLO", StringComparison.Ordinal))
            {
                await Say(encrypted ? "250-mail\r\n250-AUTH PLAIN\r\n250 SMTPUTF8" : "250-mail\r\n250 STARTTLS");
            }
            else if (command == "STARTTLS")
            {
                await Say("220 go");
                stream = await Encrypted(stream);
                encrypted = true;
            }
            else if (command.StartsWith("AUTH PLAIN", StringComparison.Ordinal))
            {
                var shown = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ').Length > 2 ? line.Split(' ')[2] : await Ask("334 ")));
                signedIn = encrypted && shown == $"\0desk\0{Password}";
                await Say(signedIn ? "235 in" : "535 no");
            }
            else if (command.StartsWith("RCPT TO:", StringComparison.Ordinal))
            {
                to = line["RCPT TO:<".Length..].TrimEnd('>');
                await Say("250 ok");
            }
            else if (command == "DATA")
            {
                await Say(signedIn ? "354 go" : "530 sign in");
                var mail = new StringBuilder();
                while (signedIn && await Line() is { } text && text != ".")
                {
                    mail.AppendLine(text);
                }

                Received.Enqueue((to, mail.ToString()));
                await Say("250 ok");
            }
            else
            {
                await Say(command.StartsWith("MAIL", StringComparison.Ordinal) && !signedIn ? "530 sign in" : "250 ok");
            }
        }

        async Task Say(string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));

        async Task<string> Ask(string text)
        {
            await Say(text);
            return await Line() ?? "";
        }

        async Task<string?> Line()
        {
            var (line, one) = (new List<byte>(), new byte[1]);
            while (await stream.ReadAsync(one) == 1)
            {
                if (one[0] == '\n')
                {
                    return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                }

                line.Add(one[0]);
            }

            return null;
        }
    }
}
