using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class LogPage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Incidents_Building_Key",
                table: "Incidents",
                columns: new[] { "Building", "Key" },
                filter: "\"Building\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Incidents_Building_Key",
                table: "Incidents");
        }
    }
}
