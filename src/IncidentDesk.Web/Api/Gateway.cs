using Microsoft.AspNetCore.HttpOverrides;

namespace IncidentDesk.Web.Api;

/// <summary>
/// The host behind a gateway: who called, by which scheme and below which path, as the gateways of Web:KnownProxies tell it and nobody else; and Web:PathBase, below which
/// the host answers where a gateway passes the path on as it is. The host's name is taken from Host, never from a header that any caller may send.
/// </summary>
internal static class Gateway
{
    public static void UseGateway(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<DeskSettings>();
        if (settings.KnownProxies.Count > 0)
        {
            // Without a limit, since each hop is held against the list: the first unknown one ends it.
            var believed = new ForwardedHeadersOptions
            {
                ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix, ForwardLimit = null,
            };
            believed.KnownProxies.Clear();
            believed.KnownIPNetworks.Clear();
            foreach (var proxy in settings.KnownProxies)
            {
                believed.KnownIPNetworks.Add(proxy);
            }

            app.UseForwardedHeaders(believed);
        }

        if (settings.PathBase.Length > 0)
        {
            app.UsePathBase(settings.PathBase);
        }
    }
}
