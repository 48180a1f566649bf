using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Incidents;

/// <summary>The reporter's name and phone in full, for a reason that stands in the security log with who read them. Everywhere else they are masked.</summary>
public sealed record RevealReporter(Caller By, string Number, string Reason) : IRequest<Outcome<RevealedReporter>>, IUnitOfWork;

/// <summary>As they were told; null where they were not, or were erased.</summary>
public sealed record RevealedReporter(string Number, string? Name, string? Phone)
{
    /// <inheritdoc/>
    public override string ToString() => "RevealedReporter " + Number;
}

/// <inheritdoc cref="RevealReporter"/>
public sealed class RevealReporterHandler(DeskDb db, ChangeIncident change, TimeProvider clock) : IRequestHandler<RevealReporter, Outcome<RevealedReporter>>
{
    /// <inheritdoc/>
    public async Task<Outcome<RevealedReporter>> Handle(RevealReporter request, CancellationToken cancellationToken)
    {
        var reason = request.Reason.Trim();
        if (reason.Length is < 2 or > 200 || reason.Any(char.IsControl))
        {
            return new Refusal("reason_required", "reason", "请写明查看原因(2 至 200 个字)。", "Say why, in 2 to 200 characters.");
        }

        var opened = await change.Open(request.By, Right.Reveal, request.Number, null, cancellationToken);
        if (opened.Value is not { Incident.Number: var number })
        {
            return opened.Refused!;
        }

        // The last told stands.
        var texts = await db.Texts.AsNoTracking().Where(t => t.Incident == number.Key && (t.Field == "reporterName" || t.Field == "reporterPhone"))
            .OrderByDescending(t => t.Seq).ToListAsync(cancellationToken);
        db.Log(request.By, "reporter_revealed", clock.GetUtcNow(), number.ToString(), reason);
        return new RevealedReporter(number.ToString(), Last("reporterName"), Last("reporterPhone"));

        string? Last(string field) => texts.Find(t => t.Field == field)?.Value;
    }
}
