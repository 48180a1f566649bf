using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class LiveDesk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // By hand: SQLite cannot alter a column, and EF's rebuild of the table leaves the transaction, so that a kill would leave half a schema.
            migrationBuilder.Sql(
                """
                DROP INDEX "IX_Requests_Incident_State";
                ALTER TABLE "Requests" RENAME TO "RequestsOfFirst";
                CREATE TABLE "Requests" (
                    "Id" TEXT NOT NULL CONSTRAINT "PK_Requests" PRIMARY KEY,
                    "DecidedAt" TEXT NULL,
                    "DecidedBy" TEXT NULL,
                    "Incident" INTEGER NULL,
                    "Payload" TEXT NOT NULL,
                    "RequestedAt" TEXT NOT NULL,
                    "RequestedBy" TEXT NOT NULL,
                    "State" TEXT NOT NULL,
                    "Subject" TEXT NOT NULL,
                    CONSTRAINT "FK_Requests_Incidents_Incident" FOREIGN KEY ("Incident") REFERENCES "Incidents" ("Key") ON DELETE RESTRICT
                );
                INSERT INTO "Requests" ("Id", "Incident", "Payload", "RequestedAt", "RequestedBy", "State", "Subject")
                SELECT "Id", "Incident", "Payload", "RequestedAt", "RequestedBy", "State", "Subject" FROM "RequestsOfFirst";
                DROP TABLE "RequestsOfFirst";
                CREATE INDEX "IX_Requests_Incident_State" ON "Requests" ("Incident", "State");
                """);

            migrationBuilder.AddColumn<string>(
                name: "ApprovedBy",
                table: "ReferenceData",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ServicePoint",
                table: "People",
                type: "TEXT",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "DeadlineVersion",
                table: "Incidents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTime>(
                name: "NextStepAt",
                table: "Incidents",
                type: "TEXT",
                precision: 0,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ResponseVersion",
                table: "Incidents",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "Alerts",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Incident = table.Column<long>(type: "INTEGER", nullable: false),
                    Timer = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Step = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    DeadlineVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    DueAt = table.Column<DateTime>(type: "TEXT", precision: 0, nullable: false),
                    RaisedAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false),
                    FoldedInto = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    AcknowledgedAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: true),
                    Zh = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false),
                    En = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Alerts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Canaries",
                columns: table => new
                {
                    Key = table.Column<long>(type: "INTEGER", nullable: false),
                    StartAt = table.Column<DateTime>(type: "TEXT", precision: 0, nullable: false),
                    NextStepAt = table.Column<DateTime>(type: "TEXT", precision: 0, nullable: true),
                    RaisedAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Canaries", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "Heartbeats",
                columns: table => new
                {
                    Job = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Heartbeats", x => x.Job);
                });

            migrationBuilder.CreateTable(
                name: "JobPeriods",
                columns: table => new
                {
                    Job = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Period = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    LeaseUntil = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false),
                    Fence = table.Column<int>(type: "INTEGER", nullable: false),
                    DoneAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: true),
                    Result = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_JobPeriods", x => new { x.Job, x.Period });
                });

            migrationBuilder.CreateTable(
                name: "Inbox",
                columns: table => new
                {
                    Person = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Alert = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    RaisedAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false),
                    AcknowledgedAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Inbox", x => new { x.Person, x.Alert });
                    table.ForeignKey(
                        name: "FK_Inbox_Alerts_Alert",
                        column: x => x.Alert,
                        principalTable: "Alerts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Outbox",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 250, nullable: false),
                    Alert = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Incident = table.Column<long>(type: "INTEGER", nullable: false),
                    Timer = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    DeadlineVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    Channel = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Person = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    State = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    NextAttemptAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false),
                    LeaseUntil = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false),
                    Fence = table.Column<int>(type: "INTEGER", nullable: false),
                    SentAt = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Outbox", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Outbox_Alerts_Alert",
                        column: x => x.Alert,
                        principalTable: "Alerts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Requests_State_RequestedAt",
                table: "Requests",
                columns: new[] { "State", "RequestedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_EffectiveDueAt_Key",
                table: "Incidents",
                columns: new[] { "EffectiveDueAt", "Key" },
                filter: "\"ResolvedAt\" IS NULL AND \"ExcludedAs\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_NextStepAt",
                table: "Incidents",
                column: "NextStepAt",
                filter: "\"NextStepAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Incident_Timer_Step_DeadlineVersion",
                table: "Alerts",
                columns: new[] { "Incident", "Timer", "Step", "DeadlineVersion" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Canaries_NextStepAt",
                table: "Canaries",
                column: "NextStepAt");

            migrationBuilder.CreateIndex(
                name: "IX_Inbox_Alert",
                table: "Inbox",
                column: "Alert");

            migrationBuilder.CreateIndex(
                name: "IX_Inbox_Person_RaisedAt",
                table: "Inbox",
                columns: new[] { "Person", "RaisedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_Alert",
                table: "Outbox",
                column: "Alert");

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_Incident_State",
                table: "Outbox",
                columns: new[] { "Incident", "State" });

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_State_NextAttemptAt",
                table: "Outbox",
                columns: new[] { "State", "NextAttemptAt" });

            // Tickets that were logged before there was a watch: the tick looks at each open one and finds its next step.
            migrationBuilder.Sql("UPDATE \"Incidents\" SET \"DeadlineVersion\" = 1, \"ResponseVersion\" = 1;");
            migrationBuilder.Sql("UPDATE \"Incidents\" SET \"NextStepAt\" = \"ReportedAt\" WHERE \"ResolvedAt\" IS NULL AND \"ExcludedAs\" IS NULL;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Canaries");

            migrationBuilder.DropTable(
                name: "Heartbeats");

            migrationBuilder.DropTable(
                name: "Inbox");

            migrationBuilder.DropTable(
                name: "JobPeriods");

            migrationBuilder.DropTable(
                name: "Outbox");

            migrationBuilder.DropTable(
                name: "Alerts");

            migrationBuilder.DropIndex(
                name: "IX_Requests_State_RequestedAt",
                table: "Requests");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_EffectiveDueAt_Key",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_NextStepAt",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "DecidedAt",
                table: "Requests");

            migrationBuilder.DropColumn(
                name: "DecidedBy",
                table: "Requests");

            migrationBuilder.DropColumn(
                name: "ApprovedBy",
                table: "ReferenceData");

            migrationBuilder.DropColumn(
                name: "ServicePoint",
                table: "People");

            migrationBuilder.DropColumn(
                name: "DeadlineVersion",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "NextStepAt",
                table: "Incidents");

            migrationBuilder.DropColumn(
                name: "ResponseVersion",
                table: "Incidents");

            migrationBuilder.AlterColumn<long>(
                name: "Incident",
                table: "Requests",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L,
                oldClrType: typeof(long),
                oldType: "INTEGER",
                oldNullable: true);
        }
    }
}
