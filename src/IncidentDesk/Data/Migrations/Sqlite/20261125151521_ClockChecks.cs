using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ClockChecks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ClockChecks",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Host = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Source = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    At = table.Column<DateTime>(type: "TEXT", precision: 3, nullable: false),
                    OffsetMs = table.Column<long>(type: "INTEGER", nullable: true),
                    DelayMs = table.Column<long>(type: "INTEGER", nullable: true),
                    Failure = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ClockChecks", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_ClockChecks_At",
                table: "ClockChecks",
                column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_ClockChecks_Host_Source_At",
                table: "ClockChecks",
                columns: new[] { "Host", "Source", "At" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ClockChecks");
        }
    }
}
