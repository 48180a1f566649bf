using System.Data.Common;
using IncidentDesk.Data;
using IncidentDesk.Domain.Evidence;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using IncidentDesk.Pipeline;
using IncidentDesk.Tests.Desks;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace IncidentDesk.Tests.Pipeline;

/// <summary>The one road to the disk: all or nothing, and again from the start when somebody else was first.</summary>
public class UnitOfWorkTests
{
    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_handler_that_throws_stores_nothing(Engine engine)
    {
        await using var desk = await Open(engine);
        var work = new Work((db, journal, _) =>
        {
            db.People.Add(Person("p1"));
            Append(journal, 1);
            throw new InvalidOperationException("after the work, before the save");
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => desk.Send(work));
        Assert.Equal((2, 0, 0, 1), await Counts(desk));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task Events_rows_texts_and_entities_are_stored_together_with_the_units_own_row(Engine engine)
    {
        await using var desk = await Open(engine);
        await desk.Send(new Work((db, journal, _) =>
        {
            db.People.Add(Person("p1"));
            Append(journal, 1);
        }));

        Assert.Equal((3, 1, 1, 2), await Counts(desk));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_row_that_somebody_else_stored_first_runs_the_handler_again(Engine engine)
    {
        await using var desk = await Open(engine);
        await desk.Send(new Work((db, _, _) => db.People.Add(Person("p1"))));
        var attempts = 0;
        await desk.Send(new Work((db, _, _) => db.People.Add(Person(++attempts < 3 ? "p1" : "p2"))));

        Assert.Equal(3, attempts);
        Assert.Equal(["admin", "import", "p1", "p2"], await desk.Read(db => db.People.OrderBy(p => p.Id).Select(p => p.Id).ToListAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_number_that_somebody_else_took_first_runs_the_handler_again(Engine engine)
    {
        await using var desk = await Open(engine);
        await desk.Send(new Work((_, journal, _) => Append(journal, 1)));
        var attempts = 0;
        await desk.Send(new Work((_, journal, _) => Append(journal, ++attempts)));

        Assert.Equal(2, attempts);
        Assert.Equal([1, 2], await desk.Read(db => db.Incidents.OrderBy(i => i.Key).Select(i => (int)(i.Key % 100)).ToListAsync()));
        Assert.Equal([1, 2], await desk.Read(db => db.Events.OrderBy(e => e.Incident).Select(e => (int)(e.Incident % 100)).ToListAsync()));
    }

    [Theory, OnSqlite, OnPostgreSql, OnSqlServer]
    public async Task A_conflict_that_never_ends_is_an_error_and_stores_nothing(Engine engine)
    {
        await using var desk = await Open(engine);
        await desk.Send(new Work((_, journal, _) => Append(journal, 1)));
        var attempts = 0;

        await Assert.ThrowsAnyAsync<Exception>(() => desk.Send(new Work((db, journal, _) =>
        {
            attempts++;
            db.People.Add(Person("p1"));
            Append(journal, 1);
        })));
        Assert.Equal(3, attempts);
        Assert.Equal((2, 1, 1, 2), await Counts(desk));
    }

    [Theory, OnPostgreSql]
    public async Task A_commit_whose_answer_was_lost_is_not_done_twice(Engine engine)
    {
        var lost = new LostAnswer();
        await using var desk = await Open(engine, lost);
        var attempts = 0;
        lost.Next = true;
        await desk.Send(new Work((db, _, _) => db.People.Add(Person("p" + ++attempts))));

        Assert.False(lost.Next);
        Assert.Equal(1, attempts);
        Assert.Equal(["admin", "import", "p1"], await desk.Read(db => db.People.OrderBy(p => p.Id).Select(p => p.Id).ToListAsync()));
    }

    [Theory, OnPostgreSql]
    public async Task A_commit_that_failed_is_done_again(Engine engine)
    {
        var lost = new LostAnswer { BeforeCommit = true };
        await using var desk = await Open(engine, lost);
        var attempts = 0;
        lost.Next = true;
        await desk.Send(new Work((db, _, _) => db.People.Add(Person("p" + ++attempts))));

        Assert.Equal(2, attempts);
        Assert.Equal(["admin", "import", "p2"], await desk.Read(db => db.People.OrderBy(p => p.Id).Select(p => p.Id).ToListAsync()));
    }

    [Theory, OnSqlite]
    public async Task An_acknowledged_write_survives_a_lost_machine_on_every_connection(Engine engine)
    {
        await using var desk = await Open(engine);
        var pragmas = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => desk.Read(async db =>
        {
            await db.Database.OpenConnectionAsync();
            return (await Pragma(db, "synchronous"), await Pragma(db, "foreign_keys"), await Pragma(db, "busy_timeout"), await Pragma(db, "journal_mode"));
        })));

        Assert.All(pragmas, p => Assert.Equal(("2", "1", "10000", "wal"), p));
    }

    private static async Task<string> Pragma(DeskDb db, string name)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA " + name;
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    private static Task<TestDesk> Open(Engine engine, IInterceptor? besides = null) => TestDesk.Open(engine, besides: services =>
    {
        services.AddTransient<IRequestHandler<Work, int>, WorkHandler>();
        if (besides is not null)
        {
            services.ConfigureDbContext<PostgreSqlDeskDb>(o => o.AddInterceptors(besides));
        }
    });

    private static PersonRow Person(string id) => new() { Id = id, Name = "某人", Roles = "", CreatedAt = TestDesk.Opening };

    private static void Append(IncidentJournal journal, int n)
    {
        var reported = Instant.Of(TestDesk.Opening).Plus(-600);
        var details = new FaultDetails
        {
            Kind = FaultKind.Rental, Category = new Coded("RNT-ELEC-01", "触电/漏电"), Nature = "accident", Severity = new Coded("P1", "紧急"),
        };
        journal.Append(
            "an installation", IncidentNumber.Of("BY", new DateOnly(2026, 2, 15), n, imported: false), null, [], EventChain.Genesis,
            [new EventToWrite(new NewEvent(reported, new FaultLogged(reported, null, reported, details)), [ErasableText.New("title", "触电")])],
            new Author(new Actor("p0", "某人"), "page"), TestDesk.Opening, Rulebook);
    }

    private static readonly Rules Rulebook = new IncidentDesk.Reference.ReferenceBook([.. IncidentDesk.Reference.ShippedRows.All()], Zone.Shanghai).Rules.KnownAt(TestDesk.Opening);

    private static Task<(int People, int Incidents, int Texts, int Units)> Counts(TestDesk desk) => desk.Read(async db =>
        (await db.People.CountAsync(), await db.Incidents.CountAsync(), await db.Texts.CountAsync(), await db.Units.CountAsync()));

    private sealed record Work(Action<DeskDb, IncidentJournal, TimeProvider> Do) : IRequest<int>, IUnitOfWork;

    private sealed class WorkHandler(DeskDb db, IncidentJournal journal, TimeProvider clock) : IRequestHandler<Work, int>
    {
        public Task<int> Handle(Work request, CancellationToken cancellationToken)
        {
            request.Do(db, journal, clock);
            return Task.FromResult(1);
        }
    }

    /// <summary>Breaks the connection right after, or right before, the next commit.</summary>
    private sealed class LostAnswer : DbTransactionInterceptor
    {
        public bool Next { get; set; }

        public bool BeforeCommit { get; init; }

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            Break(BeforeCommit);
            return ValueTask.FromResult(result);
        }

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Break(!BeforeCommit);
            return Task.CompletedTask;
        }

        private void Break(bool now)
        {
            if (Next && now)
            {
                Next = false;
                throw new NpgsqlException("connection lost", new IOException());
            }
        }
    }
}
