using IncidentDesk.Data;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Reference;

/// <summary>
/// By which rules a row may stand: those known now, and while rows wait to be projected anew (<see cref="ProjectAnew"/>) those known before each version that is not done yet.
/// </summary>
internal static class StandingRules
{
    /// <summary>The rules known now first.</summary>
    public static async Task<IReadOnlyList<Rules>> Read(DeskDb db, ReferenceBook book, CancellationToken cancellationToken)
    {
        var waiting = await ProjectAnew.Waiting(db).Select(p => p.Period).ToListAsync(cancellationToken);
        return
        [
            book.Rules.KnownAt(DateTimeOffset.MaxValue),
            .. waiting.Select(id => book.Version(id).RecordedAt).Distinct().Select(recorded => book.Rules.KnownAt(recorded.AddMilliseconds(-1))),
        ];
    }
}
