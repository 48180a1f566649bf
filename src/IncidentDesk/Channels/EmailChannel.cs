using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Domain;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace IncidentDesk.Channels;

/// <summary>
/// E-mail by SMTP, always encrypted: implicit TLS on port 465, STARTTLS on every other unless <c>tls</c> says <c>implicit</c>. <c>fingerprint</c> is the SHA-256 of a certificate
/// that no authority of this machine vouches for, as the mail server of an intranet may have.
/// </summary>
public sealed class EmailChannel(DeskSettings desk, TimeProvider clock) : IChannel
{
    /// <inheritdoc/>
    public string Kind => "email";

    /// <inheritdoc/>
    public Reach Reach => Reach.Email;

    /// <inheritdoc/>
    public IReadOnlyList<ChannelField> Fields { get; } =
    [
        new("host", Longest: 253), new("port", Longest: 5), new("tls", Required: false), new("from", Longest: 254), new("user", Required: false, Longest: 254), new("password", Secret: true, Required: false),
        new("fingerprint", Required: false, Longest: 100),
    ];

    /// <inheritdoc/>
    public Refusal? Check(ChannelSettings settings) =>
        !int.TryParse(settings["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535
            ? new Refusal("bad_port", "settings.port", "应为端口号，通常为 465 或 587。", "It must be a port, as 465 or 587.")
        : Uri.CheckHostName(settings["host"]) == UriHostNameType.Unknown ? new Refusal("bad_address", "settings.host", "应为主机名或 IP 地址。", "It must be a host name or an address.")
        : settings["tls"] is not ("" or "implicit" or "starttls") ? new Refusal("bad_tls", "settings.tls", "应为 implicit 或 starttls。", "It must be implicit or starttls.")
        : !IsAddress(settings["from"]) ? new Refusal("bad_email", "settings.from", "应为电子邮件地址。", "It must be an e-mail address.")
        : settings["user"].Length > 0 && settings["password"].Length == 0 ? new Refusal("missing_secret", "settings.password", "填写了账号，须同时填写口令。", "A user needs a password.")
        : settings["fingerprint"].Length > 0 && Fingerprint(settings).Length != 64 ? new Refusal("bad_fingerprint", "settings.fingerprint", "应为证书的 SHA-256 指纹(64 位十六进制)。", "It must be the SHA-256 of a certificate, 64 hexadecimal digits.")
        : desk.Outgoing.CheckHost("settings.host", settings["host"], port);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> Send(ChannelSettings settings, ChannelMessage message, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(desk.OutgoingTimeout);
        using var smtp = new SmtpClient { CheckCertificateRevocation = false };
        smtp.ServerCertificateValidationCallback = (_, certificate, _, errors) => errors == System.Net.Security.SslPolicyErrors.None
            || (certificate is not null && Fingerprint(settings) == certificate.GetCertHashString(HashAlgorithmName.SHA256));
        try
        {
            var (host, port) = (settings["host"], int.Parse(settings["port"], CultureInfo.InvariantCulture));
            var implicitly = settings["tls"] == "implicit" || (settings["tls"].Length == 0 && port == 465);
            await smtp.ConnectAsync(
                await desk.Outgoing.Connect(host, port, time.Token), host, port, implicitly ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls, time.Token);
            if (settings["user"].Length > 0)
            {
                await smtp.AuthenticateAsync(settings["user"], settings["password"], time.Token);
            }

            await smtp.SendAsync(Mail(settings, message), time.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && Failed(e) is { } outcome)
        {
            return outcome;
        }

        return DeliveryOutcome.Sent;
    }

    /// <summary>Whether a message can be sent there.</summary>
    internal static bool IsAddress(string address) => MailboxAddress.TryParse(address, out var mailbox) && mailbox.Address == address && address.Contains('@', StringComparison.Ordinal);

    private MimeMessage Mail(ChannelSettings settings, ChannelMessage message)
    {
        var lines = new[] { message.Zh, message.Facts, message.Link, message.En, "编号 / key " + message.Key }.Where(l => !string.IsNullOrEmpty(l));
        var mail = new MimeMessage
        {
            Subject = $"【工单时效】{message.Title}", Date = clock.GetUtcNow(), Body = new TextPart("plain") { Text = string.Join("\n\n", lines) },

            // The same when it is sent again, so that a mailbox may keep one of the two.
            MessageId = $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Key + message.Address)))[..32]}@incidentdesk",
        };
        mail.From.Add(new MailboxAddress("", settings["from"]));
        mail.To.Add(new MailboxAddress("", message.Address!));
        mail.Headers.Add("X-IncidentDesk-Key", message.Key);
        return mail;
    }

    /// <summary>What the server says stands in words of its own; the code is enough, and tells nobody's address.</summary>
    private static DeliveryOutcome? Failed(Exception e) => e switch
    {
        AddressRefusedException => DeliveryOutcome.Broken("address_refused"),
        AuthenticationException => DeliveryOutcome.Broken("smtp_authentication"),
        SslHandshakeException => DeliveryOutcome.Broken("smtp_certificate"),
        NotSupportedException => DeliveryOutcome.Broken("smtp_no_starttls"),
        SmtpCommandException { ErrorCode: SmtpErrorCode.SenderNotAccepted } c when (int)c.StatusCode >= 500 => DeliveryOutcome.Broken($"smtp_{(int)c.StatusCode}"),
        SmtpCommandException c when (int)c.StatusCode >= 500 => DeliveryOutcome.Refused($"smtp_{(int)c.StatusCode}"),
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted } c => new DeliveryOutcome(Delivered.RetryLater, $"smtp_{(int)c.StatusCode}"),
        SmtpCommandException c => DeliveryOutcome.Away($"smtp_{(int)c.StatusCode}"),
        OperationCanceledException => DeliveryOutcome.Away("timeout"),
        IOException or SocketException or ProtocolException or ServiceNotConnectedException => DeliveryOutcome.Away("no_answer"),
        _ => null,
    };

    private static string Fingerprint(ChannelSettings settings) => string.Concat(settings["fingerprint"].Where(char.IsAsciiHexDigit)).ToUpperInvariant();
}
