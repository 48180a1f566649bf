using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IncidentDesk.Data;
using IncidentDesk.Keeping;
using IncidentDesk.Tests.Api;
using IncidentDesk.Tests.Commands;
using IncidentDesk.Tests.Desks;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Keeping;

/// <summary>What one host protects another reads, by keys in the database that the database alone does not give away.</summary>
public sealed class DeskKeysTests : IDisposable
{
    private readonly DeskFolder folder = new();

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_host_reads_what_another_protected_by_the_same_key_file_and_one_with_another_is_told(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (file, other) = (folder.Place("desk.key"), folder.Place("other.key"));
        (await folder.Run("keys", "new", "--file", file)).Exits(0);
        (await folder.Run("keys", "new", "--file", file)).Refused("key_file_not_made");
        Assert.Null(DeskKeys.NewFile(other));
        var settings = desk.Database.Settings with { KeysFile = file };

        await using (var first = desk.Process(settings))
        {
            Assert.Null(await DeskStart.Prepare(first, CancellationToken.None));
            var secret = Protector(first).Protect("secret");
            await using var second = desk.Process(settings);
            Assert.Null(await DeskStart.Prepare(second, CancellationToken.None));
            Assert.Equal("secret", Protector(second).Unprotect(secret));
        }

        var xml = (await desk.Read(db => db.Keys.AsNoTracking().SingleAsync())).Xml;
        Assert.Contains("<keyFile", xml, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", xml, StringComparison.Ordinal);

        await Told(settings with { KeysFile = other }, "keys_of_another");
        await Told(settings with { KeysFile = null }, "keys_of_another");
        await Told(settings with { KeysFile = folder.Put("short.key", "YWJj\n") }, "bad_keys");
        await Told(settings with { KeysFile = folder.Place("none.key") }, "bad_keys");
        Assert.Equal(1, await desk.Read(db => db.Keys.CountAsync()));

        async Task Told(DeskSettings wrong, string code)
        {
            await using var process = desk.Process(wrong);
            Assert.Equal(code, (await DeskStart.Prepare(process, CancellationToken.None))!.Code);
        }
    }

    [Fact]
    public async Task A_certificate_does_what_a_key_file_does()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=desk", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(TestDesk.Opening.AddYears(-1), TestDesk.Opening.AddYears(20));
        var settings = desk.Database.Settings with { KeysCertificate = folder.Put("desk.pfx", certificate.Export(X509ContentType.Pkcs12, "geheim")), KeysPassword = "geheim" };
        await using var first = desk.Process(settings);
        await using var second = desk.Process(settings);

        var secret = Protector(first).Protect("secret");
        Assert.Null(await DeskStart.Prepare(second, CancellationToken.None));
        Assert.Equal("secret", Protector(second).Unprotect(secret));
        Assert.DoesNotContain("<masterKey", (await desk.Read(db => db.Keys.AsNoTracking().SingleAsync())).Xml, StringComparison.Ordinal);

        await using var without = desk.Process(desk.Database.Settings);
        Assert.Equal("keys_of_another", (await DeskStart.Prepare(without, CancellationToken.None))!.Code);
        await using var wrong = desk.Process(settings with { KeysPassword = "other" });
        Assert.Equal("bad_keys", (await DeskStart.Prepare(wrong, CancellationToken.None))!.Code);
    }

    private static IDataProtector Protector(IServiceProvider services) => services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    public void Dispose() => folder.Dispose();
}
