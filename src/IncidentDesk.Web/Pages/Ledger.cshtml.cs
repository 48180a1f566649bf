using IncidentDesk.Domain;
using IncidentDesk.People;
using IncidentDesk.Web.Api;
using Microsoft.AspNetCore.Mvc;

namespace IncidentDesk.Web.Pages;

/// <summary>台账导入: a ledger is sent, read through and shown; the sender confirms it and watches it go in.</summary>
[LargeForm]
internal sealed class LedgerPage(LedgerUploads uploads) : DeskPage
{
    // Seconds until the page asks again how far it is; without a script, by a header.
    private const string AskAgain = "2";

    /// <summary>The upload that is shown.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Upload { get; set; }

    /// <summary>What it is; null before one was sent.</summary>
    public LedgerUpload? Shown { get; private set; }

    /// <summary>Whether an upload was asked for that this host does not have, or no longer.</summary>
    public bool IsGone => !string.IsNullOrEmpty(Upload) && Shown is null;

    /// <inheritdoc/>
    protected internal override Task<Refusal?> Load()
    {
        Shown = uploads.Find(Upload, By.Person.Id);
        return Task.FromResult(By.Lacks(Right.Import));
    }

    /// <summary>Shows it, and again while it runs.</summary>
    public Task<IActionResult> OnGet()
    {
        if (uploads.Find(Upload, By.Person.Id) is { IsRunning: true })
        {
            Response.Headers["Refresh"] = AskAgain;
        }

        return Show();
    }

    /// <summary>Takes a file in and reads it through; nothing is imported yet.</summary>
    public async Task<IActionResult> OnPost(IFormFile? file, string? source)
    {
        var name = (source ?? "").Trim();
        if ((By.Lacks(Right.Import) ?? LedgerRoutes.WrongSource(name) ?? (file is null ? Missing : file.Length > LedgerRoutes.Longest ? TooLarge : null)) is { } refused)
        {
            return await Show(refused);
        }

        var (upload, broken) = await uploads.Take(By.Person.Id, name, file!, HttpContext.RequestAborted);
        return upload is null ? await Show(broken! with { Field = "file" }) : RedirectToPage(new { upload = upload.Id });
    }

    /// <summary>Imports what was shown. Sent twice it is imported once.</summary>
    public async Task<IActionResult> OnPostImport()
    {
        if (By.Lacks(Right.Import) is { } refused || uploads.Find(Upload, By.Person.Id) is not { } upload)
        {
            return await Show(By.Lacks(Right.Import) ?? Gone);
        }

        uploads.Import(upload);
        return RedirectToPage(new { upload = upload.Id });
    }

    /// <summary>Forgets what was sent.</summary>
    public async Task<IActionResult> OnPostDiscard()
    {
        if (By.Lacks(Right.Import) is { } refused)
        {
            return await Show(refused);
        }

        if (uploads.Find(Upload, By.Person.Id) is { } upload)
        {
            uploads.Discard(upload);
        }

        return RedirectToPage(new { upload = (string?)null });
    }

    /// <summary>The refused lines as a ledger, to be mended and sent again.</summary>
    public async Task<IActionResult> OnGetRefused()
    {
        if (By.Lacks(Right.Import) is not null || uploads.Find(Upload, By.Person.Id) is not { IsWaiting: false, IsRunning: false } upload || !System.IO.File.Exists(upload.RefusedPath))
        {
            return await Show(By.Lacks(Right.Import) ?? Gone);
        }

        return PhysicalFile(upload.RefusedPath, "text/csv; charset=utf-8", Path.GetFileNameWithoutExtension(upload.FileName) + "-退回.csv");
    }

    private static readonly Refusal Missing = new("file_missing", "file", "请选择台账文件(.xlsx 或 .csv)。", "Choose a ledger, .xlsx or .csv.");

    private static readonly Refusal TooLarge = new("body_too_large", "file", "文件过大，请用命令行导入。", "The file is too large; import it by the command line.");

    private static readonly Refusal Gone = new(
        "upload_gone", "upload", "这份上传已不在服务器上(超过两小时、已放弃，或服务已重启)，请重新选择文件上传；已导入的行不会重复导入。",
        "That upload is no longer here: send the file again. Lines that were imported add nothing.");
}
