using System.Net;
using TtsGrains.Grains.Clustering;
using Xunit;

namespace TtsGrains.Grains.Tests.Clustering;

public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("127.0.0.1 10.0.0.7", "10.0.0.7")]
    [InlineData("127.0.0.1 ::1 fe80::1 10.0.0.7 fd00::7", "10.0.0.7")]
    [InlineData("127.0.0.1 169.254.3.4 10.0.0.7 10.0.0.7", "10.0.0.7")]
    [InlineData("::1 fe80::1 fd00::7", "fd00::7")]
    public void Resolve_OneToChoose_IsThat(string addresses, string expected)
        => Assert.Equal(expected, Resolve(ClusterMode.Member, "auto", addresses));

    [Fact]
    public void Resolve_SeveralToChoose_NamesThem()
    {
        var refusal = Assert.Throws<SettingsException>(() => Resolve(ClusterMode.Member, "AUTO", "127.0.0.1 172.18.0.4 10.0.0.7"));

        Assert.Equal(
            "Cluster:AdvertisedAddress is auto, but this machine has several addresses, 10.0.0.7, 172.18.0.4; name the one at which others reach this process.",
            refusal.Message);
    }

    [Fact]
    public void Resolve_NoneToChoose_SaysSo()
        => Assert.Equal(
            "Cluster:AdvertisedAddress is auto, but this machine has no address beside loopback.",
            Assert.Throws<SettingsException>(() => Resolve(ClusterMode.Member, "auto", "127.0.0.1 ::1 fe80::1")).Message);

    [Theory]
    [InlineData("10.0.0.9", "10.0.0.9")]
    [InlineData("nonsense", "nonsense")]
    public void Resolve_NotAuto_IsLeftAlone(string given, string expected)
        => Assert.Equal(expected, OwnAddress.Resolve(Settings(ClusterMode.Member, given), () => throw new InvalidOperationException("Nobody asked.")));

    [Theory]
    [InlineData(ClusterMode.Single)]
    [InlineData(ClusterMode.Client)]
    public void Resolve_NobodyReachesIt_IsLoopback(ClusterMode mode)
        => Assert.Equal("127.0.0.1", OwnAddress.Resolve(Settings(mode, "auto"), () => throw new InvalidOperationException("Nobody asked.")));

    [Fact]
    public void List_ThisMachine_HasLoopback() => Assert.Contains(IPAddress.Loopback, OwnAddress.List());

    private static string Resolve(ClusterMode mode, string given, string addresses)
        => OwnAddress.Resolve(Settings(mode, given), () => [.. addresses.Split(' ').Select(IPAddress.Parse)]);

    private static ClusterSettings Settings(ClusterMode mode, string address) => new() { Mode = mode, AdvertisedAddress = address };
}
