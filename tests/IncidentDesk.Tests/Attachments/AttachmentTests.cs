using IncidentDesk.Attachments;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Evidence;
using IncidentDesk.Incidents;
using IncidentDesk.Keeping;
using IncidentDesk.People;
using IncidentDesk.Pipeline;
using IncidentDesk.Privacy;
using IncidentDesk.Reports;
using IncidentDesk.Tests.Desks;
using IncidentDesk.Tests.Keeping;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IncidentDesk.Tests.Attachments;

/// <summary>Files beside the ledger: on the chain, once on the disk, gone when they are due, missed when they are not there.</summary>
public sealed class AttachmentTests
{
    private static readonly Caller Staff = new(new Actor("li", "李师傅"), new HashSet<Role> { Role.Staff }, "api");
    private static readonly Caller Lead = new(new Actor("wang", "王值班长"), new HashSet<Role> { Role.Approver }, "api");
    private static readonly Period February = Period.Of(new Month(202602));

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_file_is_on_the_chain_and_once_on_the_disk_and_no_verdict_changes_by_it(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (first, second) = (await desk.Services.Log(), await desk.Services.Log());
        var known = desk.Clock.GetUtcNow();
        desk.Clock.Advance(TimeSpan.FromSeconds(20));
        var before = await desk.Report(February, Scope.Rental, Instant.Of(known), known);

        var file = await Received(desk, first, Photos.Jpeg());
        Assert.Equal(("image/jpeg", Photos.KeptJpeg.Length, "2026-05-03T08:59:30+08:00"), (file.MediaType, file.Bytes, file.TakenAt));
        Assert.Equal((Hash(Photos.KeptJpeg), Hash(Photos.Jpeg())), (file.Hash, file.ReceivedHash));
        Assert.Equal(Photos.KeptJpeg, await File.ReadAllBytesAsync(Path.Combine(desk.Database.Settings.FilesFolder, FileFolder.NameOf(file.Hash))));
        var added = await Attached(desk, first, file, "..\\..\\etc/现场 <b>.html", Instant.Of(known));
        Assert.Equal(new AttachmentAdded(first, 2), added);

        // The same picture with another comment, to both: of the bytes kept there is one file, and on a ticket they stand once.
        var again = await Received(desk, second, Photos.Jpeg(number: 1));
        Assert.Equal((file.Hash, false), (again.Hash, again.ReceivedHash == file.ReceivedHash));
        Assert.Equal(new AttachmentAdded(first, 2, Known: true), await Attached(desk, first, again, null));
        Assert.Equal(new AttachmentAdded(second, 2), await Attached(desk, second, again, null));
        Assert.Single(Files(desk));

        var view = (await desk.Send(new ReadIncident(Lead, first))).Value!;
        var (attachment, payload) = (Assert.Single(view.State.Attachments), view.Events[1].Payload);
        Assert.Equal(new Attached(file.Hash, file.ReceivedHash, "image/jpeg", Photos.KeptJpeg.Length, "2026-05-03T08:59:30+08:00", Instant.Of(known)), attachment.File);
        Assert.Contains($"\"hash\":\"{file.Hash}\"", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("现场", payload, StringComparison.Ordinal);
        Assert.Equal(("fileName", "现场 <b>.html"), Assert.Single(view.Texts[2]));
        Assert.Equal($"{first}-2.jpg", (await desk.Send(new ReadAttachment(Lead, first, 2))).Value!.DownloadName);

        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
        Assert.Equal(before, await desk.Report(February, Scope.Rental, Instant.Of(known), known));
        Assert.Equal(Verdict(view), Verdict((await desk.Send(new ReadIncident(Lead, second))).Value!));

        // Withdrawn it stays, for those who answer for the figures; its place is free again.
        Assert.Equal("reason_required", (await desk.Send(new WithdrawAttachment(Staff, first, 2, " "))).Refused!.Code);
        Assert.Equal("attachment_not_found", (await desk.Send(new WithdrawAttachment(Staff, first, 1, "拍错了"))).Refused!.Code);
        Assert.Equal(3, (await desk.Send(new WithdrawAttachment(Staff, first, 2, "拍错了"))).Value!.Seq);
        Assert.Equal("already_withdrawn", (await desk.Send(new WithdrawAttachment(Staff, first, 2, "拍错了"))).Refused!.Code);
        Assert.Equal("attachment_withdrawn", (await desk.Send(new ReadAttachment(Staff, first, 2))).Refused!.Code);
        Assert.NotNull((await desk.Send(new ReadAttachment(Lead, first, 2))).Value);
        Assert.Equal(new AttachmentAdded(first, 4), await Attached(desk, first, file, null));
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Erasing_takes_the_files_that_only_erased_tickets_name_and_what_nobody_needs_is_swept_away(Engine engine)
    {
        await using var desk = await TestDesk.Open(engine);
        var (over, open) = (await desk.Services.Log(), await desk.Services.Log());
        var shared = await Received(desk, over, Photos.Jpeg());
        var own = await Received(desk, over, Photos.Png());
        var unnamed = await Received(desk, over, Photos.Webp());
        await Attached(desk, over, shared, "门口.jpg");
        await Attached(desk, over, own, null);
        await Attached(desk, open, shared, "门口.jpg");
        Assert.Null((await desk.Send(new Resolve(KeepingDesk.All, over, "fixed_on_site", null, null, null, null))).Refused);
        Directory.CreateDirectory(Path.Combine(desk.Database.Settings.FilesFolder, "partial"));
        var left = Path.Combine(desk.Database.Settings.FilesFolder, "partial", "left");
        await File.WriteAllTextAsync(left, "x");
        File.SetLastWriteTimeUtc(left, desk.Clock.GetUtcNow().UtcDateTime);

        // What is coming in never counts: not as a foreign file, and not in a backup.
        Assert.Empty(FileFolder.Check(desk.Database.Settings.FilesFolder, (await desk.Load()).Installation.Id));
        await SweepForADay(desk);
        Assert.True(File.Exists(left));
        Assert.Equal(1, await desk.Send(new SweepFiles()));
        Assert.Equal((false, 3), (File.Exists(left), Files(desk).Count));
        desk.Clock.Advance(TimeSpan.FromDays(30));
        await SweepForADay(desk);
        Assert.Equal(new[] { own.Hash, shared.Hash }.Order(), Files(desk));
        Assert.Equal("file_gone", (await desk.Send(new Attach(Staff, open, unnamed))).Refused!.Code);

        desk.Clock.SetUtcNow(TestDesk.Opening.AddMonths(24).AddHours(4));
        Assert.Equal(1, await desk.Send(new EraseTexts()));
        Assert.Equal([shared.Hash], Files(desk));
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
        var erased = (await desk.Send(new ReadIncident(Lead, over))).Value!;
        Assert.All(erased.State.Attachments, a => Assert.True(a.Erased));
        Assert.Equal(2, erased.State.Entries.Count(e => e.What is FileErased));
        Assert.Null(erased.Texts[2].Single().Value);
        Assert.Equal("attachment_erased", (await desk.Send(new ReadAttachment(Lead, over, 2))).Refused!.Code);
        Assert.NotNull((await desk.Send(new ReadAttachment(Lead, open, 2))).Value);

        // A file that a ticket got after its texts were gone is found by the next week's walk.
        await Attached(desk, over, await Received(desk, over, Photos.Png()), null);
        desk.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(1, await desk.Send(new EraseTexts()));
        Assert.Equal([shared.Hash], Files(desk));
        Assert.Equal(0, (await desk.Send(new VerifyLedger())).Problems);
    }

    [Fact]
    public async Task A_backup_holds_the_files_and_each_that_is_missing_or_changed_is_named()
    {
        var place = Directory.CreateTempSubdirectory("desk-attachments-");
        try
        {
            await using var desk = await TestDesk.Open(Engine.Sqlite);
            var settings = desk.Database.Settings;
            var number = await desk.Services.Log();
            var (photo, document) = (await Received(desk, number, Photos.Jpeg()), await Received(desk, number, "%PDF-1.7\n"u8.ToArray()));
            await Attached(desk, number, photo, "门口.jpg");
            await Attached(desk, number, document, "回执.pdf");
            var backup = (await desk.Send(new TakeBackup(place.FullName))).Value!.Backup;
            Assert.Equal(0, (await CheckBackup.Run(settings, backup, CancellationToken.None)).Found!.Problems);
            var elsewhere = settings with { DataFolder = Path.Combine(place.FullName, "new"), FilesFolder = Path.Combine(place.FullName, "new", "files") };
            elsewhere = elsewhere with { ConnectionString = $"Data Source={Path.Combine(elsewhere.DataFolder, "desk.db")}" };
            Assert.Null((await RestoreDesk.Run(elsewhere, backup, ["none"], CancellationToken.None)).Refused);
            await using (var restored = desk.Process(elsewhere))
            {
                Assert.Equal(0, (await restored.SendAlone(new VerifyLedger())).Problems);
                Assert.Equal(Photos.KeptJpeg, await File.ReadAllBytesAsync((await restored.SendAlone(new ReadAttachment(Lead, number, 2))).Value!.Path));
            }

            File.Delete(Path.Combine(settings.FilesFolder, FileFolder.NameOf(document.Hash)));
            KeepingDesk.Bend(Path.Combine(settings.FilesFolder, FileFolder.NameOf(photo.Hash)));
            Assert.Equal(
                [(number, 2, "file_changed"), (number, 3, "file_missing")], (await desk.Send(new VerifyLedger())).Named.Select(p => (p.Incident, p.Seq, p.Code)));
            Assert.Equal("file_missing", (await desk.Send(new ReadAttachment(Lead, number, 3))).Refused!.Code);
            await desk.Sql("DELETE FROM \"Attachments\" WHERE \"Seq\" = 2");
            Assert.Contains((await desk.Send(new VerifyLedger())).Named, p => (p.Seq, p.Code) == (2, "attachment_differs"));

            // In a backup the file is looked for where the backup has it.
            File.Delete(Path.Combine(backup.Folder, Backup.Files, FileFolder.NameOf(photo.Hash)));
            Assert.Contains((await CheckBackup.Run(settings, backup, CancellationToken.None)).Found!.Named, p => (p.Incident, p.Code) == (number, "file_missing"));
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            place.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task What_is_too_long_or_too_many_or_not_allowed_is_refused_and_leaves_nothing()
    {
        await using var desk = await TestDesk.Open(Engine.Sqlite);
        var small = desk.Database.Settings with { FileMegabytes = 1, FilesPerTicket = 2 };
        await using var process = desk.Process(small);
        var number = await desk.Services.Log();

        // Fifty megabytes that do not say how long they are: cut a little behind the limit.
        var endless = new Endless(50 << 20);
        Assert.Equal("file_too_large", (await process.SendAlone(new ReceiveFile(Staff, number, endless))).Refused!.Code);
        Assert.InRange(endless.Taken, 1 << 20, (1 << 20) + (1 << 17));
        foreach (var (by, to, length, code) in new[]
        {
            (Staff, number, (long?)(50 << 20), "file_too_large"), (Lead, number, null, "not_allowed"), (Staff, "BY20260215-0099", null, "incident_not_found"),
            (Staff with { Towns = ["440111002"] }, number, null, "not_your_place"),
            (Staff with { Roles = new HashSet<Role> { Role.Handler } }, number, null, "not_assigned_to_you"), (Staff with { Roles = new HashSet<Role> { Role.Admin } }, number, null, "not_allowed"),
        })
        {
            // Nobody reads a byte of it.
            var unread = new Endless(1);
            Assert.Equal(code, (await process.SendAlone(new ReceiveFile(by, to, unread, length))).Refused!.Code);
            Assert.Equal(0, unread.Taken);
        }

        Assert.Equal("unknown_file_type", (await process.SendAlone(new ReceiveFile(Staff, number, new MemoryStream("<svg/>"u8.ToArray())))).Refused!.Code);
        Assert.Equal("file_broken", (await process.SendAlone(new ReceiveFile(Staff, number, new MemoryStream(Photos.Jpeg()[..300])))).Refused!.Code);
        Assert.Empty(Files(desk));
        Assert.Equal(FileFolder.Marker, Path.GetFileName(Assert.Single(Directory.GetFiles(small.FilesFolder, "*", SearchOption.AllDirectories))));

        await Attached(desk, number, await Received(desk, number, Photos.Jpeg()), null);
        await Attached(desk, number, await Received(desk, number, Photos.Png()), null);
        var third = await Received(desk, number, Photos.Webp());
        Assert.Equal("too_many_files", (await process.SendAlone(new Attach(Staff, number, third))).Refused!.Code);
        Assert.Equal("too_many_files", (await process.SendAlone(new ReceiveFile(Staff, number, new Endless(1)))).Refused!.Code);
        Assert.Equal("bad_character", (await desk.Send(new Attach(Staff, number, third, "a\nb"))).Refused!.Code);
        Assert.Equal("too_long", (await desk.Send(new Attach(Staff, number, third, new string('长', 201)))).Refused!.Code);
        foreach (var nobody in new[] { Role.Admin, Role.Auditor })
        {
            Assert.Equal("not_allowed", (await desk.Send(new ReadAttachment(Staff with { Roles = new HashSet<Role> { nobody } }, number, 2))).Refused!.Code);
        }

        Assert.Equal("not_your_place", (await desk.Send(new ReadAttachment(Lead with { Towns = ["440111002"] }, number, 2))).Refused!.Code);
    }

    private static async Task SweepForADay(TestDesk desk)
    {
        for (var hour = 0; hour < 24; hour++)
        {
            await desk.Send(new SweepFiles());
            desk.Clock.Advance(TimeSpan.FromHours(1));
        }
    }

    private static async Task<ReceivedFile> Received(TestDesk desk, string number, byte[] file)
    {
        var outcome = await desk.Send(new ReceiveFile(Staff, number, new MemoryStream(file)));
        Assert.Null(outcome.Refused);
        return outcome.Value!;
    }

    private static async Task<AttachmentAdded> Attached(TestDesk desk, string number, ReceivedFile file, string? name, Instant? capturedAt = null)
    {
        var outcome = await desk.Send(new Attach(Staff, number, file, name, capturedAt));
        Assert.Null(outcome.Refused);
        return outcome.Value!;
    }

    private static List<string> Files(TestDesk desk) =>
        [.. Directory.GetFiles(desk.Database.Settings.FilesFolder, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!).Where(f => f.Length == 64).Order(StringComparer.Ordinal)];

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));

    private static object Verdict(IncidentView view) => (view.Ticket.Reading.Outcome, view.Ticket.Reading.DueAt, view.Ticket.Reading.EffectiveDueAt);

    /// <summary>A body of so many bytes of a JPEG's beginning, read as they are asked for.</summary>
    private sealed class Endless(long length) : MemoryStream
    {
        public long Taken { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var bytes = (int)Math.Min(buffer.Length, length - Taken);
            buffer.Span[..bytes].Fill(0xFF);
            Taken += bytes;
            return ValueTask.FromResult(bytes);
        }
    }
}
