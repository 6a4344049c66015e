using Microsoft.Extensions.Configuration;
using TtsGrains.Grains.Hosting;
using Xunit;

namespace TtsGrains.Grains.Tests.Hosting;

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
            ["ConnectionString", "Id", "AdvertisedAddress", "SiloPort", "Dashboard", "MissedProbes"],
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
        settings.Tls.Certificate = typeof(ClusterSettingsTests).Assembly.Location;

        Assert.Equal(
            ["Cluster:Tls:Key is empty", "Cluster:Tls:Authority is empty"],
            ClusterSettingsRules.Check(settings).Select(complaint => complaint.Split(';')[0]));
    }

    private static ClusterSettings Member() => new() { Mode = ClusterMode.Member, ConnectionString = "Host=db;Database=tts" };

    private static ClusterSettings Read(params (string Name, string Value)[] settings)
        => ClusterSettings.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Cluster:{setting.Name}", (string?)setting.Value)))
            .Build());
}
