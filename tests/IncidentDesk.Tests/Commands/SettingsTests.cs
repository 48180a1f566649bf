using System.Diagnostics;

namespace IncidentDesk.Tests.Commands;

/// <summary>Settings of a process: what is wrong is said in one sentence, nothing hangs, and the same ledger is found from everywhere.</summary>
public sealed class SettingsTests : IDisposable
{
    private const string Password = "geheim;7";
    private readonly DeskFolder folder = new();

    [Theory]
    [InlineData("Database__Engine", "MySql", "bad_engine")]
    [InlineData("Database__Engine", "1", "bad_engine")]
    [InlineData("Database__Engine", "+1", "bad_engine")]
    [InlineData("Database__Engine", "", "bad_engine")]
    [InlineData("Database__Engine", "Sqlite,SqlServer", "bad_engine")]
    [InlineData("Database__Engine", "SqlServer", "missing_connection_string")]
    [InlineData("Database__Engine", "postgresql", "missing_connection_string")]
    [InlineData("Database__ConnectionString", "garbage", "bad_connection_string")]
    [InlineData("Database__ConnectionString", "Data Source=a.db;Colour=red", "bad_connection_string")]
    [InlineData("Database__ConnectionString", "Data Source=:memory:", "database_not_a_file")]
    [InlineData("Database__ConnectionString", "Foreign Keys=True", "database_not_a_file")]
    [InlineData("Database__ConnectionString", "Data Source=a;Mode=Memory;Cache=Shared", "database_not_a_file")]
    [InlineData("Installation__Zone", "Mars/Olympus", "unknown_zone")]
    [InlineData("Installation__NumberPrefix", "by", "bad_number_prefix")]
    [InlineData("Installation__NumberPrefix", "", "bad_number_prefix")]
    [InlineData("Installation__NumberPrefix", "ABCDEFGHI", "bad_number_prefix")]
    [InlineData("Installation__NumberPrefix", "B-Y", "bad_number_prefix")]
    [InlineData("Installation__District", " ", "bad_district")]
    public async Task A_wrong_setting_is_named(string name, string value, string code)
    {
        folder.Settings[name] = value;

        var ran = await folder.Run("verify");

        ran.Refused(code);
        Assert.False(folder.Wrote);
        Assert.Single(ran.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("SqlServer", "Server=127.0.0.1;Password=geheim;7")]
    [InlineData("SqlServer", "Server=127.0.0.1;Password='geheim;7';Connect Timeout=soon")]
    [InlineData("SqlServer", "garbage")]
    [InlineData("PostgreSql", "Host=127.0.0.1;Password=geheim;7")]
    [InlineData("PostgreSql", "Host=127.0.0.1;Password='geheim;7';Port=many")]
    [InlineData("PostgreSql", "garbage")]
    public async Task A_connection_string_that_cannot_be_read_is_refused_without_its_password(string engine, string connection)
    {
        folder.Settings["Database__Engine"] = engine;
        folder.Settings["Database__ConnectionString"] = connection;

        var ran = await folder.Run("verify");

        ran.Refused("bad_connection_string");
        Assert.DoesNotContain("geheim", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("7", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlSERVER", "Server=127.0.0.1,1;Database=desk;User Id=sa;Encrypt=false;Connect Timeout=2;ConnectRetryCount=0;", "SqlServer 127.0.0.1,1 desk", "verify")]
    [InlineData("POSTGRESQL", "Host=127.0.0.1;Port=1;Database=desk;Username=desk;Timeout=2;", "PostgreSql 127.0.0.1 1 desk", "verify")]
    [InlineData("PostgreSql", "Host=127.0.0.1;Port=1;Database=desk;Username=desk;Timeout=2;", "PostgreSql 127.0.0.1 1 desk", "migrate")]
    public async Task A_server_that_cannot_be_reached_is_said_and_never_waited_for(string engine, string connection, string place, string command)
    {
        folder.Settings["Database__Engine"] = engine;
        folder.Settings["Database__ConnectionString"] = connection + $"Password='{Password}'";
        var watch = Stopwatch.StartNew();

        var ran = (await folder.Run(command)).Exits(3);

        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), $"{watch.Elapsed}");
        Assert.Equal("", ran.Out);
        var lines = ran.Error.TrimEnd().Split('\n');
        Assert.Equal(place, lines[0]);
        Assert.Matches(@"^failed database_unreachable \(Database:ConnectionString\): 无法连接.*。 / The database server cannot be reached; .{60,}", lines[1]);
        Assert.Equal(2, lines.Length);
        Assert.DoesNotContain("geheim", ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Success", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_database_is_said()
    {
        Directory.CreateDirectory(folder.Data);
        await File.WriteAllTextAsync(Path.Combine(folder.Data, "incidentdesk.db"), new string('x', 5_000));

        var ran = await folder.Run("verify");

        ran.Refused("not_a_database");
        Assert.Contains("not a database", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_ledger_is_found_from_every_folder_and_in_any_spelling_of_the_engine()
    {
        folder.Settings["Database__ConnectionString"] = "Data Source=desks/../desk.db";
        var (here, there) = (Directory.CreateDirectory(folder.Place("here")).FullName, Directory.CreateDirectory(folder.Place("there")).FullName);
        var ledger = folder.Put("a.csv", Ledgers.Of(Ledgers.Line("1"), Ledgers.Line("2")));
        folder.Settings["Database__Engine"] = "SQLite";

        var import = (await folder.Run(["import", "--file", Path.Combine("..", "a.csv")], input: null, here)).Exits(0);
        folder.Settings["Database__Engine"] = "sqlite";
        var verify = (await folder.Run(["verify"], input: null, there)).Exits(0);

        Assert.Equal(2, (int)verify.Json["incidents"]!);
        var place = $"Sqlite {Path.Combine(folder.Data, "desk.db")}";
        Assert.StartsWith(place + "\n", import.Error, StringComparison.Ordinal);
        Assert.StartsWith(place + "\n", verify.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Data, "desk.db")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(here).Concat(Directory.EnumerateFileSystemEntries(there)));
        Assert.True(File.Exists(ledger));
    }

    [Fact]
    public async Task What_the_installation_was_made_with_cannot_be_changed()
    {
        folder.Settings["Installation__NumberPrefix"] = "TH";
        folder.Settings["Installation__Zone"] = "Asia/Urumqi";
        folder.Settings["Installation__District"] = "天河区";
        (await folder.Run("import", "--file", folder.Put("a.csv", Ledgers.Of(Ledgers.Line("1"))))).Exits(0);

        foreach (var (name, other) in new[] { ("NumberPrefix", "BY"), ("Zone", "Asia/Shanghai"), ("District", "广州市白云区") })
        {
            var before = folder.Settings["Installation__" + name];
            folder.Settings["Installation__" + name] = other;
            foreach (var command in new[] { "verify", "import" })
            {
                (await folder.Run(command == "import" ? ["import", "--file", folder.Place("a.csv")] : [command])).Refused("installation_differs");
            }

            folder.Settings["Installation__" + name] = before;
        }

        // Urumqi is two hours behind: the ledger's nine o'clock is its own.
        var report = (await folder.Run("report", "--month", "2025-03", "--scope", "rental")).Exits(0).Json;
        Assert.Equal(("TH20250303-L0001", "2025-03-03T09:00:00+06:00"), ((string)report["tickets"]![0]!["number"]!, (string)report["tickets"]![0]!["startAt"]!));
        Assert.Contains("天河区", (string)report["title"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_come_from_the_file_that_is_named_and_the_environment_comes_after_it()
    {
        folder.Settings["DESK_CONFIG"] = folder.Put("desk.json", """{"Database":{"Engine":"PostgreSql","ConnectionString":"Host=127.0.0.1;Port=1;Timeout=2"},"Installation":{"NumberPrefix":"JG"}}""");
        Assert.StartsWith("PostgreSql 127.0.0.1 1", (await folder.Run("verify")).Exits(3).Error, StringComparison.Ordinal);

        folder.Settings["Database__Engine"] = "Sqlite";
        folder.Settings["Database__ConnectionString"] = "Data Source=own.db";
        (await folder.Run("import", "--file", folder.Put("a.csv", Ledgers.Of(Ledgers.Line("1"))))).Exits(0);

        Assert.True(File.Exists(Path.Combine(folder.Data, "own.db")));
        Assert.Contains("JG20250303-L0001", (await folder.Run("explain", "JG20250303-L0001")).Exits(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.json", "")]
    [InlineData("bad.json", "{\"Database\":")]
    public async Task A_settings_file_that_cannot_be_read_is_said(string name, string text)
    {
        if (text.Length > 0)
        {
            folder.Put(name, text);
        }

        folder.Settings["DESK_CONFIG"] = folder.Place(name);

        var ran = await folder.Run("verify");

        ran.Refused("bad_settings_file");
        Assert.Contains(name, ran.Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
