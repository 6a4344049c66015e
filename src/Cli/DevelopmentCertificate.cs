using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TtsGrains.Cli;

/// <summary>Whom a command trusts over HTTPS, besides the authorities that the machine trusts.</summary>
internal static class DevelopmentCertificate
{
    private const string FileName = "dev-cert.pem";

    // ./tts up writes the data folder of the service that it started last into this file, beside the built programs.
    private static readonly string DataFolderNote = Path.Combine(AppContext.BaseDirectory, "../../../.data");

    /// <summary>Creates a handler that trusts a certificate: the one given, or on this machine that of <c>./tts up</c>. Returns null if neither exists.</summary>
    /// <param name="service">The service.</param>
    /// <param name="authority">A PEM file; null looks for the development certificate.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificate.</exception>
    public static SocketsHttpHandler? CreateHandler(Uri service, FileInfo? authority)
    {
        var path = authority?.FullName ?? (service.IsLoopback && service.Scheme is "https" or "wss" ? Find() : null);
        if (path is null)
        {
            return null;
        }

        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPemFile(path);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
    }

    private static string? Find()
        => DataFolders().Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> DataFolders()
    {
        yield return "data";
        if (File.Exists(DataFolderNote))
        {
            yield return File.ReadAllText(DataFolderNote).Trim();
        }
    }
}
