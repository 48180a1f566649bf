using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace IncidentDesk.Channels;

/// <summary>
/// How channels call servers: no longer than Outgoing:TimeoutSeconds, with a circuit that opens for each channel by itself, to addresses that may be called, never following
/// elsewhere. Addresses carry keys: nothing of a request is logged or traced.
/// </summary>
public sealed class OutgoingHttp(IHttpClientFactory clients)
{
    private const string Client = "channels";
    private const int LongestAnswer = 65_536;
    private const int OpenSec = 30;
    private static readonly HttpRequestOptionsKey<string> Channel = new("channel");

    /// <summary>Posts a body. What the server answered with 200, or what came of it otherwise.</summary>
    public async Task<(string Answer, DeliveryOutcome? Failed)> Post(ChannelSettings settings, string address, HttpContent content, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Options.Set(Channel, settings.Code);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var client = clients.CreateClient(Client);
            using var answer = await client.SendAsync(request, cancellationToken);
            return (await answer.Content.ReadAsStringAsync(cancellationToken), Failed(answer));
        }
        catch (BrokenCircuitException)
        {
            return ("", DeliveryOutcome.Away("circuit_open", OpenSec));
        }
        catch (Exception e) when (e is AddressRefusedException || e.GetBaseException() is AddressRefusedException)
        {
            return ("", DeliveryOutcome.Broken("address_refused"));
        }
        catch (Exception e) when (e is TimeoutRejectedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return ("", DeliveryOutcome.Away("timeout"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidOperationException)
        {
            return ("", DeliveryOutcome.Away($"no_answer: {(e as HttpRequestException)?.HttpRequestError}"));
        }
    }

    /// <summary>Registers the client and its resilience.</summary>
    internal static void Register(IServiceCollection services)
    {
        services.AddSingleton<OutgoingHttp>();
        services.AddHttpClient(Client)
            .RemoveAllLoggers()
            .ConfigureHttpClient((provider, client) =>
            {
                // The body too has to come in time; the pipeline measures as far as the headers.
                client.Timeout = provider.GetRequiredService<DeskSettings>().OutgoingTimeout + TimeSpan.FromSeconds(1);
                client.MaxResponseContentBufferSize = LongestAnswer;
            })
            .ConfigurePrimaryHttpMessageHandler(provider =>
            {
                var outgoing = provider.GetRequiredService<DeskSettings>().Outgoing;
                return new SocketsHttpHandler
                {
                    AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null, PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                    ConnectCallback = async (to, cancel) => await outgoing.Connect(to.DnsEndPoint.Host, to.DnsEndPoint.Port, cancel),
                };
            })
            .AddResilienceHandler("channel", (pipeline, context) => pipeline
                .AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions { FailureRatio = 0.9, MinimumThroughput = 5, SamplingDuration = TimeSpan.FromMinutes(2), BreakDuration = TimeSpan.FromSeconds(OpenSec) })
                .AddTimeout(context.ServiceProvider.GetRequiredService<DeskSettings>().OutgoingTimeout))
            .SelectPipelineBy(_ => request => request.Options.TryGetValue(Channel, out var code) ? code : "");
    }

    private static DeliveryOutcome? Failed(HttpResponseMessage answer)
    {
        var (status, reason) = (answer.StatusCode, $"http_{(int)answer.StatusCode}");
        return answer.IsSuccessStatusCode ? null
            : status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500 ? DeliveryOutcome.Away(reason, (int?)answer.Headers.RetryAfter?.Delta?.TotalSeconds)
            : (int)status < 400 || status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.Gone ? DeliveryOutcome.Broken(reason)
            : DeliveryOutcome.Refused(reason);
    }
}
