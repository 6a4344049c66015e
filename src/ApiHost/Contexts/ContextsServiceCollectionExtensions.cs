namespace TtsGrains.ApiHost.Contexts;

internal static class ContextsServiceCollectionExtensions
{
    /// <summary>How this process holds the contexts that its clients open.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="isAlone">Whether the service is this one process, so that every context lives in it.</param>
    public static IServiceCollection AddContextHandles(this IServiceCollection services, bool isAlone)
    {
        if (isAlone)
        {
            return services.AddSingleton<ContextHandleFactory, ContextHandleFactory.Local>();
        }

        services.AddSingleton<ContextLossDetector>();
        services.AddSingleton<RemoteContextServices>();
        services.AddHostedService(provider => provider.GetRequiredService<ContextLossDetector>());
        return services.AddSingleton<ContextHandleFactory, ContextHandleFactory.Cluster>();
    }
}
