using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IncidentDesk.Data;
using IncidentDesk.Tests.Commands;
using Microsoft.Data.SqlClient;

namespace IncidentDesk.Tests.Engines;

/// <summary>
/// The driver of SQL Server encrypts and checks the server's certificate unless it is told otherwise; a server as it was installed has one of its own making. What the driver says
/// then is seen against the first minute of such a server: it answers the pre-login, and shakes hands.
/// </summary>
public sealed class CertificateTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_answered_with_both_ways_out()
    {
        using var server = new SelfMadeServer();
        (folder.Settings["Database__Engine"], folder.Settings["Database__ConnectionString"]) = ("SqlServer", $"Server=127.0.0.1,{server.Port};Database=desk;User Id=sa;Password=geheim");

        var ran = await folder.Host("--urls", "http://127.0.0.1:0");

        ran.Refused("certificate_not_trusted");
        Assert.Contains("TrustServerCertificate=True", ran.Error, StringComparison.Ordinal);
        Assert.Contains("install the certificate of the CA", ran.Error, StringComparison.Ordinal);
        Assert.Contains("不再核验服务器身份", ran.Error, StringComparison.Ordinal);

        // With the second way the handshake is done, and the server, which is none, goes away.
        var trusting = new DeskSettings
        {
            DataFolder = folder.Data, Engine = Engine.SqlServer, ConnectionString = folder.Settings["Database__ConnectionString"] + ";TrustServerCertificate=True;Connect Timeout=5",
            Zone = "Asia/Shanghai", NumberPrefix = "BY", District = "广州市白云区",
        };
        var gone = await Assert.ThrowsAsync<SqlException>(() => DeskStart.Prepare(trusting, CancellationToken.None));
        Assert.Equal("database_unreachable", DatabaseFault.Of(gone)?.Said.Code);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The pre-login of [MS-TDS] and the handshake within its packets; after that it hangs up.</summary>
    private sealed class SelfMadeServer : IDisposable
    {
        // A pre-login answer: version at 11, encryption at 17 and on, the end of the list; then both values.
        private static readonly byte[] PreLogin = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 255, 16, 0, 16, 0, 0, 0, 1];

        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate;

        public SelfMadeServer()
        {
            using var key = RSA.Create(2048);
            using var own = new CertificateRequest("CN=SSL_Self_Signed_Fallback", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                .CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
            certificate = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
            listener.Start();
            _ = Accept();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public void Dispose()
        {
            listener.Dispose();
            certificate.Dispose();
        }

        private async Task Accept()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    try
                    {
                        await Shake(client.GetStream());
                    }
                    catch (Exception e) when (e is IOException or AuthenticationException)
                    {
                        // It did not trust the certificate.
                    }
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task Shake(NetworkStream wire)
        {
            var packets = new Packets(wire);
            var asked = new byte[4096];
            _ = await packets.ReadAsync(asked);
            packets.Drop();
            await packets.WriteAsync(PreLogin, type: 4);
            await using var secure = new SslStream(packets);
            await secure.AuthenticateAsServerAsync(certificate, clientCertificateRequired: false, SslProtocols.Tls12, checkCertificateRevocation: false);
        }
    }

    /// <summary>Bytes within packets of TDS: eight bytes of head, of which the third and fourth tell the length.</summary>
    private sealed class Packets(NetworkStream wire) : Stream
    {
        private int left;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        /// <summary>What is left of the packet is not wanted.</summary>
        public void Drop() => left = 0;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left == 0)
            {
                var head = new byte[8];
                await wire.ReadExactlyAsync(head, cancellationToken);
                left = (head[2] << 8) + head[3] - 8;
            }

            var read = await wire.ReadAsync(buffer[..Math.Min(left, buffer.Length)], cancellationToken);
            left -= read;
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => WriteAsync(buffer, type: 0x12, cancellationToken);

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, byte type, CancellationToken cancellationToken = default)
        {
            var length = bytes.Length + 8;
            await wire.WriteAsync(new byte[] { type, 1, (byte)(length >> 8), (byte)length, 0, 0, 1, 0 }.Concat(bytes.ToArray()).ToArray(), cancellationToken);
        }

        public override void Flush() => wire.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
