using System.Globalization;
using IncidentDesk.Attachments;
using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Jobs;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace IncidentDesk.Privacy;

/// <summary>
/// Erases the texts of tickets that were over so many months ago (<see cref="DeskSettings.EraseAfterMonths"/>), once a day from 03:00, by whoever takes the day. A day looks at the
/// tickets of the month that falls due and of the one before; once a week all earlier months are looked at too, which finds a ticket that stood open for long, was imported or touched
/// since, or could not be erased before. Files that only erased tickets name go with the texts. The result is how many tickets were erased.
/// </summary>
public sealed record EraseTexts : IRequest<int>
{
    /// <summary>The job in JobPeriods that has days.</summary>
    public const string Daily = "erase-texts";

    /// <summary>The job in JobPeriods that has weeks, by their Monday.</summary>
    public const string Weekly = "erase-texts-all";

    /// <summary>From when on the texts of a ticket that was over at that instant may go: so many calendar months later on the wall clock, in a shorter month on its last day.</summary>
    public static Instant DueAt(Instant over, int months, Zone zone) => zone.At(zone.Local(over).DateTime.AddMonths(months));

    /// <summary>The tickets of a month that may be due: over by <paramref name="limit"/>, or excluded while open, and with a text left. Which of them are, their events tell.</summary>
    internal static IQueryable<long> Candidates(DeskDb db, Month month, Instant limit) => db.Incidents.AsNoTracking()
        .Where(i => i.Month == month.Number && (i.ResolvedAt <= limit || (i.ResolvedAt == null && i.ExcludedAs != null))
            && (db.Texts.Any(t => t.Incident == i.Key && t.Value != null) || db.Attachments.Any(a => a.Incident == i.Key && a.ErasedAt == null)))
        .OrderBy(i => i.Key).Select(i => i.Key);
}

/// <inheritdoc cref="EraseTexts"/>
public sealed class EraseTextsHandler(DeskDb db, DeskCache cache, DeskSettings settings, IServiceProvider services, TimeProvider clock, ILogger<EraseTextsHandler> log)
    : IRequestHandler<EraseTexts, int>
{
    private const int FromHour = 3;

    // The last day of a shorter month makes up for the days that it has not.
    private const int LongestClipSec = 4 * 86_400;

    /// <inheritdoc/>
    public async Task<int> Handle(EraseTexts request, CancellationToken cancellationToken)
    {
        if (settings.EraseAfterMonths == 0)
        {
            return 0;
        }

        var zone = (await cache.Get(db, cancellationToken)).Zone;
        var now = Instant.Of(clock.GetUtcNow());
        var day = zone.DayOf(now.Plus(-FromHour * 3_600));
        var limit = EraseTexts.DueAt(now, -settings.EraseAfterMonths, zone).Plus(LongestClipSec);
        return await Walk(EraseTexts.Weekly, day.AddDays(-(((int)day.DayOfWeek + 6) % 7)), null, limit, zone, cancellationToken)
            + await Walk(EraseTexts.Daily, day, zone.MonthOf(limit).Previous, limit, zone, cancellationToken);
    }

    /// <summary>Month after month, batch after batch; who lost the claim leaves the rest to whoever has it.</summary>
    private async Task<int> Walk(string job, DateOnly day, Month? first, Instant limit, Zone zone, CancellationToken cancellationToken)
    {
        var period = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (await db.JobPeriods.AnyAsync(p => p.Job == job && p.Period == period && p.DoneAt != null, cancellationToken)
            || await services.SendAlone(new ClaimPeriod(job, period), cancellationToken) is not { } claim)
        {
            return 0;
        }

        var (tickets, texts, bad) = (0, 0, 0);
        var last = zone.MonthOf(limit);
        var from = first ?? (await db.Incidents.MinAsync(i => (int?)i.Month, cancellationToken) is { } earliest ? new Month(earliest) : last);
        for (var month = from; month.Number <= last.Number; month = month.Next)
        {
            foreach (var batch in (await EraseTexts.Candidates(db, month, limit).ToListAsync(cancellationToken)).Chunk(EraseTextsOf.Batch))
            {
                var (done, failed) = await Erase(batch, cancellationToken);
                (tickets, texts, bad) = (tickets + done.Incidents, texts + done.Texts, bad + failed);
                if (!await services.SendAlone(claim.Renew(), cancellationToken))
                {
                    return tickets;
                }
            }
        }

        await services.SendAlone(claim.Done($"{tickets} incidents, {texts} texts, {bad} bad"), cancellationToken);
        return tickets;
    }

    private async Task<(ErasedTexts Done, int Bad)> Erase(long[] batch, CancellationToken cancellationToken)
    {
        try
        {
            var whole = await services.SendAlone(new EraseTextsOf(batch), cancellationToken);
            await services.SendAlone(new RemoveErasedFiles(batch), cancellationToken);
            return (whole, 0);
        }
        catch (Exception e) when (DatabaseFault.IsOfTheMatter(e))
        {
            log.LogError(e, "A batch of texts could not be erased; its incidents are taken one by one.");
        }

        var (done, bad) = (new ErasedTexts(0, 0), 0);
        foreach (var key in batch)
        {
            try
            {
                var one = await services.SendAlone(new EraseTextsOf([key]), cancellationToken);
                done = new ErasedTexts(done.Incidents + one.Incidents, done.Texts + one.Texts);
            }
            catch (Exception e) when (DatabaseFault.IsOfTheMatter(e))
            {
                log.LogError(e, "The texts of incident {Incident} cannot be erased.", key);
                await services.SendAlone(new TellUnerased(key, e.GetBaseException().Message), cancellationToken);
                bad++;
            }
        }

        await services.SendAlone(new RemoveErasedFiles(batch), cancellationToken);
        return (done, bad);
    }
}
