using TtsGrains.ApiHost.Tls;
using TtsGrains.Grains.Clustering;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>Says once, on standard output, that the service serves and where: for people and for scripts that wait for it.</summary>
internal static class ReadyLine
{
    public static async Task AnnounceReadyAsync(this WebApplication app)
    {
        if (!await app.WhenReadyAsync())
        {
            return;
        }

        var https = app.FindAddress("https")?.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var line = $"ready http={app.FindAddress("http")} https={https}";
        if (MetricsPort.Find(app.Configuration) is not null)
        {
            line += $" metrics={app.FindAddress("http", isLast: true)}";
        }

        if (app.Services.GetRequiredService<ClusterSettings>() is { Mode: not ClusterMode.Single } cluster)
        {
            line += $" cluster={cluster.Id} mode={cluster.Mode.ToString().ToLowerInvariant()}";
        }

        var certificate = app.Services.GetService<DevCertificate>()?.PemPath;
        Console.Out.WriteLine(certificate is null ? line : $"{line} cert={certificate}");
    }
}
