using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TtsGrains.Cluster.Tests.Hosting;

namespace TtsGrains.Cluster.Tests.Members;

/// <summary>Processes that speak TLS to each other.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tts-cluster-tests-");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [ClusterFact]
    public async Task Members_WithCertificatesOfOneAuthority_FormAClusterThatLetsNobodyElseIn()
    {
        var ours = MakeCertificates("ours");
        var shape = new ClusterShape { Silos = 2, Apis = 2, SettingsOf = name => name == "api2" ? [] : ours };
        await using var cluster = await LocalCluster.PrepareAsync(shape, Token);

        await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync(Token)));
        await cluster["api1"].StartAsync(Token);
        cluster["api2"].Begin();
        await cluster["api2"].WhenSaidAsync("No silo of the cluster takes a connection yet", Token);

        Assert.Equal("silo1 silo2", await cluster.ListActiveAsync(Token));
        Assert.True((await cluster["api1"].GetHealthAsync(Token)).GetProperty("ready").GetBoolean());
        Assert.False(cluster["api2"].Process.Ready.IsCompleted);
    }

    [ClusterFact]
    public async Task Certificate_OfAnotherAuthority_IsRefusedAtStart()
    {
        var ours = MakeCertificates("ours");
        var mixed = new Dictionary<string, string>(ours) { ["Cluster:Tls:Authority"] = MakeCertificates("theirs")["Cluster:Tls:Authority"] };
        await using var cluster = await LocalCluster.PrepareAsync(new ClusterShape { Silos = 1, Apis = 0, Settings = mixed }, Token);

        cluster["silo1"].Begin();

        Assert.Equal(2, await cluster["silo1"].Process.Exited.WaitAsync(TimeSpan.FromMinutes(1), Token));
        Assert.Contains("Cluster:Tls:Certificate", cluster["silo1"].Said, StringComparison.Ordinal);
        Assert.Contains("did not sign", cluster["silo1"].Said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // An authority and a certificate that it signed, and the settings that name them.
    private Dictionary<string, string> MakeCertificates(string name)
    {
        var (start, end) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN={name} authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(start, end);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(authority, start, end, RandomNumberGenerator.GetBytes(8));
        return new Dictionary<string, string>
        {
            ["Cluster:Tls:Off"] = "false",
            ["Cluster:Tls:Certificate"] = Write($"{name}.pem", certificate.ExportCertificatePem()),
            ["Cluster:Tls:Key"] = Write($"{name}-key.pem", key.ExportPkcs8PrivateKeyPem()),
            ["Cluster:Tls:Authority"] = Write($"{name}-authority.pem", authority.ExportCertificatePem()),
        };
    }

    private string Write(string file, string pem)
    {
        var path = Path.Combine(_folder.FullName, file);
        File.WriteAllText(path, pem);
        return path;
    }
}
