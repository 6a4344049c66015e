using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Tts;

internal static class TtsServiceCollectionExtensions
{
    /// <summary>The client's side of the Cartesia protocol: the socket, and speech over plain HTTP.</summary>
    public static IServiceCollection AddTts(this IServiceCollection services)
    {
        services.AddOptions<SocketOptions>().BindConfiguration(SocketOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IStopTime, SocketStopTime>();
        services.AddSingleton<Admission>();
        services.AddSingleton<SocketInstruments>();
        services.AddSingleton<RefusalPace>();
        services.AddSingleton<SocketServices>();
        services.AddSingleton<SessionSockets>();
        services.AddSingleton<SpeechRequests>();
        return services;
    }
}
