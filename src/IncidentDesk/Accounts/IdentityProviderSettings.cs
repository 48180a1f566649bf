using IncidentDesk.Domain;
using Microsoft.Extensions.Configuration;

namespace IncidentDesk.Accounts;

/// <summary>
/// The settings <c>SignIn:OpenIdConnect:*</c>: the identity provider of the house that signs people in as well. <paramref name="PersonClaim"/> is the claim of its id token that
/// holds the id of a person of this desk. Without a secret the desk is a public client, which PKCE alone protects.
/// </summary>
public sealed record IdentityProviderSettings(Uri Authority, string ClientId, string? ClientSecret, string? ClientSecretFile, string PersonClaim)
{
    /// <summary>The claim where nothing is set.</summary>
    public const string DefaultClaim = "preferred_username";

    private const string Section = "SignIn:OpenIdConnect";

    /// <summary>Whose word it is; what else is set is secret.</summary>
    public override string ToString() => Authority.ToString();

    /// <summary>Reads and checks them: null where no authority is set; the refusal names the setting that is wrong.</summary>
    public static (IdentityProviderSettings? Settings, Refusal? Refused) Read(IConfiguration configuration, string folder, OutgoingAddresses outgoing)
    {
        if (Value("Authority") is not { } authority)
        {
            return (null, null);
        }

        return !Uri.TryCreate(authority, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.Query.Length > 0 || address.UserInfo.Length > 0
                ? Bad("bad_authority", "Authority", "应为身份认证平台的 https 地址", "must be the https address of the identity provider")
            : !outgoing.May(address)
                ? Bad("authority_not_https", "Authority", "须为 https 地址；确需 http 的，在 Outgoing:Allow 中写明其主机和端口", "must be https; an http address is listed in Outgoing:Allow by host and port")
            : Value("ClientId") is not { } client
                ? Bad("client_id_missing", "ClientId", "必须填写", "is required with an authority")
            : Value("ClientSecret") is not null && Value("ClientSecretFile") is not null
                ? Bad("two_client_secrets", "ClientSecret", "与 ClientSecretFile 只能填一个", "or ClientSecretFile, not both")
            : (new IdentityProviderSettings(
                address, client, Value("ClientSecret"), Value("ClientSecretFile") is { } file ? Path.GetFullPath(file, folder) : null, Value("PersonClaim") ?? DefaultClaim), null);

        string? Value(string name) => configuration[$"{Section}:{name}"] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

        static (IdentityProviderSettings?, Refusal) Bad(string code, string name, string zh, string en) =>
            (null, new Refusal(code, $"{Section}:{name}", $"设置 {Section}:{name} {zh}。", $"The setting {Section}:{name} {en}."));
    }
}
