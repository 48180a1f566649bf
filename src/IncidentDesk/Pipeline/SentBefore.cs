using System.Text.Json;
using IncidentDesk.Data;
using IncidentDesk.Domain;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Pipeline;

/// <summary>What came of messages that were sent with a key: read before, and kept in the transaction of, whatever they change. Kept 7 days.</summary>
public static class SentBefore
{
    /// <summary>
    /// By the place in the list of messages, what came of the same key before: the same result, or a refusal where the body is another one. One without a key, or with a
    /// new one, is not in it. One query for all of them.
    /// </summary>
    public static async Task<IReadOnlyDictionary<int, T>> Find<T>(DeskDb db, IReadOnlyList<string?> sent, CancellationToken cancellationToken)
    {
        var keys = sent.Select(s => s is null ? null : Sent.Read(s)).ToList();
        var some = keys.OfType<Sent>().ToList();
        if (some.Count == 0)
        {
            return new Dictionary<int, T>();
        }

        // The primary key is actor, route, key: three short lists, so that every engine seeks instead of scanning seven days of rows.
        List<string> Distinct(Func<Sent, string> part) => [.. some.Select(part).Distinct()];
        var (actors, routes, names) = (Distinct(k => k.Actor), Distinct(k => k.Route), Distinct(k => k.Key));
        var rows = (await db.Idempotency.AsNoTracking().Where(i => actors.Contains(i.Actor) && routes.Contains(i.Route) && names.Contains(i.Key)).ToListAsync(cancellationToken))
            .ToDictionary(i => (i.Actor, i.Route, i.Key));
        var found = new Dictionary<int, T>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i] is { } key && rows.TryGetValue((key.Actor, key.Route, key.Key), out var row))
            {
                found[i] = Read<T>(row, key);
            }
        }

        return found;
    }

    /// <summary>Keeps what came of a key, to be saved with it.</summary>
    public static void Keep<T>(IncidentJournal journal, string? sent, T result, DateTimeOffset now)
    {
        if (sent is not null)
        {
            var key = Sent.Read(sent);
            journal.Keep(new IdempotencyRow
            {
                Actor = key.Actor, Route = key.Route, Key = key.Key, BodyHash = key.BodyHash, Result = JsonSerializer.Serialize(result), CreatedAt = now,
            });
        }
    }

    private static T Read<T>(IdempotencyRow row, Sent sent) => row.BodyHash == sent.BodyHash
        ? JsonSerializer.Deserialize<T>(row.Result)!
        : (T)((IRefusable)Activator.CreateInstance<T>()!).Refuse(new Refusal(
            "idempotency_key_reused", "Idempotency-Key", "同一 Idempotency-Key 已用于内容不同的请求。", "That key was used for a request with another body."));

    private sealed record Sent(string Actor, string Route, string Key, string BodyHash)
    {
        public static Sent Read(string sent) => sent.Split('\n') is [var actor, var route, var key, var hash]
            ? new Sent(actor, route, key, hash)
            : throw new ArgumentException("Four lines: actor, route, key, hash.", nameof(sent));
    }
}
