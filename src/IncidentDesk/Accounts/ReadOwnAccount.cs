using IncidentDesk.Data;
using IncidentDesk.People;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Accounts;

/// <summary>What people see of their own account: the sign-in before the present one, and what failed under their name since.</summary>
public sealed record ReadOwnAccount(Caller By) : IRequest<OwnAccount>;

/// <summary>
/// <paramref name="Before"/> is the sign-in before the last one, null where there was none or its entry has been deleted by age; <paramref name="FailedSince"/> counts those
/// that were refused after it.
/// </summary>
public sealed record OwnAccount(SecurityEventRow? Before, int FailedSince, bool HasSecondFactor, int RecoveryLeft, DateTimeOffset? PasswordSetAt);

/// <inheritdoc cref="ReadOwnAccount"/>
public sealed class ReadOwnAccountHandler(DeskDb db) : IRequestHandler<ReadOwnAccount, OwnAccount>
{
    /// <inheritdoc/>
    public async Task<OwnAccount> Handle(ReadOwnAccount request, CancellationToken cancellationToken)
    {
        var id = request.By.Person.Id;
        var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Person == id, cancellationToken);
        var signIns = db.SecurityEvents.AsNoTracking().Where(e => e.Who == id && e.What == "sign_in");
        var before = await signIns.Where(e => e.Outcome == SecurityLog.Done).OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Skip(1).FirstOrDefaultAsync(cancellationToken);

        // Asking for the code is no failure: it is what every sign-in with a second factor begins with.
        var since = before?.At ?? DateTimeOffset.UnixEpoch;
        var failed = await signIns.CountAsync(e => e.Outcome != SecurityLog.Done && e.Outcome != "code_required" && e.At > since, cancellationToken);
        return new OwnAccount(
            before, failed, account?.TotpKey is not null, account?.RecoveryHashes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length ?? 0, account?.PasswordSetAt);
    }
}
