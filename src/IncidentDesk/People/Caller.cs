using IncidentDesk.Domain;
using IncidentDesk.Domain.Incidents;

namespace IncidentDesk.People;

/// <summary>What a person is here for (DESIGN §6); one may hold several.</summary>
public enum Role
{
    /// <summary>驻点人员: logs, responds, resolves, asks.</summary>
    Staff,

    /// <summary>承办人: responds and resolves what is assigned to them.</summary>
    Handler,

    /// <summary>审批人(值班长): approves, assigns.</summary>
    Approver,

    /// <summary>绩效经办人: reports, ledger import, writes policies and reference data.</summary>
    Officer,

    /// <summary>系统管理员: accounts and settings; no incident's content, no approvals, no reports.</summary>
    Admin,

    /// <summary>安全审计员: the security log.</summary>
    Auditor,

    /// <summary>核查人员: an evaluator, reads business records, masked.</summary>
    Evaluator,
}

/// <summary>What may be done; each message asks for one.</summary>
public enum Right
{
    /// <summary>Log a fault, reopen it, note, ask for what needs a second person.</summary>
    Log,

    /// <summary>Respond, resolve, resume; a handler only what is assigned to them.</summary>
    Handle,

    /// <summary>Explain a breach (超时说明); a handler only what is assigned to them.</summary>
    Explain,

    /// <summary>Assign and decide requests.</summary>
    Approve,

    /// <summary>Read incidents.</summary>
    Read,

    /// <summary>Reports.</summary>
    Report,

    /// <summary>See how the watch does.</summary>
    Watch,

    /// <summary>Import ledgers.</summary>
    Import,

    /// <summary>Add people.</summary>
    People,

    /// <summary>Ask for new versions of policies, calendars, ladders, scope and reference data.</summary>
    WriteRules,

    /// <summary>See what a new version would move: who writes it, and who approves it.</summary>
    PreviewRules,

    /// <summary>See a reporter's name and phone in full, with a reason, on record.</summary>
    Reveal,

    /// <summary>Read the security log.</summary>
    Audit,

    /// <summary>已知悉: say that one knows of an alert in one's own inbox. Everybody may, with a token only where it says so.</summary>
    Acknowledge,
    /// <summary>Set up the ways out of the house, test them, send again what they gave up.</summary>
    Channels,
}

/// <summary>Who sends a message, with the roles held now, and by which road it came: page, api, cli or system.</summary>
public sealed record Caller(Actor Person, IReadOnlySet<Role> Roles, string Via)
{
    /// <summary>The rights that what they showed gives at most; null: all of theirs.</summary>
    public IReadOnlySet<Right>? Scopes { get; init; }

    /// <summary>Codes of the 镇街 to which their rights are limited; null: everywhere.</summary>
    public IReadOnlyList<string>? Towns { get; init; }

    /// <summary>The 受理点 to which they are limited; null: all.</summary>
    public IReadOnlyList<string>? ServicePoints { get; init; }

    /// <summary>Whom they stand in for today (代批): they are no approver themselves and hold that role for the other.</summary>
    public Actor? StandsInFor { get; init; }

    /// <summary>What they must do before anything else: <c>password</c> or <c>factor</c>; null: nothing.</summary>
    public string? MustFirst { get; init; }

    /// <summary>Whether they signed in: what opens other doors, as a new token or a second factor, is not for who only holds a token.</summary>
    public bool SignedIn { get; init; }

    /// <summary>What they showed; null for the product itself and for a test.</summary>
    public string? Credential { get; init; }

    /// <summary>The address it came from; null for a command.</summary>
    public string? Address { get; init; }

    /// <summary>Whether it is a wall screen, which sees the board within the places of who made its token, and has no right beside that.</summary>
    public bool Display { get; init; }

    private static readonly Dictionary<Right, Role[]> Rights = new()
    {
        [Right.Log] = [Role.Staff],
        [Right.Handle] = [Role.Staff, Role.Handler],
        [Right.Explain] = [Role.Staff, Role.Handler, Role.Approver, Role.Officer],
        [Right.Approve] = [Role.Approver],
        [Right.Read] = [Role.Staff, Role.Handler, Role.Approver, Role.Officer, Role.Evaluator],
        [Right.Report] = [Role.Officer, Role.Approver, Role.Evaluator],
        [Right.Watch] = [Role.Approver, Role.Officer, Role.Admin],
        [Right.Import] = [Role.Officer],
        [Right.People] = [Role.Admin],
        [Right.WriteRules] = [Role.Officer],
        [Right.PreviewRules] = [Role.Officer, Role.Approver],
        [Right.Reveal] = [Role.Staff, Role.Handler, Role.Approver, Role.Officer],
        [Right.Audit] = [Role.Auditor],
        [Right.Acknowledge] = Enum.GetValues<Role>(),
        [Right.Channels] = [Role.Officer, Role.Admin],
    };

    /// <summary>Whether there are places where they have no rights.</summary>
    public bool IsLimited => Towns is not null || ServicePoints is not null;

    /// <summary>Why this person may not, or null.</summary>
    public Refusal? Lacks(Right right) =>
        !Rights[right].Any(Roles.Contains) ? new Refusal("not_allowed", "actor", "您的角色没有此项权限。", $"{Person.Id} has no role that may do this.")
        : LacksScope(right);

    /// <summary>Why what they showed does not give this right, whatever their roles; or null.</summary>
    public Refusal? LacksScope(Right right) =>
        Scopes?.Contains(right) is false ? new Refusal("not_in_scope", "token", "所用令牌不含此项权限。", "The token does not hold this right.") : null;

    /// <summary>Why they may not change how they are let in: they show a token and have not signed in.</summary>
    public Refusal? LacksSignIn() => SignedIn ? null : new Refusal(
        "sign_in_required", "Authorization", "此项操作须登录后办理，不能使用令牌。", "This is done after signing in, not with a token.");

    /// <summary>Why they may not on this incident: whoever has the right as a handler only, has it only on what is assigned to them, and nobody beyond their places.</summary>
    public Refusal? LacksOn(Incident incident, Right right) =>
        Rights[right].Where(Roles.Contains).SequenceEqual([Role.Handler]) && right is not Right.Read && incident.Handler?.Id != Person.Id
            ? new Refusal("not_assigned_to_you", "actor", "该工单未派给您。", "The incident is not assigned to you.")
            : incident.Entries[0].What is FaultLogged { Details: var details } ? LacksAt(details.Town?.Code, details.ServicePoint) : null;

    /// <summary>Why they may not at this place: their rights are limited to others. What belongs to no town, as a fault of an information system, is in everybody's.</summary>
    public Refusal? LacksAt(string? town, string? servicePoint) =>
        (town is null || Towns?.Contains(town) is not false) && (servicePoint is null || ServicePoints?.Contains(servicePoint) is not false)
            ? null
            : new Refusal("not_your_place", "actor", "该工单不在您负责的镇街或受理点。", "The incident is not of a place that your rights are limited to.");

    /// <summary>What covers the whole district is not for those whose rights are limited to a part of it.</summary>
    public Refusal? LacksEverywhere(Right right) => Lacks(right) ?? (IsLimited
        ? new Refusal("not_your_place", "actor", "全区数据不在您负责的镇街或受理点范围内。", "Figures of the whole district are not for rights that are limited to a place.")
        : null);

    /// <summary>As who decides: a stand-in's name says for whom (代批), on every event and list.</summary>
    public Caller Deciding => StandsInFor is null ? this : this with { Person = Person with { Name = Limited($"{Person.Name}(代{StandsInFor.Name})") } };

    private static string Limited(string name) => name.Length <= Data.DeskDb.NameLength ? name : name[..Data.DeskDb.NameLength];
}

/// <summary>Roles by their codes.</summary>
public static class Roles
{
    /// <summary>Reads <c>staff,approver</c>; null where a code is unknown.</summary>
    public static IReadOnlySet<Role>? Parse(string codes)
    {
        var roles = new HashSet<Role>();
        foreach (var code in codes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse<Role>(code, ignoreCase: true, out var role) || !Enum.IsDefined(role) || char.IsAsciiDigit(code[0]))
            {
                return null;
            }

            roles.Add(role);
        }

        return roles;
    }

    /// <summary>Reads the rights of a token's scopes; null where a code is unknown.</summary>
    public static IReadOnlySet<Right>? ParseScopes(IEnumerable<string> codes)
    {
        var all = Enum.GetValues<Right>().ToDictionary(ScopeOf, StringComparer.Ordinal);
        var rights = codes.Select(c => all.TryGetValue(c, out var right) ? right : (Right?)null).ToList();
        return rights.Contains(null) ? null : rights.Select(r => r!.Value).ToHashSet();
    }

    /// <summary>The code of a right as a token's scope: <c>log</c>, <c>write-rules</c>, …</summary>
    public static string ScopeOf(Right right) =>
        string.Concat(right.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>The codes, comma between, in a fixed order.</summary>
    public static string Codes(IEnumerable<Role> roles) =>
        string.Join(',', roles.Distinct().Order().Select(r => r.ToString().ToLowerInvariant()));
}
