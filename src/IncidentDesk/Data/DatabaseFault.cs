using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using IncidentDesk.Domain;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace IncidentDesk.Data;

/// <summary>
/// What kept a process from its database, as one sentence for whoever has to mend it. <paramref name="MayPass"/>: the surroundings are to blame and the same start may succeed
/// later (exit code 3); otherwise a setting, a right or a file must be changed first (exit code 1).
/// </summary>
public sealed record DatabaseFault(Refusal Said, bool MayPass)
{
    /// <summary>The code of an error that is nothing else of these: the statement may be to blame, or what it works on.</summary>
    private const string Other = "database_failed";

    private const string Connection = "Database:ConnectionString";

    // What the system says of a full disk: ENOSPC and EDQUOT of Linux, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static readonly int[] NoRoom = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>
    /// Whether the thing worked on may be to blame for an error, so that it is put aside and others go on. A database that is away or full is no incident's fault: whoever works
    /// fails visibly and tries again.
    /// </summary>
    internal static bool IsOfTheMatter(Exception e) => e is not OperationCanceledException && Of(e) is null or { Said.Code: Other };

    /// <summary>Of a process that could not begin for it.</summary>
    public int ExitCode => MayPass ? 3 : 1;

    /// <summary>The line for stderr.</summary>
    public override string ToString() => $"{(MayPass ? "failed" : "refused")} {Said.Code} ({Said.Field}): {Said.Zh} / {Said.En}";

    /// <summary>Reads it from an error, however deep it is told; null where no database is to blame.</summary>
    public static DatabaseFault? Of(Exception? error) => error switch
    {
        null => null,
        DataFolderException e => OfFolder(e.Folder, e.InnerException!),
        SqlException e when IsCertificate(e) => Mend(
            "certificate_not_trusted", Connection, "数据库服务器的证书不受本机信任：请在本机安装签发该证书的 CA 证书；或在连接字符串中加 TrustServerCertificate=True，此后仍然加密，但不再核验服务器身份，可能连到冒充者。",
            "This host does not trust the certificate of the database server: install the certificate of the CA that issued it on this host, or set TrustServerCertificate=True in the "
            + "connection string, which keeps the encryption but no longer checks who the server is, so that an impostor would be believed."),
        SqlException e => SqlServer(e),
        PostgresException e => PostgreSql(e),
        SqliteException e => Sqlite(e),
        DbException e when EngineOptions.IsAway(e) => Unreachable(e),
        DbException e => Failed(e),
        TimeoutException e => Unreachable(e),
        _ => Of(error.InnerException),
    };

    /// <summary>What keeps a process from its data folder.</summary>
    private static DatabaseFault OfFolder(string folder, Exception error) => NoRoom.Contains(error.HResult)
        ? DiskFull("Data:Folder", error)
        : Mend(
            "bad_data_folder", "Data:Folder", $"数据目录 {folder} 不是目录、只读或本程序无权写入。",
            $"The data folder {folder} is no folder, is read-only, or may not be written by this process: {OneLine(error)}");

    // The native driver of Windows names the error (untrusted root, wrong name); elsewhere the handshake of .NET itself fails within it.
    private static bool IsCertificate(SqlException e) =>
        e.Number is -2146893019 or -2146893022 || e.InnerException is AuthenticationException || e.GetBaseException() is AuthenticationException;

    private static DatabaseFault SqlServer(SqlException e) => e.Number switch
    {
        18456 or 18452 or 18487 or 18488 => Login(e),
        4060 or 911 => Missing(e),
        229 or 230 or 262 or 297 or 300 or 916 => Rights(e),
        3906 or 3908 => ReadOnly(e),
        1105 or 9002 => DiskFull("database", e),
        _ => e.Class >= 20 || e.Number is -2 or 0 || e.InnerException is SocketException or System.ComponentModel.Win32Exception ? Unreachable(e) : Failed(e),
    };

    private static DatabaseFault PostgreSql(PostgresException e) => e.SqlState switch
    {
        "28P01" or "28000" => Login(e),
        "3D000" => Missing(e),
        "42501" => Rights(e),
        "25006" => ReadOnly(e),
        "53100" => DiskFull("database", e),
        _ => e.IsTransient ? Unreachable(e) : Failed(e),
    };

    private static DatabaseFault Sqlite(SqliteException e) => e switch
    {
        { SqliteErrorCode: 8 } => ReadOnly(e),

        // A full disk shows first where the shared memory beside the file cannot grow.
        { SqliteErrorCode: 13 } or { SqliteExtendedErrorCode: 4874 } => DiskFull("Data:Folder", e),
        { SqliteErrorCode: 10 } => Wait(
            "disk_failed", "Data:Folder", "读写数据库文件出错，请检查磁盘。", $"Reading or writing the database file failed; check the disk: {OneLine(e)}"),
        { SqliteErrorCode: 5 or 6 } => Wait(
            "database_locked", "database", "数据库正被其他程序占用，请稍后再试。", $"Another process holds the database; try again later: {OneLine(e)}"),
        { SqliteErrorCode: 14 or 3 or 23 } => Mend(
            "database_not_opened", Connection, "无法打开数据库文件：路径不存在、是目录，或本程序无权读写。",
            $"The database file cannot be opened: its path does not exist, is a folder, or may not be used by this process: {OneLine(e)}"),
        { SqliteErrorCode: 26 or 11 } => Mend(
            "not_a_database", Connection, "所指的文件不是数据库，或已损坏。", $"The file is no database, or it is damaged: {OneLine(e)}"),
        _ => Failed(e),
    };

    private static DatabaseFault Unreachable(Exception e) => Wait(
        "database_unreachable", Connection, "无法连接数据库服务器：请检查地址、端口、网络及服务器是否运行。",
        $"The database server cannot be reached; check its address and port, the network, and whether it runs: {OneLine(e)}");

    private static DatabaseFault Failed(DbException e) => Wait(Other, "database", "数据库中断了操作。", $"The database broke off: {OneLine(e)}");

    private static DatabaseFault DiskFull(string field, Exception e) => Wait(
        "disk_full", field, "磁盘已满，未保存任何内容；请腾出空间。", $"The disk is full and nothing was stored; make room: {OneLine(e)}");

    private static DatabaseFault Login(DbException e) => Mend(
        "login_refused", Connection, "数据库服务器拒绝了用户名或密码。", $"The database server refuses the user name or password: {OneLine(e)}");

    private static DatabaseFault Missing(DbException e) => Mend(
        "database_missing", Connection, "服务器上没有这个数据库，或该用户无权访问。", $"The server has no such database, or this user may not use it: {OneLine(e)}");

    private static DatabaseFault Rights(DbException e) => Mend(
        "missing_rights", Connection, "数据库用户的权限不足：运行需要对各表的 SELECT、INSERT、UPDATE、DELETE，migrate 还需要建表权限。",
        $"The database user has too few rights; it needs SELECT, INSERT, UPDATE and DELETE on the tables, and for migrate the right to make them: {OneLine(e)}");

    private static DatabaseFault ReadOnly(DbException e) => Mend(
        "database_read_only", Connection, "数据库只读，无法写入。", $"The database is read-only: {OneLine(e)}");

    private static DatabaseFault Mend(string code, string field, string zh, string en) => new(new Refusal(code, field, zh, en), false);

    private static DatabaseFault Wait(string code, string field, string zh, string en) => new(new Refusal(code, field, zh, en), true);

    /// <summary>The driver's own words. Its innermost may be an error number of the system, the socket's "Success" included; they never hold the password.</summary>
    private static string OneLine(Exception e) => string.Join(' ', e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
