using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TtsGrains.ApiHost.Tls;

/// <summary>
/// The certificate of a developer's machine, made on first start: the JavaScript SDKs speak TLS only. Clients trust it by its PEM file.
/// </summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="PemPath">The certificate alone, for clients to trust.</param>
internal sealed record DevCertificate(X509Certificate2 Certificate, string PemPath)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan Life = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(7);

    /// <summary>Loads the certificate of a directory, or makes one when there is none or it is about to run out.</summary>
    public static DevCertificate LoadOrCreate(string directory, TimeProvider time)
    {
        var certificatePath = Path.Combine(directory, "dev-cert.pem");
        var keyPath = Path.Combine(directory, "dev-key.pem");
        var now = time.GetUtcNow();
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            var known = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            if (known.NotAfter.ToUniversalTime() - now.UtcDateTime > RenewBefore)
            {
                return new DevCertificate(known, certificatePath);
            }

            known.Dispose();
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = Create(key, now);
        WritePrivate(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificatePath, made.ExportCertificatePem() + "\n");
        return new DevCertificate(made, certificatePath);
    }

    private static X509Certificate2 Create(ECDsa key, DateTimeOffset now)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        var request = new CertificateRequest("CN=localhost, O=TtsGrains development", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        return request.CreateSelfSigned(now.AddMinutes(-5), now + Life);
    }

    private static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
