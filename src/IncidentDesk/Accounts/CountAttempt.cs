using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>
/// Counts an attempt to sign in, under its name and from its address, before anything of it is looked at; answers what is locked, or null. Five failures in a row lock a name; fifty
/// from one address within the window lock the address, which a whole office behind one gateway does not reach. A name that is locked costs its address nothing: a program that goes on
/// with an old password locks nobody else out.
/// </summary>
internal sealed partial record CountAttempt(string Name, string? Address) : IRequest<Locked?>, IUnitOfWork
{
    /// <summary>The name as it is counted: what nobody can have counts as one name.</summary>
    public static string NameOf(string typed) => Named().IsMatch(typed) ? typed.ToLowerInvariant() : "?";

    /// <summary>What an address is counted under: no name holds the sign. Of IPv6 the network, within which one machine has as many addresses as it likes.</summary>
    public string? AddressKey => Address is null ? null
        : "@" + (IPAddress.TryParse(Address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress([.. ip.GetAddressBytes()[..8], .. new byte[8]]) : Address);

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Named();
}

/// <summary>A name, or an address, under which nothing is looked at until then.</summary>
internal sealed record Locked(DateTimeOffset Until, bool IsAddress)
{
    /// <summary>In words.</summary>
    public Refusal Refusal(DeskSettings settings)
    {
        var hour = Zone.Find(settings.Zone)!.Local(Instant.Of(Until)).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        return IsAddress
            ? new Refusal("address_locked", "password", $"来自该网络地址的失败登录过多，{hour} 之前不再受理；请稍后再试。", $"Too many failed sign-ins from this address: none is taken until {hour}.")
            : new Refusal(
                "account_locked", "password", $"连续失败次数过多，已锁定至 {hour}；请稍后再试，或请系统管理员重置。", $"Too many failures: locked until {hour}. Try again later, or ask an administrator for a reset.");
    }
}

/// <inheritdoc cref="CountAttempt"/>
internal sealed class CountAttemptHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<CountAttempt, Locked?>
{
    /// <inheritdoc/>
    public async Task<Locked?> Handle(CountAttempt request, CancellationToken cancellationToken)
    {
        var (now, window) = (clock.GetUtcNow(), settings.Accounts.LockWindow);
        var row = await db.SignInAttempts.FindAsync([request.Name], cancellationToken);
        if (row?.LockedUntil > now)
        {
            return new Locked(row.LockedUntil.Value, IsAddress: false);
        }

        if (request.AddressKey is { } address && await Count(address, now, window, cancellationToken) is { } locked)
        {
            return locked;
        }

        if (row is null)
        {
            db.SignInAttempts.Add(row = new SignInAttemptRow { Name = request.Name });
        }

        row.Failed = row.LockedUntil is not null || now - row.LastAt > window ? 1 : row.Failed + 1;
        row.LastAt = now;
        row.LockedUntil = row.Failed >= settings.Accounts.LockAfter ? now + window : null;
        return null;
    }

    /// <summary>By the database itself, which adds up what comes at once: in the morning many sign in from one address. LastAt is when the window began.</summary>
    private async Task<Locked?> Count(string address, DateTimeOffset now, TimeSpan window, CancellationToken cancellationToken)
    {
        var begun = now - window;
        var row = db.SignInAttempts.Where(a => a.Name == address);
        if (await row.Where(a => a.LastAt > begun).ExecuteUpdateAsync(set => set.SetProperty(a => a.Failed, a => a.Failed + 1), cancellationToken) > 0)
        {
            return await row.AsNoTracking().SingleOrDefaultAsync(cancellationToken) is { } counted && counted.Failed > settings.Accounts.LockAddressAfter ? new Locked(counted.LastAt + window, IsAddress: true) : null;
        }

        if (await row.ExecuteUpdateAsync(set => set.SetProperty(a => a.Failed, 1).SetProperty(a => a.LastAt, now), cancellationToken) == 0)
        {
            db.SignInAttempts.Add(new SignInAttemptRow { Name = address, Failed = 1, LastAt = now });
        }

        return null;
    }
}

/// <summary>Takes an attempt back that was none: the password was right, and the code comes with the next step.</summary>
internal sealed record UncountAttempt(CountAttempt Attempt) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="UncountAttempt"/>
internal sealed class UncountAttemptHandler(DeskDb db, DeskSettings settings, TimeProvider clock) : IRequestHandler<UncountAttempt, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(UncountAttempt request, CancellationToken cancellationToken)
    {
        await db.SignInAttempts.Uncount(request.Attempt, clock.GetUtcNow() - settings.Accounts.LockWindow, cancellationToken);
        if (await db.SignInAttempts.FindAsync([request.Attempt.Name], cancellationToken) is { Failed: > 0 } row)
        {
            row.Failed--;
            row.LockedUntil = row.Failed >= settings.Accounts.LockAfter ? row.LockedUntil : null;
        }

        return true;
    }
}

/// <summary>What succeeded counts for its address as if it had not been.</summary>
internal static class Uncounting
{
    /// <summary>Takes one off the address's count, where its window has not passed.</summary>
    public static Task<int> Uncount(this DbSet<SignInAttemptRow> attempts, CountAttempt attempt, DateTimeOffset begun, CancellationToken cancellationToken)
    {
        var address = attempt.AddressKey;
        return attempts.Where(a => a.Name == address && a.LastAt > begun && a.Failed > 0).ExecuteUpdateAsync(set => set.SetProperty(a => a.Failed, a => a.Failed - 1), cancellationToken);
    }
}
