using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reports;

/// <summary>
/// A month as its page shows it: the very report, folded as <see cref="WriteReport"/> does, with what a page draws and lists of it. Both instants default to now; a month of
/// many tickets that is read as of now may be as old as <see cref="HeldMonths"/> says, and its inputs tell the instant.
/// </summary>
public sealed record ReadMonth(Caller By, Month Month, string Scope, Instant? AsOf = null, DateTimeOffset? KnownAt = null) : IRequest<Outcome<MonthView>>;

/// <summary>The month with the explanations (超时说明) of the breached tickets that it lists, by their keys; they are erasable, so they are read anew each time.</summary>
public sealed record MonthView(MonthReading Reading, IReadOnlyDictionary<long, BreachExplanation> Explanations);

/// <summary>What was said of a breach. A part is null once it is erased.</summary>
public sealed record BreachExplanation(string? Cause, string? Responsible, string? Measure);

/// <inheritdoc cref="ReadMonth"/>
public sealed class ReadMonthHandler(DeskDb db, DeskCache cache, HeldMonths held, TimeProvider clock) : IRequestHandler<ReadMonth, Outcome<MonthView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<MonthView>> Handle(ReadMonth request, CancellationToken cancellationToken)
    {
        if (request.By.LacksEverywhere(Right.Report) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var asked = ReportInputs.Of(Period.Of(request.Month), request.Scope, request.AsOf, request.KnownAt, now);
        if (asked.Refused(desk.Zone, now) is { } wrong)
        {
            return wrong;
        }

        var reading = await held.Read(
            db, desk, asked, request.AsOf is null && request.KnownAt is null, () => MonthReading.Read(db, desk, asked, now, cancellationToken), cancellationToken);
        return new MonthView(reading, await Explanations(reading, cancellationToken));
    }

    private async Task<IReadOnlyDictionary<long, BreachExplanation>> Explanations(MonthReading reading, CancellationToken cancellationToken)
    {
        var (keys, asOf, knownAt) = (reading.Breached.First.Select(t => t.Number.Key).ToArray(), reading.Report.Inputs.AsOf, reading.Report.Inputs.KnownAt);
        if (keys.Length == 0)
        {
            return new Dictionary<long, BreachExplanation>();
        }

        var said = await db.Events.AsNoTracking()
            .Where(e => EF.Parameter(keys).Contains(e.Incident) && e.Type == "breach_explained" && e.EffectiveAt <= asOf && e.RecordedAt <= knownAt)
            .Join(db.Texts, e => new { e.Incident, e.Seq }, t => new { t.Incident, t.Seq }, (e, t) => new { t.Incident, t.Seq, t.Field, t.Value })
            .ToListAsync(cancellationToken);
        return said.GroupBy(t => t.Incident).ToDictionary(t => t.Key, t =>
        {
            var last = t.Where(x => x.Seq == t.Max(y => y.Seq)).ToDictionary(x => x.Field, x => x.Value);
            return new BreachExplanation(last.GetValueOrDefault("cause"), last.GetValueOrDefault("responsible"), last.GetValueOrDefault("measure"));
        });
    }
}
