using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using TtsGrains.ApiHost.Tls;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>Says once, on standard output, that the service serves and where: for people and for scripts that wait for it.</summary>
internal static class ReadyLine
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    public static async Task AnnounceReadyAsync(this WebApplication app)
    {
        var pool = app.Services.GetRequiredService<UpstreamPool>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        while (!pool.IsReady && !app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await Task.Delay(Glance, time, app.Lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var line = $"ready http={Find(addresses, "http:")} https={Find(addresses, "https:")?.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)} engine={GrainEngine.Name}";
        var certificate = app.Services.GetService<DevCertificate>()?.PemPath;
        Console.Out.WriteLine(certificate is null ? line : $"{line} cert={certificate}");
    }

    private static string? Find(ICollection<string> addresses, string scheme)
        => addresses.FirstOrDefault(address => address.StartsWith(scheme, StringComparison.Ordinal));
}
