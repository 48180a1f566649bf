using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.SqlServer
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
                    Id = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Host = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    Source = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false, collation: "Latin1_General_100_BIN2"),
                    At = table.Column<DateTime>(type: "datetime2(3)", precision: 3, nullable: false),
                    OffsetMs = table.Column<long>(type: "bigint", nullable: true),
                    DelayMs = table.Column<long>(type: "bigint", nullable: true),
                    Failure = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true, collation: "Latin1_General_100_BIN2")
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
