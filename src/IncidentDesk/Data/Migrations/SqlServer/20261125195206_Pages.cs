using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.SqlServer
{
    /// <inheritdoc />
    public partial class Pages : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Incidents_Building_Key",
                table: "Incidents",
                columns: new[] { "Building", "Key" },
                filter: "\"Building\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_Handler_EffectiveDueAt_Key",
                table: "Incidents",
                columns: new[] { "Handler", "EffectiveDueAt", "Key" },
                filter: "\"Handler\" IS NOT NULL AND \"ResolvedAt\" IS NULL AND \"ExcludedAs\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Inbox_Person",
                table: "Inbox",
                column: "Person",
                filter: "\"AcknowledgedAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Incidents_Building_Key",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_Handler_EffectiveDueAt_Key",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Inbox_Person",
                table: "Inbox");
        }
    }
}
