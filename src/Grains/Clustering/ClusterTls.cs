using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace TtsGrains.Grains.Clustering;

/// <summary>
/// TLS in which both sides show a certificate of one authority. Names are not compared: the processes know each other by address, and who has a
/// certificate of that authority belongs to the cluster.
/// </summary>
internal sealed class ClusterTls
{
    // Sent with the greeting, which must name somebody.
    private const string Peer = "tts-cluster";

    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection _authority;

    private ClusterTls(X509Certificate2 certificate, X509Certificate2Collection authority) => (_certificate, _authority) = (certificate, authority);

    /// <exception cref="SettingsException">A file does not hold what it should.</exception>
    public static ClusterTls Read(ClusterTlsSettings settings)
    {
        var authority = new X509Certificate2Collection();
        Try(nameof(settings.Authority), settings.Authority, () => authority.ImportFromPemFile(settings.Authority));
        X509Certificate2? certificate = null;
        Try(nameof(settings.Certificate), settings.Certificate, () => certificate = X509Certificate2.CreateFromPemFile(settings.Certificate, settings.Key));
        var tls = new ClusterTls(certificate!, authority);
        return tls.IsTrusted(certificate!)
            ? tls
            : throw new SettingsException(
                $"{ClusterSettings.Section}:Tls:{nameof(settings.Certificate)} is '{settings.Certificate}', which {nameof(settings.Authority)} '{settings.Authority}' did not sign, or whose time is over.");
    }

    public void Configure(TlsOptions options)
    {
        options.LocalCertificate = _certificate;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => IsTrusted(certificate);
        options.OnAuthenticateAsClient = (_, greeting) => greeting.TargetHost = Peer;
    }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static void Try(string setting, string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{ClusterSettings.Section}:Tls:{setting} is '{file}', which cannot be read as PEM: {wrong.Message}", wrong);
        }
    }
}
