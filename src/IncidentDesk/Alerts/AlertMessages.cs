using System.Globalization;
using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Domain.Incidents;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Alerts;

/// <summary>
/// Alerts as messages to the outside: number, kind, town and time left. Nothing of a reporter, no address, no free text. The link is sealed when a message is sent
/// (<see cref="AlertLinks"/>).
/// </summary>
public sealed class AlertMessages(DeskDb db, DeskCache cache, DeskSettings settings)
{
    /// <summary>
    /// The messages of rows: what an outage kept back of one ticket for one reader becomes a single one, the last in its words. Rows of a channel of the product's own each
    /// are one.
    /// </summary>
    internal async Task<IReadOnlyList<Consignment>> Of(IReadOnlyList<Delivery> rows, IChannel? kind, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (kind is null)
        {
            return [.. rows.Select(r => new Consignment(new ChannelMessage(r.Id, r.Person, r.Zh, r.En, "", null, null), [r], null))];
        }

        var (keys, people) = (rows.Select(r => r.Incident).Distinct().ToList(), rows.Select(r => r.Person).Distinct().ToList());
        var incidents = await db.Incidents.AsNoTracking().Where(i => keys.Contains(i.Key)).ToDictionaryAsync(i => i.Key, cancellationToken);
        var contacts = kind.Reach == Reach.Group ? [] : await db.Contacts.AsNoTracking().Where(c => people.Contains(c.Person)).ToDictionaryAsync(c => c.Person, cancellationToken);
        var desk = await cache.Get(db, cancellationToken);
        return [.. rows.GroupBy(r => (Ticket: r.Timer is AlertRow.Watch or AlertRow.Canary ? r.Id : r.Incident.ToString(CultureInfo.InvariantCulture), r.Person)).Select(of =>
        {
            List<Delivery> told = [.. of.OrderBy(r => r.RaisedAt).ThenBy(r => r.DueAt)];
            var contact = contacts.GetValueOrDefault(of.Key.Person);
            return new Consignment(Message(told, incidents.GetValueOrDefault(told[^1].Incident), kind.Reach == Reach.Email ? contact?.Email : contact?.Phone, desk, now), told, null);
        })];
    }

    /// <summary>One message that tells of many alerts: how many of which kind, and the numbers of the tickets, those in a row as one.</summary>
    internal async Task<ChannelMessage> Digest(string mark, IReadOnlyList<Delivery> rows, CancellationToken cancellationToken)
    {
        var desk = await cache.Get(db, cancellationToken);
        var (late, soon) = (rows.Count(IsBreach), rows.Count(r => !IsBreach(r)));
        var tickets = rows.Select(r => r.Incident).Distinct().Order().ToList();
        var zh = $"【提醒汇总】{tickets.Count} 件工单共 {rows.Count} 项提醒：超时 {late} 项，临期 {soon} 项。工单 {string.Join("、", Ranges(tickets, desk))}。明细见收件箱。";
        return new ChannelMessage(
            mark, null, zh, $"Digest: {rows.Count} alerts of {tickets.Count} incidents, {late} of breaches. See the inbox.", "",
            settings.PublicAddress is { } address ? address + "/" : null, null);
    }

    private static bool IsBreach(Delivery row) => row.Step == Domain.Alerts.StepKind.Breach || row.Step.StartsWith(Domain.Alerts.StepKind.Repeat, StringComparison.Ordinal);

    private static IEnumerable<string> Ranges(List<long> tickets, Desk desk)
    {
        for (var first = 0; first < tickets.Count;)
        {
            var last = first;
            while (last + 1 < tickets.Count && tickets[last + 1] == tickets[last] + 1)
            {
                last++;
            }

            var (from, to) = (Number(tickets[first], desk), Number(tickets[last], desk));
            yield return last == first ? from : $"{from}～{to[(to.LastIndexOf('-') + 1)..]}";
            first = last + 1;
        }
    }

    private static ChannelMessage Message(List<Delivery> told, IncidentRow? row, string? address, Desk desk, DateTimeOffset now)
    {
        var (head, before) = (told[^1], told.Count - 1);
        var (zh, en) = before == 0 ? (head.Zh, head.En) : ($"{head.Zh}(渠道中断期间另有 {before} 项提醒未能送达，已并入本条。)", $"{head.En} {before} more that could not be delivered are told herewith.");
        if (row is null || head.Timer is AlertRow.Watch or AlertRow.Canary)
        {
            return new ChannelMessage(head.Alert, address, zh, en, "", null, null);
        }

        var number = Number(row.Key, desk);
        var day = desk.Zone.DayOf(Instant.Of(now));
        var kind = row.Kind == "rental" ? FaultKind.Rental : FaultKind.System;
        string?[] facts =
        [
            (kind == FaultKind.Rental ? "出租屋" : "信息系统") + (desk.Reference.FindCategory(kind, row.Category, day) is var (category, _, _) ? " " + category.Name : ""),
            desk.Reference.Find(Reference.ReferenceList.Town, row.Town, day)?.Name,
            row.EffectiveDueAt is { } due ? Left(due.Since(Instant.Of(now))) : null,
        ];
        return new ChannelMessage(
            head.Alert, address, zh, en, string.Join("，", facts.Where(f => f is not null)), null,
            new AlertedTicket(number, head.Alert, head.Timer, head.Step, head.DueAt.ToUtc(), row.Kind, row.Category, row.Town, row.EffectiveDueAt?.ToUtc()));
    }

    private static string Left(long seconds) => $"{(seconds >= 0 ? "剩余" : "已超")} {Math.Abs(seconds) / 3_600}小时{Math.Abs(seconds) % 3_600 / 60}分";

    private static string Number(long key, Desk desk) => new IncidentNumber(desk.Installation.NumberPrefix, key).ToString();
}
