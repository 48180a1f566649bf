using IncidentDesk.Channels;
using IncidentDesk.Data;
using IncidentDesk.Keeping;
using IncidentDesk.Pipeline;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IncidentDesk;

/// <summary>The one registration that every process calls.</summary>
public static class Registration
{
    /// <summary>Registers database, messages and their two behaviours for the engine of the settings.</summary>
    public static IServiceCollection AddIncidentDesk(this IServiceCollection services, DeskSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<WriterGate>();
        services.AddSingleton<Clocks.ClockWatch>();
        _ = settings.Engine switch
        {
            Engine.Sqlite => services.AddDbContextPool<DeskDb, SqliteDeskDb>(o => o.UseEngine(settings)),
            Engine.SqlServer => services.AddDbContextPool<DeskDb, SqlServerDeskDb>(o => o.UseEngine(settings)),
            _ => services.AddDbContextPool<DeskDb, PostgreSqlDeskDb>(o => o.UseEngine(settings)),
        };
        services.AddDeskKeys(settings);
        services.AddSingleton<DeskCache.Held>();
        services.AddSingleton<Reports.HeldMonths>();
        services.AddScoped<DeskCache>();
        services.AddSingleton<CommitQueue>();
        services.AddScoped<IncidentJournal>();
        services.AddScoped<Accounts.CheckSecondFactor>();
        services.AddSingleton<Accounts.SyslogFeed>();
        services.AddScoped<Incidents.ChangeIncident>();
        services.AddSingleton<Incidents.BoardFeed>();
        services.AddScoped<Reference.DecideVersion>();
        services.AddScoped<Alerts.AlertPost>();
        services.AddScoped<Alerts.AlertMessages>();
        services.AddSingleton<Alerts.AlertLinks>();
        services.AddSingleton<Alerts.ChannelTurns>();
        services.AddChannels();

        // The tick asks the database every second; a line for each statement would bury what matters.
        services.AddLogging(log => log.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error));

        services.AddTransient<ServiceFactory>(provider => type => provider.GetService(type)!);
        services.AddTransient<IMediator, Mediator>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(Tracing<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(UnitOfWork<,>));
        foreach (var handler in typeof(Registration).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false }))
        {
            foreach (var handles in handler.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
            {
                services.AddTransient(handles, handler);
            }
        }

        return services;
    }

    /// <summary>Sends one message in a scope of its own.</summary>
    public static async Task<T> SendAlone<T>(this IServiceProvider services, IRequest<T> message, CancellationToken cancellationToken = default)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.SendHere(message, cancellationToken);
    }

    /// <summary>Sends one message in the scope given.</summary>
    public static Task<T> SendHere<T>(this IServiceProvider scope, IRequest<T> message, CancellationToken cancellationToken = default) =>
        scope.GetRequiredService<IMediator>().Send(message, cancellationToken);
}
