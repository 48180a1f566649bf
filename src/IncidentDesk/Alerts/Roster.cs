using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.People;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Who an alert goes to today. Until there are rosters every approver is on duty and every officer is the department. A step for a handler that nobody is goes to the staff
/// of the 受理点, else to every approver: somebody must give the job to somebody.
/// </summary>
public sealed class Roster
{
    private readonly IReadOnlyList<(PersonRow Person, IReadOnlySet<Role> Roles)> people;

    private Roster(IReadOnlyList<PersonRow> rows) => people = [.. rows.Select(p => (p, Roles.Parse(p.Roles) ?? new HashSet<Role>()))];

    /// <summary>Everybody with a role whose account is in use; whoever has left reads no inbox.</summary>
    public static async Task<Roster> Load(DeskDb db, DateTimeOffset now, CancellationToken cancellationToken) =>
        new([.. (await db.People.AsNoTracking().Where(p => p.Roles != "").OrderBy(p => p.Id).ToListAsync(cancellationToken)).Where(p => p.IsInForce(now))]);

    /// <summary>系统管理员: the operators of the watch.</summary>
    public IReadOnlyList<string> Operators => With(Role.Admin);

    /// <summary>People by audience, each once.</summary>
    public IReadOnlyList<string> Of(IReadOnlyList<string> audiences, string? handler, string? servicePoint) =>
        [.. audiences.SelectMany(a => a switch
        {
            Audience.Handler when handler is not null && people.Any(p => p.Person.Id == handler) => [handler],
            Audience.Handler => AtPoint(servicePoint) is { Count: > 0 } staff ? staff : With(Role.Approver),
            Audience.OnDuty => With(Role.Approver),
            _ => With(Role.Officer),
        }).Distinct()];

    private List<string> AtPoint(string? servicePoint) => servicePoint is null ? []
        : [.. people.Where(p => p.Person.ServicePoint == servicePoint && p.Roles.Contains(Role.Staff)).Select(p => p.Person.Id)];

    private List<string> With(Role role) => [.. people.Where(p => p.Roles.Contains(role)).Select(p => p.Person.Id)];
}
