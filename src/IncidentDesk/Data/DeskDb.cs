using System.Data.Common;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace IncidentDesk.Data;

/// <summary>The one model. What differs between engines stands in the small subclasses beside it.</summary>
public abstract class DeskDb(DbContextOptions options) : DbContext(options)
{
    /// <summary>The longest string that may be part of a key or an index on every engine.</summary>
    public const int NameLength = 100;

    private const int CodeLength = 64;

    /// <summary>Whose ledger this is.</summary>
    public DbSet<InstallationRow> Installations => Set<InstallationRow>();

    /// <summary>People.</summary>
    public DbSet<PersonRow> People => Set<PersonRow>();

    /// <summary>Versions of reference data, policies and calendars.</summary>
    public DbSet<ReferenceRow> References => Set<ReferenceRow>();

    /// <summary>Incidents as they stand today.</summary>
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();

    /// <summary>The truth.</summary>
    public DbSet<EventRow> Events => Set<EventRow>();

    /// <summary>Erasable texts.</summary>
    public DbSet<TextRow> Texts => Set<TextRow>();

    /// <summary>Files of attachments.</summary>
    public DbSet<AttachmentRow> Attachments => Set<AttachmentRow>();

    /// <summary>Requests for a second person.</summary>
    public DbSet<RequestRow> Requests => Set<RequestRow>();

    /// <summary>Day counters.</summary>
    public DbSet<DayCounterRow> DayCounters => Set<DayCounterRow>();

    /// <summary>What came of messages that a client may send twice.</summary>
    public DbSet<IdempotencyRow> Idempotency => Set<IdempotencyRow>();

    /// <summary>Units of work.</summary>
    public DbSet<UnitRow> Units => Set<UnitRow>();

    /// <summary>Steps that were raised.</summary>
    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    /// <summary>People's inboxes.</summary>
    public DbSet<InboxRow> Inbox => Set<InboxRow>();

    /// <summary>What outside channels have to deliver.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <summary>Ways out of the house.</summary>
    public DbSet<ChannelRow> Channels => Set<ChannelRow>();

    /// <summary>Where people are reached outside the desk.</summary>
    public DbSet<ContactRow> Contacts => Set<ContactRow>();

    /// <summary>Periods of recurring jobs.</summary>
    public DbSet<JobPeriodRow> JobPeriods => Set<JobPeriodRow>();

    /// <summary>Signs of life.</summary>
    public DbSet<HeartbeatRow> Heartbeats => Set<HeartbeatRow>();

    /// <summary>自检工单.</summary>
    public DbSet<CanaryRow> Canaries => Set<CanaryRow>();

    /// <summary>What befell the installation itself; append-only.</summary>
    public DbSet<InstallationEventRow> InstallationEvents => Set<InstallationEventRow>();

    /// <summary>Measurements of hosts' clocks; append-only.</summary>
    public DbSet<ClockCheckRow> ClockChecks => Set<ClockCheckRow>();

    /// <summary>Data-protection keys.</summary>
    public DbSet<KeyRow> Keys => Set<KeyRow>();

    /// <summary>How people sign in.</summary>
    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    /// <summary>Sessions, tokens, and devices known for a day.</summary>
    public DbSet<CredentialRow> Credentials => Set<CredentialRow>();

    /// <summary>Failed sign-ins by name.</summary>
    public DbSet<SignInAttemptRow> SignInAttempts => Set<SignInAttemptRow>();

    /// <summary>Deputies.</summary>
    public DbSet<DeputyRow> Deputies => Set<DeputyRow>();

    /// <summary>The security log; append-only.</summary>
    public DbSet<SecurityEventRow> SecurityEvents => Set<SecurityEventRow>();

    /// <summary>The collation in which codes, numbers and hashes compare byte by byte; null where the engine's default does.</summary>
    protected virtual string? ExactCollation => null;

    /// <summary>Asks a server engine for its clock, in UTC; null where the engine has none of its own.</summary>
    internal virtual string? ServerClock => null;

    /// <summary>A connection of its own to the same database, not opened.</summary>
    internal DbConnection AnotherConnection() => (DbConnection)((ICloneable)Database.GetDbConnection()).Clone();

    /// <summary>Waits until nobody else migrates this database; disposing what it returns ends the turn, and so does the end of the process. Null where the engine sees to it.</summary>
    internal virtual Task<IAsyncDisposable?> TurnToMigrate(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable?>(null);

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>().HavePrecision(0);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<RecordedConverter>().HavePrecision(3);
        configurationBuilder.Properties<string>().HaveMaxLength(CodeLength);
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<InstallationRow>(row =>
        {
            row.ToTable("Installation").HasKey(r => r.Row);
            row.Property(r => r.Row).ValueGeneratedNever();
            row.Property(r => r.Id).IsRequired();
            row.Property(r => r.District).HasMaxLength(NameLength);
        });
        modelBuilder.Entity<PersonRow>(row =>
        {
            row.ToTable("People").HasKey(r => r.Id);
            row.Property(r => r.Name).HasMaxLength(NameLength);
            row.Property(r => r.Roles).HasMaxLength(400);
            row.Property(r => r.ServicePoint).HasMaxLength(NameLength);
            row.Property(r => r.Towns).HasMaxLength(400);
            row.Property(r => r.ServicePoints).HasMaxLength(1_000);
        });
        modelBuilder.Entity<ReferenceRow>(row =>
        {
            row.ToTable("ReferenceData").HasKey(r => new { r.List, r.Code, r.Version });
            row.Property(r => r.NameZh).HasMaxLength(200);
            row.Property(r => r.NameEn).HasMaxLength(200);
            row.Property(r => r.Content).HasMaxLength(Unlimited);
        });
        modelBuilder.Entity<IncidentRow>(row =>
        {
            row.ToTable("Incidents").HasKey(r => r.Key);
            row.Property(r => r.Key).ValueGeneratedNever();
            row.Property(r => r.ExternalNo).HasMaxLength(NameLength);
            row.Property(r => r.ContentSalt).HasMaxLength(32);
            row.Property(r => r.Building).HasMaxLength(300);
            row.Property(r => r.ServicePoint).HasMaxLength(NameLength);
            row.Property(r => r.Active).HasMaxLength(Unlimited);
            row.HasIndex(r => new { r.Source, r.ExternalNo }).IsUnique();
            row.HasIndex(r => new { r.Month, r.Scope, r.ExcludedAs, r.ResolvedAt, r.BreachesAt, r.LastEffectiveAt, r.LastRecordedAt });
            row.HasIndex(r => new { r.MovedFromMonth, r.MovedToMonth });

            // What a building had before is asked while somebody stands in it and logs the next.
            row.HasIndex(r => new { r.Building, r.Key }).HasFilter("\"Building\" IS NOT NULL");

            // Closed tickets are the many: neither the tick nor the board ever walks past them.
            row.HasIndex(r => r.NextStepAt).HasFilter("\"NextStepAt\" IS NOT NULL");
            row.HasIndex(r => new { r.EffectiveDueAt, r.Key }).HasFilter("\"ResolvedAt\" IS NULL AND \"ExcludedAs\" IS NULL");
            row.HasIndex(r => new { r.Handler, r.EffectiveDueAt, r.Key }).HasFilter("\"Handler\" IS NOT NULL AND \"ResolvedAt\" IS NULL AND \"ExcludedAs\" IS NULL");

            // Who writes a row has folded the events up to this one: a tick and a change that meet are decided anew, one after the other.
            row.Property(r => r.LastSeq).IsConcurrencyToken();
        });
        modelBuilder.Entity<EventRow>(row =>
        {
            row.ToTable("Events").HasKey(r => new { r.Incident, r.Seq });
            row.Property(r => r.ActorName).HasMaxLength(NameLength);
            row.Property(r => r.Payload).HasMaxLength(Unlimited);
            row.HasOne<IncidentRow>().WithMany().HasForeignKey(r => r.Incident).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<TextRow>(row =>
        {
            row.ToTable("Texts").HasKey(r => new { r.Incident, r.Seq, r.Field });
            row.Property(r => r.Salt).HasMaxLength(32);
            row.Property(r => r.Value).HasMaxLength(Unlimited);
            row.HasOne<EventRow>().WithMany().HasForeignKey(r => new { r.Incident, r.Seq }).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<AttachmentRow>(row =>
        {
            row.ToTable("Attachments").HasKey(r => new { r.Incident, r.Seq });
            row.HasIndex(r => r.Hash);
            row.HasOne<EventRow>().WithMany().HasForeignKey(r => new { r.Incident, r.Seq }).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<RequestRow>(row =>
        {
            row.ToTable("Requests").HasKey(r => r.Id);
            row.Property(r => r.RequestedBy).HasMaxLength(NameLength);
            row.Property(r => r.Payload).HasMaxLength(Unlimited);
            row.HasIndex(r => new { r.Incident, r.State });
            row.HasIndex(r => new { r.State, r.RequestedAt });
            row.HasOne<IncidentRow>().WithMany().HasForeignKey(r => r.Incident).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<DayCounterRow>(row =>
        {
            row.ToTable("DayCounters").HasKey(r => new { r.Day, r.Imported });
            row.Property(r => r.Last).IsConcurrencyToken();
        });
        modelBuilder.Entity<IdempotencyRow>(row =>
        {
            row.ToTable("Idempotency").HasKey(r => new { r.Actor, r.Route, r.Key });
            row.Property(r => r.Key).HasMaxLength(128);
            row.Property(r => r.Result).HasMaxLength(400);
            row.HasIndex(r => r.CreatedAt);
        });
        modelBuilder.Entity<UnitRow>(row => row.ToTable("Units").HasKey(r => r.Id));
        modelBuilder.Entity<InstallationEventRow>(row =>
        {
            row.ToTable("InstallationEvents").HasKey(r => r.Id);
            row.Property(r => r.Who).HasMaxLength(NameLength);
            row.Property(r => r.Detail).HasMaxLength(Unlimited);
        });
        modelBuilder.Entity<ClockCheckRow>(row =>
        {
            row.ToTable("ClockChecks").HasKey(r => r.Id);
            row.HasIndex(r => r.At);
            row.HasIndex(r => new { r.Host, r.Source, r.At });
        });
        modelBuilder.Entity<KeyRow>(row =>
        {
            row.ToTable("DataProtectionKeys").HasKey(r => r.Id);
            row.Property(r => r.Xml).HasMaxLength(Unlimited);
        });
        Watch(modelBuilder);
        Sign(modelBuilder);

        if (ExactCollation is { } exact)
        {
            foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
            {
                // Codes, numbers, ids and hashes; words compare as the database was set up.
                if (property.ClrType == typeof(string) && (property.GetMaxLength() is > 0 and <= 128 || property.IsPrimaryKey() || property.DeclaringType.ClrType == typeof(AccountRow))
                    && (property.IsPrimaryKey() || property.Name is not (nameof(PersonRow.Name) or nameof(EventRow.ActorName) or nameof(InstallationRow.District) or nameof(IncidentRow.ServicePoint) or nameof(JobPeriodRow.Result))))
                {
                    property.SetCollation(exact);
                }
            }
        }
    }

    /// <summary>Alerts and what brings them about. An alert may be about a canary, so it has no foreign key to an incident.</summary>
    private static void Watch(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AlertRow>(row =>
        {
            row.ToTable("Alerts").HasKey(r => r.Id);
            row.Property(r => r.Id).HasMaxLength(NameLength);
            row.Property(r => r.FoldedInto).HasMaxLength(NameLength);
            row.Property(r => r.Zh).HasMaxLength(AlertLength);
            row.Property(r => r.En).HasMaxLength(AlertLength);
            row.HasIndex(r => new { r.Incident, r.Timer, r.Step, r.DeadlineVersion }).IsUnique();
        });
        modelBuilder.Entity<InboxRow>(row =>
        {
            row.ToTable("Inbox").HasKey(r => new { r.Person, r.Alert });
            row.Property(r => r.Alert).HasMaxLength(NameLength);
            row.HasIndex(r => new { r.Person, r.RaisedAt });
            row.HasIndex(r => r.Person).HasFilter("\"AcknowledgedAt\" IS NULL");
            row.HasOne<AlertRow>().WithMany().HasForeignKey(r => r.Alert).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<OutboxRow>(row =>
        {
            row.ToTable("Outbox").HasKey(r => r.Id);
            row.Property(r => r.Id).HasMaxLength(250);
            row.Property(r => r.Alert).HasMaxLength(NameLength);
            row.Property(r => r.Reason).HasMaxLength(ReasonLength);

            // Each channel walks past its own rows only, however many another one has not got rid of.
            row.HasIndex(r => new { r.State, r.Channel, r.NextAttemptAt });
            row.HasIndex(r => new { r.Incident, r.State });
            row.HasOne<AlertRow>().WithMany().HasForeignKey(r => r.Alert).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<ChannelRow>(row =>
        {
            row.ToTable("Channels").HasKey(r => r.Code);
            row.Property(r => r.Name).HasMaxLength(NameLength);
            row.Property(r => r.Settings).HasMaxLength(Unlimited);
            row.Property(r => r.Secrets).HasMaxLength(Unlimited);
            row.Property(r => r.BrokenBecause).HasMaxLength(ReasonLength);
            row.Property(r => r.Recent).HasMaxLength(400);
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<ContactRow>(row =>
        {
            row.ToTable("Contacts").HasKey(r => r.Person);
            row.Property(r => r.Email).HasMaxLength(254);
            row.HasOne<PersonRow>().WithOne().HasForeignKey<ContactRow>(r => r.Person).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<JobPeriodRow>(row =>
        {
            row.ToTable("JobPeriods").HasKey(r => new { r.Job, r.Period });
            row.Property(r => r.Result).HasMaxLength(400);
        });
        modelBuilder.Entity<HeartbeatRow>(row => row.ToTable("Heartbeats").HasKey(r => r.Job));
        modelBuilder.Entity<CanaryRow>(row =>
        {
            row.ToTable("Canaries").HasKey(r => r.Key);
            row.Property(r => r.Key).ValueGeneratedNever();
            row.HasIndex(r => r.NextStepAt);
        });
    }

    /// <summary>Who may sign in, with what, and what came of it.</summary>
    private static void Sign(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AccountRow>(row =>
        {
            row.ToTable("Accounts").HasKey(r => r.Person);
            row.Property(r => r.PasswordHash).HasMaxLength(200);
            row.Property(r => r.Earlier).HasMaxLength(1_200);
            row.Property(r => r.TotpKey).HasMaxLength(1_000);
            row.Property(r => r.RecoveryHashes).HasMaxLength(1_000);
            row.Property(r => r.Subject).HasMaxLength(250);
            row.Property(r => r.Version).IsConcurrencyToken();
            row.HasIndex(r => r.Subject).IsUnique();
            row.HasOne<PersonRow>().WithOne().HasForeignKey<AccountRow>(r => r.Person).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<CredentialRow>(row =>
        {
            row.ToTable("Credentials").HasKey(r => r.Id);
            row.Property(r => r.Name).HasMaxLength(NameLength);
            row.Property(r => r.Scopes).HasMaxLength(200);
            row.HasIndex(r => r.Hash).IsUnique();
            row.HasIndex(r => new { r.Person, r.Kind });
            row.HasOne<PersonRow>().WithMany().HasForeignKey(r => r.Person).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<SignInAttemptRow>(row =>
        {
            row.ToTable("SignInAttempts").HasKey(r => r.Name);
            row.Property(r => r.Failed).IsConcurrencyToken();
        });
        modelBuilder.Entity<DeputyRow>(row =>
        {
            row.ToTable("Deputies").HasKey(r => r.Id);
            row.HasIndex(r => new { r.Deputy, r.Until });
        });
        modelBuilder.Entity<SecurityEventRow>(row =>
        {
            row.ToTable("SecurityEvents").HasKey(r => r.Id);
            row.Property(r => r.Who).HasMaxLength(NameLength);
            row.Property(r => r.About).HasMaxLength(NameLength);
            row.Property(r => r.Detail).HasMaxLength(400);
            row.HasIndex(r => new { r.At, r.Id });
            row.HasIndex(r => new { r.Who, r.At });
        });
    }

    private const int AlertLength = 2_000;

    /// <summary>What a server said, cut.</summary>
    internal const int ReasonLength = 300;

    /// <summary>A length that means the engine's longest text.</summary>
    private const int Unlimited = -1;

    private sealed class InstantConverter() : ValueConverter<Instant, DateTime>(
        instant => instant.ToUtc().UtcDateTime,
        time => Instant.Of(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))));

    private sealed class RecordedConverter() : ValueConverter<DateTimeOffset, DateTime>(
        time => time.UtcDateTime,
        time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)));
}
