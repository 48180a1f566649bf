using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IncidentDesk.Keeping;

/// <summary>
/// The keys with which all hosts protect what browsers hold. They stand in the database, so that every host reads what another wrote, and are encrypted by a key file
/// (Keys:File: 32 random bytes, base64) or a certificate (Keys:Certificate, RSA, PFX) that is not in it. Where neither is set they stand there as they are: on SQLite whoever reads the
/// file reads all of it anyway; on a server engine <c>/health/watch</c> is red for it and <c>/health/ready</c> says so in a line, and stays ready, since the desk serves none the worse.
/// </summary>
public static class DeskKeys
{
    private const int Bytes = 32;

    /// <summary>Registers them for Web and Worker alike, under one application name.</summary>
    internal static void AddDeskKeys(this IServiceCollection services, DeskSettings settings)
    {
        var keys = services.AddDataProtection().SetApplicationName("IncidentDesk");
        services.AddSingleton<KeysInDatabase>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(o =>
        {
            o.XmlRepository = provider.GetRequiredService<KeysInDatabase>();
            o.XmlEncryptor = settings.KeysFile is null ? o.XmlEncryptor : new KeyFileEncryptor(ReadFile(settings.KeysFile));
        }));
        if (settings.KeysCertificate is { } pfx && Unusable(settings) is null)
        {
            keys.ProtectKeysWithCertificate(X509CertificateLoader.LoadPkcs12FromFile(pfx, settings.KeysPassword));
        }
    }

    /// <summary>Makes a key file that only its owner reads; never overwrites one.</summary>
    public static Refusal? NewFile(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var file = new StreamWriter(path, options);
            file.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes)));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Refusal("key_file_not_made", "file", $"{path} 已存在或无法写入，未生成密钥。", $"{path} exists or cannot be written; no key was made.");
        }
    }

    /// <summary>Says, before anything is read from the database, that what the settings name is no key.</summary>
    internal static Refusal? Unusable(DeskSettings settings)
    {
        try
        {
            _ = settings.KeysFile is { } file ? ReadFile(file) : [];
            if (settings.KeysCertificate is { } pfx)
            {
                using var certificate = X509CertificateLoader.LoadPkcs12FromFile(pfx, settings.KeysPassword);
                using var rsa = certificate.GetRSAPrivateKey();
                return rsa is null ? Bad("Keys:Certificate", "中没有 RSA 私钥", "holds no RSA private key") : null;
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            return settings.KeysFile is not null
                ? Bad("Keys:File", "不是密钥文件，请用 keys new 生成", "is no key file; keys new makes one")
                : Bad("Keys:Certificate", "无法读取，或口令 Keys:Password 不对", "cannot be read, or Keys:Password is not its password");
        }

        static Refusal Bad(string field, string zh, string en) => new("bad_keys", field, $"设置 {field} 所指{zh}。", $"What the setting {field} names {en}.");
    }

    /// <summary>Says that the keys in the database are not encrypted by what this host has. Data protection itself would pass over them and make new ones.</summary>
    internal static Refusal? Wrong(IServiceProvider services)
    {
        try
        {
            foreach (var key in services.GetRequiredService<IKeyManager>().GetAllKeys())
            {
                _ = key.CreateEncryptor();
            }

            return null;
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException)
        {
            return new Refusal(
                "keys_of_another", "Keys", "数据库中的数据保护密钥不是用本机的 Keys:File 或 Keys:Certificate 加密的；各主机须使用同一个。",
                "The data-protection keys in the database were not encrypted by this host's Keys:File or Keys:Certificate; all hosts need the same one.");
        }
    }

    internal static byte[] ReadFile(string path) =>
        Convert.FromBase64String(File.ReadAllText(path).Trim()) is { Length: Bytes } key ? key : throw new FormatException($"{path} does not hold {Bytes} bytes");
}

/// <summary>Where the keys stand.</summary>
internal sealed class KeysInDatabase(IServiceScopeFactory scopes, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var scope = scopes.CreateScope();
        return [.. scope.ServiceProvider.GetRequiredService<DeskDb>().Keys.AsNoTracking().OrderBy(k => k.Id).AsEnumerable().Select(k => XElement.Parse(k.Xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<DeskDb>();
        db.Keys.Add(new KeyRow { Id = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting), CreatedAt = Domain.Sla.Iso.ToMilliseconds(clock.GetUtcNow()) });
        db.SaveChanges();
    }
}
