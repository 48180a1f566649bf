using IncidentDesk.Data;
using IncidentDesk.Domain;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using MediatR;

namespace IncidentDesk.Accounts;

/// <summary>From where somebody acts: the address, and page, api or cli.</summary>
public sealed record Origin(string? Address, string Via)
{
    /// <summary>The machine itself.</summary>
    public static readonly Origin Command = new(null, "cli");
}

/// <summary>Entries of the security log. An act writes its own in its transaction; a refusal, which stores nothing, is noted by <see cref="NoteRefusal"/>.</summary>
public static class SecurityLog
{
    /// <summary>The outcome of what was done.</summary>
    public const string Done = "done";

    /// <summary>Adds what a caller did; a null caller is the operator at the machine, by the account of the operating system.</summary>
    internal static void Log(this DeskDb db, Caller? by, string what, DateTimeOffset now, string? about = null, string? detail = null) =>
        db.Log(by?.Person.Id ?? InstallationEvent.Operator, new Origin(by?.Address, by?.Via ?? "cli"), what, Done, now, about, detail);

    /// <summary>Adds an entry.</summary>
    internal static void Log(this DeskDb db, string who, Origin from, string what, string outcome, DateTimeOffset now, string? about = null, string? detail = null) =>
        db.SecurityEvents.Add(new SecurityEventRow
        {
            Id = Guid.CreateVersion7(now).ToString("N"), At = Iso.ToMilliseconds(now), Who = Cut(who, DeskDb.NameLength)!, What = what, Outcome = outcome,
            About = Cut(about, DeskDb.NameLength), Address = Cut(from.Address, 64), Via = from.Via, Detail = Cut(detail, 400),
        });

    private static string? Cut(string? text, int length)
    {
        var said = text is null ? null : string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return said?.Length > length ? said[..length] : said;
    }
}

/// <summary>Notes that something was refused: who, what, why, from where.</summary>
public sealed record NoteRefusal(string Who, Origin From, string What, string Code, string? About = null, string? Credential = null) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="NoteRefusal"/>
public sealed class NoteRefusalHandler(DeskDb db, TimeProvider clock) : IRequestHandler<NoteRefusal, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(NoteRefusal request, CancellationToken cancellationToken)
    {
        db.Log(request.Who, request.From, request.What, request.Code, clock.GetUtcNow(), request.About);
        if (request.Credential is { } id && await db.Credentials.FindAsync([id], cancellationToken) is { } credential)
        {
            credential.LastUsedAt = clock.GetUtcNow();
        }

        return true;
    }
}

/// <summary>Notes what the operator at the machine did, by the account of the operating system.</summary>
public sealed record NoteCommand(string What, string? Detail = null) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="NoteCommand"/>
public sealed class NoteCommandHandler(DeskDb db, TimeProvider clock) : IRequestHandler<NoteCommand, bool>
{
    /// <inheritdoc/>
    public Task<bool> Handle(NoteCommand request, CancellationToken cancellationToken)
    {
        db.Log(null, request.What, clock.GetUtcNow(), detail: request.Detail);
        return Task.FromResult(true);
    }
}

/// <summary>Notes that a credential is in use: its idle end moves on. At most once a minute.</summary>
public sealed record NoteUse(string Credential) : IRequest<bool>, IUnitOfWork;

/// <inheritdoc cref="NoteUse"/>
public sealed class NoteUseHandler(DeskDb db, TimeProvider clock) : IRequestHandler<NoteUse, bool>
{
    /// <inheritdoc/>
    public async Task<bool> Handle(NoteUse request, CancellationToken cancellationToken)
    {
        if (await db.Credentials.FindAsync([request.Credential], cancellationToken) is { EndedAt: null } credential)
        {
            credential.LastUsedAt = clock.GetUtcNow();
        }

        return true;
    }
}
