using IncidentDesk.Accounts;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using QRCoder;

namespace IncidentDesk.Web.Pages;

/// <summary>One's own second factor: the key as a picture and as text, a first code made with it, and the recovery codes, shown once.</summary>
internal sealed class SecondFactorPage(IDataProtectionProvider protection, DeskSettings settings, TimeProvider clock) : DeskPage
{
    /// <summary>Whether a present one is to be replaced.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Anew { get; set; }

    /// <summary>The person's account.</summary>
    public OwnAccount Account { get; private set; } = null!;

    /// <summary>The key that is offered; null where one is in use and stays.</summary>
    public (string Key, string Uri, string Sealed)? Offer { get; private set; }

    /// <summary>The recovery codes, after it has been turned on.</summary>
    public IReadOnlyList<string>? Codes { get; private set; }

    /// <summary>When that was.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The key in groups of four, as people type it.</summary>
    public string Key => string.Join(' ', Offer!.Value.Key.Chunk(4).Select(c => new string(c)));

    /// <summary>The QR code as SVG, without styles, which the page's policy forbids.</summary>
    public string Picture
    {
        get
        {
            using var generator = new QRCodeGenerator();
            using var data = generator.CreateQrCode(Offer!.Value.Uri, QRCodeGenerator.ECCLevel.M);
            using var svg = new SvgQRCode(data);
            return svg.GetGraphic(4, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
        }
    }

    /// <inheritdoc/>
    protected internal override async Task<Refusal?> Load()
    {
        Account = await Send(new ReadOwnAccount(By));

        // After a wrong code the same key again: it is in the phone already.
        Offer = SecondFactors.OfferedBefore(protection, By, settings.District, IsPosted ? Request.Form["sealed"].ToString() : "")
            ?? (Account.HasSecondFactor && !Anew && !IsPosted ? null : SecondFactors.Offer(protection, By, settings.District));
        return null;
    }

    /// <summary>What there is, or a new key.</summary>
    public Task<IActionResult> OnGet() => Show();

    /// <summary>Turns it on.</summary>
    public async Task<IActionResult> OnPost(string? code)
    {
        var outcome = await Send(new SetUpSecondFactor(By, Request.Form["sealed"].ToString(), code ?? ""));
        if (outcome.Refused is { } refused)
        {
            return await Show(refused);
        }

        Codes = outcome.Value;
        Who = By with { MustFirst = null };
        return Page();
    }
}
