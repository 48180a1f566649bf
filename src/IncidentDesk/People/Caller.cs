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
}

/// <summary>Who sends a message, with the roles held now, and by which road it came: page, api, cli or system.</summary>
public sealed record Caller(Actor Person, IReadOnlySet<Role> Roles, string Via)
{
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
    };

    /// <summary>Why this person may not, or null.</summary>
    public Refusal? Lacks(Right right) => Rights[right].Any(Roles.Contains) ? null : new Refusal(
        "not_allowed", "actor", "您的角色没有此项权限。", $"{Person.Id} has no role that may do this.");

    /// <summary>Whoever has the right as a handler only, has it only on what is assigned to them.</summary>
    public Refusal? LacksOn(Incident incident, Right right) =>
        Rights[right].Where(Roles.Contains).SequenceEqual([Role.Handler]) && incident.Handler?.Id != Person.Id
            ? new Refusal("not_assigned_to_you", "actor", "该工单未派给您。", "The incident is not assigned to you.")
            : null;
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

    /// <summary>The codes, comma between, in a fixed order.</summary>
    public static string Codes(IEnumerable<Role> roles) =>
        string.Join(',', roles.Distinct().Order().Select(r => r.ToString().ToLowerInvariant()));
}
