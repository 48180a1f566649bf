using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Domain.Timeliness;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Reports;

/// <summary>
/// The figures of a year by month and pooled (D15), as its report gives them: from today's rows where these may answer, else folded from the events. Both instants default
/// to now; a large year that is read as of now answers again for <see cref="HeldMonths.Keep"/>, and its inputs tell the instant.
/// </summary>
public sealed record ReadYear(Caller By, int Year, string Scope, Instant? AsOf = null, DateTimeOffset? KnownAt = null) : IRequest<Outcome<YearView>>;

/// <summary>A year's counts by month; months without any ticket are there too.</summary>
public sealed record YearView(ReportInputs Inputs, Desk Desk, Rules Rules, IReadOnlyDictionary<Month, Tally> Months)
{
    /// <summary>The year pooled.</summary>
    public MonthFigures Figures => Of(Months.Values.Aggregate(default(Tally), (sum, tally) => sum + tally));

    /// <summary>A month's counts with rate and scores.</summary>
    public MonthFigures Of(Tally tally) => new(tally, Inputs.Weight(Rules));

    /// <summary>Whether the year can be closed.</summary>
    public bool Closable => Inputs.Closable(Rules, Figures.Tally.Pending);
}

/// <inheritdoc cref="ReadYear"/>
public sealed class ReadYearHandler(DeskDb db, DeskCache cache, HeldMonths held, TimeProvider clock) : IRequestHandler<ReadYear, Outcome<YearView>>
{
    /// <inheritdoc/>
    public async Task<Outcome<YearView>> Handle(ReadYear request, CancellationToken cancellationToken)
    {
        if (request.By.LacksEverywhere(Right.Report) is { } refused)
        {
            return refused;
        }

        var desk = await cache.Get(db, cancellationToken);
        var now = Iso.ToMilliseconds(clock.GetUtcNow());
        var inputs = ReportInputs.Of(Period.OfYear(request.Year), request.Scope, request.AsOf, request.KnownAt, now);
        if (inputs.Refused(desk.Zone, now) is { } wrong)
        {
            return wrong;
        }

        var asOfNow = request.AsOf is null && request.KnownAt is null;
        if (asOfNow && held.YearOf(inputs) is { } known)
        {
            return known;
        }

        var tallies = await RowFigures.Read(db, desk.Reference.Rules, inputs, cancellationToken) ?? await Folded(desk, inputs, cancellationToken);
        var view = new YearView(
            inputs, desk, desk.Reference.Rules.KnownAt(inputs.KnownAt), inputs.Period.Months.ToDictionary(m => m, m => tallies.GetValueOrDefault(m)));
        return asOfNow ? held.Keeping(view) : view;
    }

    private async Task<IReadOnlyDictionary<Month, Tally>> Folded(Desk desk, ReportInputs inputs, CancellationToken cancellationToken)
    {
        var summary = new ReportSummary(inputs, desk.Zone);
        await foreach (var ticket in ReportFold.Tickets(db, desk, inputs, cancellationToken))
        {
            summary.Take(ticket);
        }

        return summary.Tallies;
    }
}
