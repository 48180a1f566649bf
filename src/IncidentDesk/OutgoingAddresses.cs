using System.Net;
using System.Net.Sockets;
using IncidentDesk.Domain;

namespace IncidentDesk;

/// <summary>
/// Which addresses the desk calls: https only, and never this machine, its own network link or the metadata service of a cloud, unless the operator lists host and port in
/// Outgoing:Allow (<c>host:port</c>). A name is judged when it is connected to, by what it stands for then.
/// </summary>
public sealed record OutgoingAddresses(IReadOnlySet<string> Allowed)
{
    private static readonly IPNetwork[] Own =
    [
        .. new[]
        {
            "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/127", "fe80::/10", "ff00::/8",

            // Metadata services that do not lie on the link: Alibaba, Azure, Amazon.
            "100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    // Addresses that carry one of version 4 in their last four bytes (NAT64), or after the first two (6to4).
    private static readonly (IPNetwork Network, int At)[] Carriers = [(IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2), (IPNetwork.Parse("::/96"), 12)];

    /// <summary>Whether the desk may call that address: by https, or listed.</summary>
    public bool May(Uri address) => address.Scheme == "https" || (address.Scheme == "http" && Allowed.Contains($"{address.Host}:{address.Port}"));

    /// <summary>Why an address of the web that somebody set is not taken; null where it is.</summary>
    public Refusal? Check(string field, string address) =>
        !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0
            ? new Refusal("bad_address", field, "应为完整的 https 地址。", "It must be a full https address.")
            : !May(uri) ? new Refusal(
                "address_not_https", field, "须为 https 地址；确需 http 的，由运维人员在 Outgoing:Allow 中写明其主机和端口。", "It must be https; an http address is listed by the operator in Outgoing:Allow by host and port.")
            : CheckHost(field, uri.Host, uri.Port);

    /// <summary>Why a host is not taken as it is written; what a name stands for shows when it is connected to.</summary>
    public Refusal? CheckHost(string field, string host, int port) =>
        Allowed.Contains($"{host}:{port}") || !(Literal(host) is { } address ? IsOwn(address) : host.TrimEnd('.').Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.TrimEnd('.').EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            ? null
            : new Refusal("address_refused", field, "不得为本机、链路本地或云元数据地址；确需的，由运维人员在 Outgoing:Allow 中写明。", "It must not be this machine, link-local or a metadata address; the operator may list it in Outgoing:Allow.");

    /// <summary>Connects, and only to what was judged: the name is not asked again in between.</summary>
    /// <exception cref="AddressRefusedException">Nothing that the name stands for may be called.</exception>
    public async Task<Stream> Connect(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = Literal(host) is { } literal ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var open = Allowed.Contains($"{host}:{port}") ? addresses : [.. addresses.Where(a => !IsOwn(a))];
        if (open.Length == 0)
        {
            throw new AddressRefusedException($"{host}:{port} is not listed in Outgoing:Allow");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Reads <c>host:port</c>, commas between; null where one is none.</summary>
    public static OutgoingAddresses? Read(string? text)
    {
        var named = (text ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries);
        return named.All(n => Uri.TryCreate("http://" + n, UriKind.Absolute, out var uri) && n.Equals($"{uri.Host}:{uri.Port}", StringComparison.OrdinalIgnoreCase))
            ? new OutgoingAddresses(named.ToHashSet(StringComparer.OrdinalIgnoreCase)) : null;
    }

    /// <summary>This machine, its link, everybody at once, or a metadata service; also inside an address of version 6.</summary>
    public static bool IsOwn(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(Own, n => n.Contains(address))
            || (address.AddressFamily == AddressFamily.InterNetworkV6 && Array.Exists(Carriers, c => c.Network.Contains(address) && IsOwn(new IPAddress(address.GetAddressBytes()[c.At..(c.At + 4)]))));
    }

    private static IPAddress? Literal(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var address) ? address : null;
}

/// <summary>An outgoing address was refused when it was to be connected to.</summary>
public sealed class AddressRefusedException(string message) : IOException(message);
