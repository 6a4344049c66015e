using Microsoft.Extensions.Configuration;
using TtsGrains.Grains.Clustering;
using Xunit;

namespace TtsGrains.Grains.Tests.Clustering;

public sealed class ClusterSettingsTests
{
    [Fact]
    public void Read_NothingSet_IsAloneOnFreePorts()
    {
        var settings = Read();

        Assert.Equal(ClusterMode.Single, settings.Mode);
        Assert.InRange(settings.SiloPort, 1, 65535);
        Assert.InRange(settings.GatewayPort, 1, 65535);
        Assert.EndsWith($"-{settings.SiloPort}", settings.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownMode_NamesTheSetting()
        => Assert.Contains("Cluster:Mode", Assert.Throws<SettingsException>(() => Read(("Mode", "clustered"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Check_SeveralWrong_NamesThemAll()
    {
        var settings = new ClusterSettings { Mode = ClusterMode.Member, Id = "a b", SiloPort = -1, MissedProbes = 0, AdvertisedAddress = "host", Dashboard = "/" };

        var wrong = ClusterSettingsRules.Check(settings).ToList();

        Assert.Equal(
            ["ConnectionString", "Id", "AdvertisedAddress", "SiloPort", "Dashboard", "MissedProbes", "Tls"],
            wrong.Select(complaint => complaint["Cluster:".Length..complaint.IndexOf(' ', StringComparison.Ordinal)]));
    }

    [Fact]
    public void Check_Alone_NeedsNothing() => Assert.Empty(ClusterSettingsRules.Check(new ClusterSettings { Id = "" }));

    [Fact]
    public void Check_TwoPortsAlike_IsWrong()
    {
        var settings = Member();
        (settings.SiloPort, settings.GatewayPort) = (11111, 11111);

        Assert.StartsWith("Cluster:GatewayPort is 11111", Assert.Single(ClusterSettingsRules.Check(settings)), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_HalfOfTls_NamesWhatIsMissing()
    {
        var settings = Member();
        settings.Tls.Off = false;
        settings.Tls.Certificate = typeof(ClusterSettingsTests).Assembly.Location;

        Assert.Equal(
            ["Cluster:Tls:Key is empty", "Cluster:Tls:Authority is empty"],
            ClusterSettingsRules.Check(settings).Select(complaint => complaint.Split(';')[0]));
    }

    [Fact]
    public void Check_NeitherTlsNorOff_NamesBoth()
    {
        var settings = Member();
        settings.Tls.Off = false;

        Assert.Equal(
            "Cluster:Tls is missing; a cluster needs Certificate, Key and Authority, or Cluster:Tls:Off=true to do without.", Assert.Single(ClusterSettingsRules.Check(settings)));
    }

    [Fact]
    public void Check_TlsAndOff_IsWrong()
    {
        var settings = Member();
        settings.Tls.Certificate = settings.Tls.Key = settings.Tls.Authority = typeof(ClusterSettingsTests).Assembly.Location;

        Assert.Equal("Cluster:Tls:Off is true, but there is a certificate; remove one of them.", Assert.Single(ClusterSettingsRules.Check(settings)));
    }

    private static ClusterSettings Member() => new() { Mode = ClusterMode.Member, ConnectionString = "Host=db;Database=tts", Tls = { Off = true } };

    private static ClusterSettings Read(params (string Name, string Value)[] settings)
        => ClusterSettings.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Cluster:{setting.Name}", (string?)setting.Value)))
            .Build());
}
