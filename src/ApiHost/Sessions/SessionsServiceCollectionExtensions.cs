namespace TtsGrains.ApiHost.Sessions;

internal static class SessionsServiceCollectionExtensions
{
    /// <summary>Listening in on sessions.</summary>
    public static IServiceCollection AddListening(this IServiceCollection services)
    {
        services.AddOptions<ListenerOptions>().BindConfiguration(ListenerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ListenerInstruments>();
        services.AddSingleton<LiveSessions>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveSessions>());
        services.AddSingleton<SessionFeeds>();
        services.AddSingleton<ArchivedSessions>();
        services.AddSingleton<Listenings>();
        return services;
    }
}
