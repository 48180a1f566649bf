using System.Diagnostics;
using IncidentDesk.Domain;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>What a person reads where a page cannot be shown. It asks the database nothing, which may be what is wrong.</summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class ProblemPage : DeskPage
{
    private static readonly Refusal Nothing = new("not_found", "path", "没有这个地址。", "There is nothing at this address.");

    /// <summary>What is wrong.</summary>
    public Refusal Why => HttpContext.Items[typeof(Refusal)] as Refusal ?? Nothing;

    /// <summary>What finds the entry in the logs, where the fault is ours.</summary>
    public string? Trace => Response.StatusCode == 500 ? Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier : null;

    /// <summary>The kind of it.</summary>
    public string Title(Words words) => Response.StatusCode switch
    {
        400 => words["无法处理该请求", "The request cannot be taken"],
        403 => words["没有权限", "Not allowed"],
        410 => words["已失效", "No longer valid"],
        500 => words["系统出错", "Something went wrong"],
        503 => words["暂时无法使用", "Not available at the moment"],
        _ => words["没有该页面", "No such page"],
    };

    /// <summary>Whoever asks for the address itself finds nothing.</summary>
    public void OnGet() => Response.StatusCode = Response.StatusCode == 200 ? 404 : Response.StatusCode;
}
