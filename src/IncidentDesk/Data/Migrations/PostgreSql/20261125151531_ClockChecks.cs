using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.PostgreSql
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
                    Id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Host = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Source = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    OffsetMs = table.Column<long>(type: "bigint", nullable: true),
                    DelayMs = table.Column<long>(type: "bigint", nullable: true),
                    Failure = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C")
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
