using System.Text.RegularExpressions;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>
/// Adds a person with roles, and the 受理点 where they are on duty if that matters. A null caller is the operator at the machine.
/// </summary>
public sealed record AddPerson(Caller? By, string Id, string Name, string Roles, string? ServicePoint = null) : IRequest<Outcome<PersonRow>>, IUnitOfWork;

/// <inheritdoc cref="AddPerson"/>
public sealed partial class AddPersonHandler(DeskDb db, TimeProvider clock) : IRequestHandler<AddPerson, Outcome<PersonRow>>
{
    /// <inheritdoc/>
    public async Task<Outcome<PersonRow>> Handle(AddPerson request, CancellationToken cancellationToken)
    {
        var roles = People.Roles.Parse(request.Roles);
        var name = request.Name.Trim();
        var point = request.ServicePoint?.Trim();
        var refused = request.By?.Lacks(Right.People)
            ?? Incidents.Texts.CheckName("servicePoint", point, DeskDb.NameLength)
            ?? (!Id().IsMatch(request.Id) ? new Refusal("bad_person_id", "id", "人员编号应为 1 至 64 个拉丁字母、数字或 . _ -。", "An id is 1 to 64 Latin letters, digits or . _ -")
                : name.Length is < 1 or > DeskDb.NameLength || name.Any(char.IsControl) ? new Refusal("bad_name", "name", "姓名应为 1 至 100 个字。", "A name is 1 to 100 characters.")
                : roles is null or { Count: 0 } ? new Refusal(
                    "unknown_role", "roles", "角色应为 staff、handler、approver、officer、admin、auditor、evaluator 中的一个或几个。",
                    "Roles are one or more of staff, handler, approver, officer, admin, auditor, evaluator.")
                : await db.People.AnyAsync(p => p.Id == request.Id, cancellationToken) ? new Refusal("person_exists", "id", "该人员编号已存在。", "That id is taken.")
                : null);
        if (refused is not null)
        {
            return refused;
        }

        var person = new PersonRow { Id = request.Id, Name = name, Roles = People.Roles.Codes(roles!), ServicePoint = point, CreatedAt = clock.GetUtcNow() };
        db.People.Add(person);
        return person;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Id();
}
