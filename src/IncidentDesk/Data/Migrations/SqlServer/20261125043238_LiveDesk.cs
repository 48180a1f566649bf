using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class LiveDesk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<long>(
                name: "Incident",
                table: "Requests",
                type: "bigint",
                nullable: true,
                oldClrType: typeof(long),
                oldType: "bigint");

            migrationBuilder.AddColumn<DateTime>(
                name: "DecidedAt",
                table: "Requests",
                type: "datetime2(3)",
                precision: 3,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DecidedBy",
                table: "Requests",
                type: "nvarchar(64)",
                maxLength: 64,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<string>(
                name: "ApprovedBy",
                table: "ReferenceData",
                type: "nvarchar(64)",
                maxLength: 64,
                nullable: true,
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<string>(
                name: "ServicePoint",
                table: "People",
                type: "nvarchar(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "DeadlineVersion",
                table: "Incidents",
                type: "int",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTime>(
                name: "NextStepAt",
                table: "Incidents",
                type: "datetime2(0)",
                precision: 0,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ResponseVersion",
                table: "Incidents",
                type: "int",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "Alerts",
                columns: table => new
                {
                    Id = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Incident = table.Column<long>(type: "bigint", nullable: false),
                    Timer = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Step = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    DeadlineVersion = table.Column<int>(type: "int", nullable: false),
                    DueAt = table.Column<DateTime>(type: "datetime2(0)", precision: 0, nullable: false),
                    RaisedAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false),
                    FoldedInto = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    AcknowledgedAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: true),
                    Zh = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: false),
                    En = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Alerts", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Canaries",
                columns: table => new
                {
                    Key = table.Column<long>(type: "bigint", nullable: false),
                    StartAt = table.Column<DateTime>(type: "datetime2(0)", precision: 0, nullable: false),
                    NextStepAt = table.Column<DateTime>(type: "datetime2(0)", precision: 0, nullable: true),
                    RaisedAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Canaries", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "Heartbeats",
                columns: table => new
                {
                    Job = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    At = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Heartbeats", x => x.Job);
                });

            migrationBuilder.CreateTable(
                name: "JobPeriods",
                columns: table => new
                {
                    Job = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Period = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    LeaseUntil = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false),
                    Fence = table.Column<int>(type: "int", nullable: false),
                    DoneAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: true),
                    Result = table.Column<string>(type: "nvarchar(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_JobPeriods", x => new { x.Job, x.Period });
                });

            migrationBuilder.CreateTable(
                name: "Inbox",
                columns: table => new
                {
                    Person = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Alert = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    RaisedAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false),
                    AcknowledgedAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: true)
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
                    Id = table.Column<string>(type: "nvarchar(250)", maxLength: 250, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Alert = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Incident = table.Column<long>(type: "bigint", nullable: false),
                    Timer = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    DeadlineVersion = table.Column<int>(type: "int", nullable: false),
                    Channel = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Person = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    State = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Attempts = table.Column<int>(type: "int", nullable: false),
                    NextAttemptAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false),
                    LeaseUntil = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false),
                    Fence = table.Column<int>(type: "int", nullable: false),
                    SentAt = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: true)
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
                type: "bigint",
                nullable: false,
                defaultValue: 0L,
                oldClrType: typeof(long),
                oldType: "bigint",
                oldNullable: true);
        }
    }
}
