using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Keeping;

/// <summary>
/// Records that the ledger goes on from a backup, and raises the day counters to the highest numbers known (<paramref name="After"/>, one for each day and series, from a
/// report or a message; <c>none</c>: nothing was logged since). The numbers between are never given out again and stand as a gap with the restore as its cause. The same
/// backup again, where nothing is left to raise, adds nothing.
/// </summary>
public sealed record FinishRestore(string Backup, DateTimeOffset TakenAt, IReadOnlyList<string> After) : IRequest<Outcome<IReadOnlyList<NumberGap>>>, IUnitOfWork
{
    /// <summary>No number is known that the backup does not hold.</summary>
    public const string None = "none";
}

/// <inheritdoc cref="FinishRestore"/>
public sealed class FinishRestoreHandler(DeskDb db, TimeProvider clock) : IRequestHandler<FinishRestore, Outcome<IReadOnlyList<NumberGap>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<NumberGap>>> Handle(FinishRestore request, CancellationToken cancellationToken)
    {
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var installation = await db.Installations.AsNoTracking().SingleAsync(cancellationToken);
        var today = Zone.Find(installation.Zone)!.DayOf(Instant.Of(now));
        var known = new List<IncidentNumber>();
        foreach (var text in request.After.Where(a => a != FinishRestore.None))
        {
            if (!IncidentNumber.TryParse(installation.NumberPrefix, text, out var number))
            {
                return new Refusal("bad_number", "after", $"{text} 不是本系统的工单编号；没有则填 none。", $"{text} is no incident number of this installation; write none where there is none.");
            }

            if (number.Day > today)
            {
                return new Refusal("number_in_future", "after", $"编号 {text} 的日期晚于今天。", $"The day of {text} lies in the future.");
            }

            known.Add(number);
        }

        var gaps = new List<NumberGap>();
        foreach (var highest in known.GroupBy(n => (n.Day, n.Imported)).Select(g => g.MaxBy(n => n.InDay)))
        {
            var last = await DayNumbers.RaiseTo(db, highest, cancellationToken);
            if (last < highest.InDay)
            {
                gaps.Add(new NumberGap(IncidentNumber.Of(installation.NumberPrefix, highest.Day, last + 1, highest.Imported), highest, now));
            }
        }

        // A server's dump was taken before the files were: what was recorded since its last sign of life is missing.
        var life = await db.Heartbeats.AsNoTracking().MaxAsync(h => (DateTimeOffset?)h.At, cancellationToken);
        var since = db is SqliteDeskDb || life is null || life > request.TakenAt ? request.TakenAt : life.Value;
        if (gaps.Count > 0 || !(await InstallationEvent.Read(db, now, cancellationToken)).Any(e => e.Kind == InstallationEventRow.Restored && e.Detail.Text("backup") == request.Backup))
        {
            var detail = new Payload().Add("backup", request.Backup).Add("after", string.Join(' ', request.After));
            gaps.ForEach(g => InstallationEvent.Add(detail, g));
            db.InstallationEvents.Add(InstallationEvent.Row(InstallationEventRow.Restored, since, now, detail));
        }

        return gaps;
    }
}
