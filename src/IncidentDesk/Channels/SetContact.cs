using System.Text.RegularExpressions;
using IncidentDesk.Accounts;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Channels;

/// <summary>
/// Sets where a person is reached outside the desk: by themself, or by an administrator; a null caller is the operator at the machine. Null leaves as it is, an empty text
/// takes away.
/// </summary>
public sealed record SetContact(Caller? By, string Person, string? Email, string? Phone) : IRequest<Outcome<Contact>>, IUnitOfWork
{
    /// <summary>Whose; where is personal.</summary>
    public override string ToString() => "SetContact " + Person;
}

/// <summary>Where somebody is reached; null: not at all.</summary>
public sealed record Contact(string Person, string? Email, string? Phone);

/// <summary>The contacts: of everybody for an administrator, masked; for anybody else their own, also by a token that may only read.</summary>
public sealed record ReadContacts(Caller By) : IRequest<Outcome<IReadOnlyList<Contact>>>;

/// <inheritdoc cref="SetContact"/>
public sealed partial class SetContactHandler(DeskDb db, TimeProvider clock) : IRequestHandler<SetContact, Outcome<Contact>>
{
    /// <inheritdoc/>
    public async Task<Outcome<Contact>> Handle(SetContact request, CancellationToken cancellationToken)
    {
        var (email, phone) = (request.Email?.Trim(), request.Phone?.Trim());
        var refused = (request.By is null || request.By.Person.Id == request.Person ? null : request.By.Lacks(Right.People))
            ?? (await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == request.Person && p.Roles != "", cancellationToken) is null ? new Refusal("person_not_found", "id", "没有该人员。", "There is no such person.")
            : email is { Length: > 0 } && (email.Length > 254 || !EmailChannel.IsAddress(email)) ? new Refusal("bad_email", "email", "应为电子邮件地址。", "It must be an e-mail address.")
            : phone is { Length: > 0 } && !Phones().IsMatch(phone) ? new Refusal("bad_phone", "phone", "应为 5 至 20 位数字，前面可加 +。", "It must be 5 to 20 digits, + in front at most.")
            : null);
        if (refused is not null)
        {
            return refused;
        }

        var row = await db.Contacts.SingleOrDefaultAsync(c => c.Person == request.Person, cancellationToken) ?? db.Contacts.Add(new ContactRow { Person = request.Person }).Entity;
        row.Email = email is null ? row.Email : email.Length == 0 ? null : email;
        row.Phone = phone is null ? row.Phone : phone.Length == 0 ? null : phone;
        row.ChangedAt = Iso.ToMilliseconds(clock.GetUtcNow());
        db.Log(request.By, "contact_changed", row.ChangedAt, row.Person);
        return new Contact(row.Person, row.Email, row.Phone);
    }

    [GeneratedRegex(@"\A\+?[0-9]{5,20}\z")]
    private static partial Regex Phones();
}

/// <inheritdoc cref="ReadContacts"/>
public sealed class ReadContactsHandler(DeskDb db) : IRequestHandler<ReadContacts, Outcome<IReadOnlyList<Contact>>>
{
    /// <inheritdoc/>
    public async Task<Outcome<IReadOnlyList<Contact>>> Handle(ReadContacts request, CancellationToken cancellationToken)
    {
        if (request.By.LacksScope(Right.Read) is { } denied)
        {
            return denied;
        }

        var (me, all) = (request.By.Person.Id, request.By.Lacks(Right.People) is null);
        var rows = await db.Contacts.AsNoTracking().Where(c => all || c.Person == me).OrderBy(c => c.Person).ToListAsync(cancellationToken);
        return new Outcome<IReadOnlyList<Contact>>([.. rows.Select(c => c.Person == me ? new Contact(c.Person, c.Email, c.Phone) : new Contact(c.Person, Email(c.Email), Phone(c.Phone)))], null);
    }

    private static string? Email(string? email) => email is null ? null : email[..1] + "***" + email[email.LastIndexOf('@')..];

    private static string? Phone(string? phone) => phone is null ? null : phone.Length >= 7 ? phone[..3] + "****" + phone[^4..] : "****";
}
