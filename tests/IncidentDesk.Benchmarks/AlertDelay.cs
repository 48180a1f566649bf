using System.Net.Http.Json;
using IncidentDesk.Data;
using IncidentDesk.Domain.Alerts;
using IncidentDesk.Domain.Sla;
using Microsoft.EntityFrameworkCore;

namespace IncidentDesk.Benchmarks;

/// <summary>From the deadline to the alert and to its delivery, on the real host with its own schedule: faults that fall due one after the other within half a minute.</summary>
internal static class AlertDelay
{
    private const int Faults = 300;
    private const int Spread = 30;

    public static async Task Run(Yardstick yardstick)
    {
        await using var desk = await yardstick.Fresh();
        await using var host = await HostProcess.Start(desk);
        var token = await host.AddPerson("chen", "staff");
        await host.AddPerson("wang", "approver");
        var begin = Instant.Of(TimeProvider.System.GetUtcNow()).Plus(10 - 86_400);
        for (var n = 0; n < Faults; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/incidents")
            {
                Content = JsonContent.Create(new
                {
                    kind = "rental", category = "RNT-WATER-02", basis = "phone", town = "440111011", title = "漏水", reportedAt = begin.Plus(n * Spread / Faults).ToString(),
                }),
            };
            request.Headers.Add("Authorization", "Bearer " + token);
            using var answer = await host.Client.SendAsync(request);
            answer.EnsureSuccessStatusCode();
        }

        await Task.Delay(TimeSpan.FromSeconds(Spread + 15));
        var (raised, delivered) = (new List<double>(), new List<double>());
        await desk.With(async db =>
        {
            var breaches = await db.Alerts.AsNoTracking().Where(a => a.Timer == LadderTimer.Resolution && a.Step == StepKind.Breach).ToListAsync();
            var sent = await db.Outbox.AsNoTracking().Where(o => o.State == OutboxRow.Sent).ToListAsync();
            raised.AddRange(breaches.Select(a => (a.RaisedAt - a.DueAt.ToUtc()).TotalSeconds).Order());
            delivered.AddRange(breaches.SelectMany(a => sent.Where(o => o.Alert == a.Id).Select(o => (o.SentAt!.Value - a.DueAt.ToUtc()).TotalSeconds)).Order());
        });
        yardstick.Print(
            $"deadline to alert raised, {Faults} faults due within {Spread} s, real host",
            $"p50 {At(raised, 0.5):0.00} s, p99 {At(raised, 0.99):0.00} s; delivered p99 {At(delivered, 0.99):0.00} s ({raised.Count} raised, {delivered.Count} delivered)", "p99 ≤ 2 s");
    }

    private static double At(List<double> sorted, double share) => sorted.Count == 0 ? double.NaN : sorted[(int)(share * (sorted.Count - 1))];
}
