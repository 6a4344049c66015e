using Microsoft.Extensions.Options;
using TtsGrains.Grains.Connections;
using TtsGrains.LocalVoice;

namespace TtsGrains.ApiHost.Upstreams;

/// <summary>Runs the embedded voice on a loopback port when no upstream is configured, so that connection grains always hold real sockets.</summary>
internal static class LocalVoiceHosting
{
    public static void AddLocalVoice(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[$"{UpstreamOptions.Section}:{UpstreamOptions.Main}:{nameof(UpstreamOptions.Url)}"]))
        {
            return;
        }

        builder.Services.AddOptions<LocalVoiceOptions>().BindConfiguration(LocalVoiceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<LocalVoiceHost>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LocalVoiceHost>());
        builder.Services.AddSingleton<IPostConfigureOptions<UpstreamOptions>, LocalVoiceUrl>();
    }

    private sealed class LocalVoiceHost(IOptions<LocalVoiceOptions> options, ILoggerFactory loggers, TimeProvider time) : IHostedLifecycleService
    {
        private LocalVoiceServer? _server;

        public Uri? Url => _server?.WebSocketUrl;

        // Before every hosted service: the pool of upstream sockets dials as soon as it starts.
        public async Task StartingAsync(CancellationToken cancellationToken)
            => _server = await LocalVoiceServer.StartAsync(options.Value, loggers, time, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        // After every hosted service: contexts may speak until the last moment.
        public async Task StoppedAsync(CancellationToken cancellationToken)
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }

    private sealed class LocalVoiceUrl(LocalVoiceHost host) : IPostConfigureOptions<UpstreamOptions>
    {
        public void PostConfigure(string? name, UpstreamOptions options)
        {
            if (name == UpstreamOptions.Main && options.Url.Length == 0 && host.Url is { } url)
            {
                options.Url = url.ToString();
            }
        }
    }
}
