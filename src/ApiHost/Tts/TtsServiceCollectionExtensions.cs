namespace TtsGrains.ApiHost.Tts;

internal static class TtsServiceCollectionExtensions
{
    /// <summary>The client's side of the Cartesia protocol.</summary>
    public static IServiceCollection AddTtsSocket(this IServiceCollection services)
    {
        services.AddOptions<SocketOptions>().BindConfiguration(SocketOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
