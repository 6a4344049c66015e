using System.Net;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Hosting;
using TtsGrains.Grains.Upstreams;
using TtsGrains.LocalVoice;

namespace TtsGrains.ApiHost.Upstreams;

/// <summary>Runs the embedded voice on a loopback port when no upstream is configured, so that connection grains always hold real sockets.</summary>
internal static class LocalVoiceHosting
{
    private const string Main = $"{UpstreamOptions.Section}:{UpstreamOptions.Main}";

    /// <summary>Starts it and makes it the upstream. It must outlive the host: contexts may speak until the last moment.</summary>
    /// <returns>Null when an upstream is configured, or when none is used here.</returns>
    public static async Task<LocalVoiceServer?> StartLocalVoiceAsync(this WebApplicationBuilder builder, ClusterSettings cluster)
    {
        if (cluster.Mode == ClusterMode.Client || ConfiguredUpstreams.HaveAddress(builder.Configuration))
        {
            return null;
        }

        // Forgets a context as soon as Cartesia does: how long a client may think is decided on our side.
        var options = new LocalVoiceOptions { ContextExpiry = TimeSpan.FromSeconds(1) };
        builder.Configuration.GetSection(LocalVoiceOptions.SectionName).Bind(options);
        PortInUseException.ThrowIfTaken(IPAddress.Parse(options.Address), options.Port, $"{LocalVoiceOptions.SectionName}:{nameof(options.Port)}=0");
        var loggers = LoggerFactory.Create(logging => Logs.Configure(logging, builder.Configuration));
        var server = await StartAsync(options, loggers);
        builder.Configuration.AddInMemoryCollection(
        [
            new($"{Main}:{nameof(UpstreamOptions.Url)}", server.WebSocketUrl.ToString()),
            new($"{Main}:{nameof(UpstreamOptions.Pronunciations)}", nameof(PronunciationMode.Inline)),
        ]);
        return server;
    }

    private static async Task<LocalVoiceServer> StartAsync(LocalVoiceOptions options, ILoggerFactory loggers)
    {
        try
        {
            return await LocalVoiceServer.StartAsync(options, loggers, TimeProvider.System, CancellationToken.None);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw new SettingsException(wrong.Message, wrong);
        }
    }
}
