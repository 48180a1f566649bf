using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Keeping;

/// <summary>AES-256-GCM by the key file: nonce (12), tag (16), then the text.</summary>
internal sealed class KeyFileEncryptor(byte[] key) : IXmlEncryptor
{
    internal const int Nonce = 12;
    internal const int Tag = 16;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = System.Text.Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var all = new byte[Nonce + Tag + plain.Length];
        RandomNumberGenerator.Fill(all.AsSpan(0, Nonce));
        using var aes = new AesGcm(key, Tag);
        aes.Encrypt(all.AsSpan(0, Nonce), plain, all.AsSpan(Nonce + Tag), all.AsSpan(Nonce, Tag));
        return new EncryptedXmlInfo(new XElement("keyFile", Convert.ToBase64String(all)), typeof(KeyFileDecryptor));
    }
}

/// <summary>Reads what <see cref="KeyFileEncryptor"/> wrote; data protection makes it by its name, which stands beside each key.</summary>
public sealed class KeyFileDecryptor(IServiceProvider services) : IXmlDecryptor
{
    /// <inheritdoc/>
    public XElement Decrypt(XElement encryptedElement)
    {
        var file = services.GetRequiredService<DeskSettings>().KeysFile ?? throw new CryptographicException("Keys:File is not set");
        var all = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[all.Length - KeyFileEncryptor.Nonce - KeyFileEncryptor.Tag];
        using var aes = new AesGcm(DeskKeys.ReadFile(file), KeyFileEncryptor.Tag);
        aes.Decrypt(all.AsSpan(0, KeyFileEncryptor.Nonce), all.AsSpan(KeyFileEncryptor.Nonce + KeyFileEncryptor.Tag), all.AsSpan(KeyFileEncryptor.Nonce, KeyFileEncryptor.Tag), plain);
        return XElement.Parse(System.Text.Encoding.UTF8.GetString(plain));
    }
}
