using System.Security.Cryptography;
using System.Text;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>
/// Signs in whom the identity provider has named, where they exist here and are in use: it makes nobody and gives no right. The second factor is asked for as at a local sign-in unless
/// the provider has seen two. <paramref name="Code"/> and <paramref name="Device"/> as in <see cref="SignIn"/>; only a code can be guessed here, so only one with a code is counted.
/// </summary>
public sealed record SignInByProvider(ProvenIdentity Proven, string? Code, string? Device, bool Phone, Origin From) : IRequest<Outcome<SignedIn>>;

/// <summary>Who the provider says it is: the value of the claim that holds ids of ours, and who that is to the provider for ever, whatever their name there becomes.</summary>
public sealed record ProvenIdentity(string Person, string Issuer, string Subject, bool TwoFactors)
{
    /// <summary>A name that is given to somebody else at the provider later opens nothing here.</summary>
    internal static readonly Refusal Another = new(
        "provider_person_differs", "person", "该用户名在身份认证平台上已属于另一账号，未予登录；请系统管理员核实后重置该人员的账号。",
        "That name belongs to another account at the identity provider than before: not signed in. An administrator checks it and resets the person's account.");

    /// <summary>As it is kept: whose word it is, and who they say.</summary>
    internal string Key => Half(Issuer) + ":" + Half(Subject);

    /// <summary>Binds the account at the first sign-in, and to another provider's word where the setting has changed; false where it is somebody else's.</summary>
    internal bool Bind(AccountRow account)
    {
        if (account.Subject?.StartsWith(Half(Issuer) + ":", StringComparison.Ordinal) is true)
        {
            return account.Subject == Key;
        }

        account.Subject = Key;
        return true;
    }

    private static string Half(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <inheritdoc cref="SignInByProvider"/>
public sealed class SignInByProviderHandler(DeskDb db, IServiceProvider services, CheckSecondFactor factor, DeskSettings settings, TimeProvider clock)
    : IRequestHandler<SignInByProvider, Outcome<SignedIn>>
{
    private static readonly Refusal Unknown = new(
        "provider_person_unknown", "person", "已通过身份认证，但本系统没有对应的人员；请系统管理员先增加该人员。",
        "The identity provider knows you, this desk does not: an administrator adds the person first.");

    /// <inheritdoc/>
    public async Task<Outcome<SignedIn>> Handle(SignInByProvider request, CancellationToken cancellationToken)
    {
        var proven = request.Proven;
        var person = await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == proven.Person && p.Roles != "", cancellationToken);
        if (person is null || !person.IsInForce(clock.GetUtcNow()))
        {
            return await Refuse(request, person is null ? Unknown : SignInHandler.Ended, cancellationToken);
        }

        var key = proven.Key;
        if (await db.Accounts.AnyAsync(a => a.Subject == key && a.Person != person.Id, cancellationToken))
        {
            return await Refuse(request, ProvenIdentity.Another, cancellationToken);
        }

        var attempt = request.Code is null ? null : new CountAttempt(CountAttempt.NameOf(person.Id), request.From.Address);
        if (attempt is not null && await services.SendAlone(attempt, cancellationToken) is { } locked)
        {
            return await Refuse(request, locked.Refusal(settings), cancellationToken);
        }

        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Person == person.Id, cancellationToken);
        var (step, recovery, refused) = account?.TotpKey is null || proven.TwoFactors ? (null, null, null) : await factor.Of(account, request.Code, request.Device, cancellationToken);
        if (refused is not null)
        {
            return await Refuse(request, refused, cancellationToken);
        }

        var opened = await services.SendAlone(new OpenSession(person.Id, attempt, step, recovery, request.Phone, request.From, proven), cancellationToken);
        return opened.Refused is { } late ? await Refuse(request, late, cancellationToken) : opened;
    }

    private async Task<Refusal> Refuse(SignInByProvider request, Refusal refusal, CancellationToken cancellationToken)
    {
        await services.SendAlone(new NoteRefusal(request.Proven.Person, request.From, "sign_in", refusal.Code), cancellationToken);
        return refusal;
    }
}
