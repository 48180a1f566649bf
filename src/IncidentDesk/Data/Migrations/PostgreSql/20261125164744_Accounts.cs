using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IncidentDesk.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Accounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTime>(
                name: "DisabledAt",
                table: "People",
                type: "timestamp(3) with time zone",
                precision: 3,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "EndsAt",
                table: "People",
                type: "timestamp(3) with time zone",
                precision: 3,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ServicePoints",
                table: "People",
                type: "character varying(1000)",
                maxLength: 1000,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Towns",
                table: "People",
                type: "character varying(400)",
                maxLength: 400,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Accounts",
                columns: table => new
                {
                    Person = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    PasswordHash = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    PasswordSetAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: true),
                    OneTime = table.Column<bool>(type: "boolean", nullable: false),
                    Earlier = table.Column<string>(type: "character varying(1200)", maxLength: 1200, nullable: false, collation: "C"),
                    TotpKey = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: true, collation: "C"),
                    TotpStep = table.Column<long>(type: "bigint", nullable: false),
                    RecoveryHashes = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false, collation: "C"),
                    LastSignInAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: true),
                    LastSignInFrom = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    Subject = table.Column<string>(type: "character varying(250)", maxLength: 250, nullable: true, collation: "C"),
                    Version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Accounts", x => x.Person);
                    table.ForeignKey(
                        name: "FK_Accounts_People_Person",
                        column: x => x.Person,
                        principalTable: "People",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Credentials",
                columns: table => new
                {
                    Id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Kind = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Person = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Scopes = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    ExpiresAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: true),
                    IdleSeconds = table.Column<int>(type: "integer", nullable: false),
                    LastUsedAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    EndedAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Credentials", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Credentials_People_Person",
                        column: x => x.Person,
                        principalTable: "People",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Deputies",
                columns: table => new
                {
                    Id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Principal = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Deputy = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Since = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    Until = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    SetBy = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    SetAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Deputies", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SecurityEvents",
                columns: table => new
                {
                    Id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    At = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    Who = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    What = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Outcome = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    About = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true, collation: "C"),
                    Address = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true, collation: "C"),
                    Via = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Detail = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SecurityEvents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "SignInAttempts",
                columns: table => new
                {
                    Name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false, collation: "C"),
                    Failed = table.Column<int>(type: "integer", nullable: false),
                    LastAt = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: false),
                    LockedUntil = table.Column<DateTime>(type: "timestamp(3) with time zone", precision: 3, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SignInAttempts", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_Subject",
                table: "Accounts",
                column: "Subject",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Credentials_Hash",
                table: "Credentials",
                column: "Hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Credentials_Person_Kind",
                table: "Credentials",
                columns: new[] { "Person", "Kind" });

            migrationBuilder.CreateIndex(
                name: "IX_Deputies_Deputy_Until",
                table: "Deputies",
                columns: new[] { "Deputy", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_SecurityEvents_At_Id",
                table: "SecurityEvents",
                columns: new[] { "At", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_SecurityEvents_Who_At",
                table: "SecurityEvents",
                columns: new[] { "Who", "At" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Accounts");

            migrationBuilder.DropTable(
                name: "Credentials");

            migrationBuilder.DropTable(
                name: "Deputies");

            migrationBuilder.DropTable(
                name: "SecurityEvents");

            migrationBuilder.DropTable(
                name: "SignInAttempts");

            migrationBuilder.DropColumn(
                name: "DisabledAt",
                table: "People");

            migrationBuilder.DropColumn(
                name: "EndsAt",
                table: "People");

            migrationBuilder.DropColumn(
                name: "ServicePoints",
                table: "People");

            migrationBuilder.DropColumn(
                name: "Towns",
                table: "People");
        }
    }
}
