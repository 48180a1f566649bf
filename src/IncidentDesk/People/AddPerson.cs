using System.Text.RegularExpressions;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.People;

/// <summary>
/// Adds a person with roles, and the 受理点 where they are on duty if that matters; the one-time password is told once. An evaluator's account ends after 90 days unless another end is set
/// later. A null caller is the operator at the machine.
/// </summary>
public sealed record AddPerson(Caller? By, string Id, string Name, string Roles, string? ServicePoint = null) : IRequest<Outcome<PersonAdded>>, IUnitOfWork;

/// <summary>A person and the one-time password with which they first sign in.</summary>
public sealed record PersonAdded(PersonRow Person, string OneTimePassword)
{
    /// <inheritdoc/>
    public override string ToString() => "PersonAdded " + Person.Id;
}

/// <inheritdoc cref="AddPerson"/>
public sealed partial class AddPersonHandler(DeskDb db, TimeProvider clock) : IRequestHandler<AddPerson, Outcome<PersonAdded>>
{
    /// <inheritdoc/>
    public async Task<Outcome<PersonAdded>> Handle(AddPerson request, CancellationToken cancellationToken)
    {
        var roles = People.Roles.Parse(request.Roles);
        var name = request.Name.Trim();
        var point = request.ServicePoint?.Trim();
        var refused = request.By?.Lacks(Right.People)
            ?? Incidents.Texts.CheckName("servicePoint", point, DeskDb.NameLength)
            ?? (!Id().IsMatch(request.Id) ? new Refusal("bad_person_id", "id", "人员编号应为 1 至 64 个拉丁字母、数字或 . _ -。", "An id is 1 to 64 Latin letters, digits or . _ -")
                : name.Length is < 1 or > DeskDb.NameLength || name.Any(char.IsControl) ? new Refusal("bad_name", "name", "姓名应为 1 至 100 个字。", "A name is 1 to 100 characters.")
                : roles is null or { Count: 0 } ? UnknownRole
                : await db.People.AnyAsync(p => p.Id == request.Id, cancellationToken) ? new Refusal("person_exists", "id", "该人员编号已存在。", "That id is taken.")
                : null);
        if (refused is not null)
        {
            return refused;
        }

        var now = clock.GetUtcNow();
        var person = new PersonRow { Id = request.Id, Name = name, Roles = People.Roles.Codes(roles!), ServicePoint = point, CreatedAt = now, EndsAt = EndOf(roles!, null, now) };
        var account = new AccountRow { Person = person.Id };
        var password = Passwords.Random();
        Passwords.Set(account, password, oneTime: true, now);
        db.People.Add(person);
        db.Accounts.Add(account);
        db.Log(request.By, "person_added", now, person.Id, person.Roles);
        return new PersonAdded(person, password);
    }

    /// <summary>When an account ends: as it is set, and an evaluator's after 90 days where nobody sets an end, for it always has one.</summary>
    internal static DateTimeOffset? EndOf(IReadOnlySet<Role> roles, DateTimeOffset? set, DateTimeOffset now) => set ?? (roles.Contains(Role.Evaluator) ? now.AddDays(EvaluatorDays) : null);

    private const int EvaluatorDays = 90;

    internal static readonly Refusal UnknownRole = new(
        "unknown_role", "roles", "角色应为 staff、handler、approver、officer、admin、auditor、evaluator 中的一个或几个。",
        "Roles are one or more of staff, handler, approver, officer, admin, auditor, evaluator.");

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Id();
}
