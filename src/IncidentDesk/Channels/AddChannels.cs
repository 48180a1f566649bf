using System.Security.Cryptography;
using System.Text.Json;
using IncidentDesk.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Channels;

/// <summary>The kinds there are, each once.</summary>
public static class ChannelKinds
{
    private const string Purpose = "channel secrets";

    /// <summary>Registers every kind and how they call out.</summary>
    internal static IServiceCollection AddChannels(this IServiceCollection services)
    {
        OutgoingHttp.Register(services);
        return services.AddSingleton<IChannel, LogChannel>().AddSingleton<IChannel, EmailChannel>().AddSingleton<IChannel, WeComRobot>().AddSingleton<IChannel, DingTalkRobot>()
            .AddSingleton<IChannel, FeishuRobot>().AddSingleton<IChannel, MasSms>().AddSingleton<IChannel, TemplateSms>().AddSingleton<IChannel, StandardWebhook>();
    }

    /// <summary>The kind of that code that has to be set up; null where there is none.</summary>
    internal static IChannel? Named(this IEnumerable<IChannel> kinds, string? kind) => kinds.LastOrDefault(k => k.Kind == kind && k.Reach != Reach.Everybody);

    /// <summary>The settings of a channel with its secrets opened.</summary>
    /// <exception cref="CryptographicException">They were protected by keys that this installation does not have.</exception>
    internal static ChannelSettings Open(this ChannelRow row, IChannel kind, IDataProtectionProvider protection) => Of(
        row.Code, kind, Read(row.Settings).Concat(row.Secrets.Length == 0 ? [] : Read(protection.CreateProtector(Purpose).Unprotect(row.Secrets))));

    /// <summary>Settings of a kind.</summary>
    internal static ChannelSettings Of(string code, IChannel kind, IEnumerable<KeyValuePair<string, string>> values) =>
        new(code, new Dictionary<string, string>(values, StringComparer.Ordinal), kind.Fields.Where(f => f.Secret).Select(f => f.Name).ToHashSet(StringComparer.Ordinal));

    /// <summary>Keeps settings, the secret ones protected.</summary>
    internal static void Keep(this ChannelRow row, ChannelSettings settings, IDataProtectionProvider protection)
    {
        row.Settings = Written(settings.Values.Where(v => !settings.Secrets.Contains(v.Key)));
        row.Secrets = protection.CreateProtector(Purpose).Protect(Written(settings.Values.Where(v => settings.Secrets.Contains(v.Key))));
    }

    private static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    private static string Written(IEnumerable<KeyValuePair<string, string>> values) => JsonSerializer.Serialize(new SortedDictionary<string, string>(values.ToDictionary(), StringComparer.Ordinal));
}
