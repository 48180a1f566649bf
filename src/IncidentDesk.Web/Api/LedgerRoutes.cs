using IncidentDesk.Domain;
using IncidentDesk.Import;
using IncidentDesk.People;

namespace IncidentDesk.Web.Api;

/// <summary>The ledger import over HTTP, CSV and XLSX: the same reading, the same rules and the same summary as the command; and the 台账模板.</summary>
internal static class LedgerRoutes
{
    /// <summary>Bytes that an upload may have.</summary>
    public const long Longest = 256L << 20;

    public static void MapLedgers(this WebApplication app)
    {
        var desk = app.MapDesk("ledgers");
        desk.MapPost("/ledgers/{source}", (Delegate)Upload).Accepts<IFormFile>("text/csv", LedgerTemplate.MediaType).WithName("import");
        desk.MapGet("/ledger/template", (Delegate)(async (HttpContext http) =>
        {
            if (http.Caller().Lacks(Right.Import) is { } refused)
            {
                return Problems.Of(refused);
            }

            var workbook = new MemoryStream();
            await LedgerTemplate.Write(workbook, http.RequestAborted);
            workbook.Position = 0;
            return Results.Stream(workbook, LedgerTemplate.MediaType, LedgerTemplate.FileName);
        })).Produces<Stream>(200, LedgerTemplate.MediaType).WithName("ledgerTemplate");
    }

    private static async Task<IResult> Upload(HttpContext http, string source)
    {
        if ((http.Caller().Lacks(Right.Import) ?? Wrong(http, source)) is { } refused)
        {
            return Problems.Of(refused);
        }

        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // The server's own limit is for the small bodies of all other routes.
            limit.MaxRequestBodySize = Longest + 1;
        }

        var path = Path.GetTempFileName();
        try
        {
            await using (var file = File.Create(path))
            {
                var buffer = new byte[64 * 1024];
                int read;
                while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
                {
                    await file.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
                    if (file.Length > Longest)
                    {
                        return Problems.Of(new Refusal("body_too_large", "body", "文件过大，请用命令行导入。", "The file is too large; import it by the command line."));
                    }
                }
            }

            return await Import(http, source, path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<IResult> Import(HttpContext http, string source, string path)
    {
        var (ledger, broken) = LedgerFile.Open(path);
        if (ledger is null)
        {
            return Problems.Of(broken!);
        }

        using (ledger)
        {
            var lines = new List<RefusedLine>();
            var done = await new ImportLedger(http.RequestServices).Run(
                ledger, source, line => lines.Add(line with { Record = line.Record with { Fields = [] } }), _ => { }, http.RequestAborted);
            return DeskApi.Written(json => ImportSummary.Write(json, done, lines));
        }
    }

    private static Refusal? Wrong(HttpContext http, string source) =>
        WrongSource(source) ?? (Body.IsCsv(http) || http.Request.ContentType?.StartsWith(LedgerTemplate.MediaType, StringComparison.OrdinalIgnoreCase) is true
            ? null
            : new Refusal("wrong_media_type", "Content-Type", "请求应为 text/csv 或 .xlsx 的类型。", $"The request must be text/csv or {LedgerTemplate.MediaType}."));

    /// <summary>Why that is no name of a ledger, or null.</summary>
    public static Refusal? WrongSource(string source) => source.Length is < 1 or > 64 || source.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        ? new Refusal("bad_source", "source", "来源名称应为 1 至 64 个字符，不含空白。", "A source is 1 to 64 characters without white space.")
        : null;
}
