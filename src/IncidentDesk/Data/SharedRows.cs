using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace IncidentDesk.Data;

/// <summary>
/// Several workers that look for work at once each take other rows: what one of them has in hand is passed over by the rest. It only spares waiting, and work that is thrown
/// away at a conflict; that nothing is done twice rests on keys and guarded updates, with or without it. SQLite has one writer and needs none.
/// </summary>
public static partial class SharedRows
{
    private const string Tag = "rows in hand are passed over: ";

    /// <summary>Passes over the rows of <paramref name="table"/> that another transaction has in hand, and takes those found into this one's.</summary>
    public static IQueryable<T> PassingOverTaken<T>(this IQueryable<T> query, string table) => query.TagWith(Tag + table);

    [GeneratedRegex(@"^-- rows in hand are passed over: (?<table>\w+)\s+")]
    private static partial Regex Tagged();

    /// <summary>Writes the hint into the statement, as each engine has it.</summary>
    internal sealed class Hints(Engine engine) : DbCommandInterceptor
    {
        public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
        {
            if (Tagged().Match(command.CommandText) is { Success: true } tag)
            {
                command.CommandText = Hinted(command.CommandText[tag.Length..], tag.Groups["table"].Value);
            }

            return result;
        }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
            new(ReaderExecuting(command, eventData, result));

        // An update takes the lock that FOR NO KEY UPDATE does. READPAST is refused where readers see row versions, which READCOMMITTEDLOCK lifts for this table.
        private string Hinted(string sql, string table) => engine switch
        {
            Engine.PostgreSql => $"{sql}\nFOR NO KEY UPDATE OF {Regex.Match(sql, $"FROM \"{table}\" AS (\\w+)").Groups[1].Value} SKIP LOCKED",
            Engine.SqlServer => Regex.Replace(sql, $@"FROM \[{table}\] AS \[\w+\]", "$0 WITH (UPDLOCK, READPAST, ROWLOCK, READCOMMITTEDLOCK)"),
            _ => sql,
        };
    }
}
