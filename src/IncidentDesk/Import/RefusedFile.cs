using System.Text;

namespace IncidentDesk.Import;

/// <summary>
/// The refused lines of an import as a ledger again (UTF-8 with BOM, which spreadsheets read), with code and words in two columns more: mend it, import it. The file is
/// made with the first refused line; without any, an older one of that name is removed.
/// </summary>
public sealed class RefusedFile(string path) : IAsyncDisposable
{
    private static readonly Dictionary<string, string> Words = new()
    {
        ["bad_time"] = "时间格式不对或日期不存在", ["missing_reported_at"] = "缺少接报时间", ["unknown_kind"] = "领域应为出租屋或信息系统",
        ["unknown_category"] = "类别代码不存在或不属于该领域", ["unknown_town"] = "镇街代码不存在", ["unknown_system"] = "系统代码不存在",
        ["unknown_severity"] = "严重程度应为 P1 至 P4", ["unknown_channel"] = "渠道代码不存在", ["unknown_void_reason"] = "作废原因代码不存在",
        ["occurred_after_reported"] = "发生时间晚于接报时间", ["reported_after_logged"] = "接报时间晚于登记时间",
        ["responded_before_start"] = "首次响应时间早于接报时间", ["resolved_before_start"] = "办结时间早于接报时间，或再次办结时间早于重开时间",
        ["voided_before_start"] = "作废时间早于接报时间", ["reopened_while_open"] = "未办结即重开", ["reopen_window_passed"] = "办结七天后不得重开，应另建工单",
        ["example_line"] = "模板中的示例行，请删除", ["approver_is_requester"] = "作废审批人与处理人为同一人", ["duplicate_external_no"] = "原编号重复，且内容不同或在本文件中已出现",
    };

    /// <summary>What a line's code means, zh-CN.</summary>
    public static string WordsOf(string error) => Words[error];

    private StreamWriter? writer;

    /// <summary>Adds a line.</summary>
    public void Write(RefusedLine line)
    {
        if (writer is null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            writer.WriteLine(string.Join(',', LedgerFile.Columns.Concat(LedgerFile.RefusedColumns)));
        }

        writer.WriteLine(string.Join(',', line.Record.Fields.Append(line.Error).Append(Words[line.Error]).Select(Csv.Cell)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (writer is not null)
        {
            await writer.DisposeAsync();
        }
        else if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
