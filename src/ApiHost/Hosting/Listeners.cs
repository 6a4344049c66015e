using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TtsGrains.ApiHost.Tls;
using TtsGrains.Grains.Hosting;

namespace TtsGrains.ApiHost.Hosting;

/// <summary>
/// Where the host listens: <c>Listen:Http</c> and <c>Listen:Https</c> are ports (0 takes a free one), <c>Listen:Address</c> the address (default
/// 127.0.0.1). In Development the certificate makes itself; elsewhere it is <c>Listen:Certificate</c> with <c>Listen:CertificateKey</c>, both PEM,
/// and without one there is no HTTPS. <c>Listen:Metrics</c>: see <see cref="MetricsPort"/>.
/// </summary>
internal static class Listeners
{
    public const int DefaultHttp = 8080;

    private const int DefaultHttps = 8443;
    private const int MaxRequestLineBytes = 32 * 1024;

    public static void AddListeners(this WebApplicationBuilder builder, string dataDirectory)
    {
        var settings = builder.Configuration.GetSection(ListenSettings.Section);
        var address = builder.Configuration.GetListenAddress();
        var certificate = FindCertificate(builder, settings, dataDirectory);
        builder.WebHost.UseKestrelHttpsConfiguration();

        // A frame is sent on the thread that wrote it: handing it to another thread costs more than sending it. See docs/performance.md.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // Room for an id that is far too long, so that the answer can name the field and the rule.
            kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
            kestrel.Listen(address, builder.Configuration.GetHttpPort(DefaultHttp));
            if (certificate is not null)
            {
                kestrel.Listen(address, settings.GetValue("Https", DefaultHttps), listen => listen.UseHttps(certificate));
            }

            // Last: the first address with http is the one for clients.
            if (MetricsPort.Find(builder.Configuration) is { } metrics)
            {
                kestrel.Listen(address, metrics, MetricsPort.Configure);
            }
        });
    }

    /// <summary>Checks that the host can listen on its ports.</summary>
    /// <exception cref="PortInUseException">It cannot.</exception>
    public static void RequireFreePorts(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection(ListenSettings.Section);
        builder.Configuration.RequireFreeHttpPort(DefaultHttp);
        if (builder.Environment.IsDevelopment() || !string.IsNullOrEmpty(settings["Certificate"]))
        {
            PortInUseException.ThrowIfTaken(
                builder.Configuration.GetListenAddress(), settings.GetValue("Https", DefaultHttps), "--https 0 (the setting Listen:Https=0)");
        }

        if (MetricsPort.Find(builder.Configuration) is { } metrics)
        {
            PortInUseException.ThrowIfTaken(builder.Configuration.GetListenAddress(), metrics, "Listen:Metrics=0");
        }
    }

    private static X509Certificate2? FindCertificate(WebApplicationBuilder builder, IConfigurationSection settings, string dataDirectory)
    {
        if (settings["Certificate"] is { Length: > 0 } path)
        {
            return Load(path, settings["CertificateKey"]);
        }

        if (!builder.Environment.IsDevelopment())
        {
            return null;
        }

        var development = DevCertificate.LoadOrCreate(dataDirectory, TimeProvider.System);
        builder.Services.AddSingleton(development);
        return development.Certificate;
    }

    private static X509Certificate2 Load(string path, string? keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path, string.IsNullOrEmpty(keyPath) ? null : keyPath);
        }
        catch (Exception unusable) when (unusable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"Listen:Certificate and Listen:CertificateKey are no certificate and its key in PEM form: {unusable.Message}", unusable);
        }
    }
}
