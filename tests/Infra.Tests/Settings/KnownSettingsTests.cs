namespace TtsGrains.Infra.Tests.Settings;

public sealed class KnownSettingsTests
{
    [Theory]
    [InlineData("Cluster__ConnectionString", true)]
    [InlineData("Cluster:Tls:Authority", true)]
    [InlineData("Tenants__acme__Keys__0", true)]
    [InlineData("Upstreams:main:ApiKey", true)]
    [InlineData("Data", true)]
    [InlineData("Cluster__Tls", false)]
    [InlineData("Cluster__ConectionString", false)]
    [InlineData("Tenants__acme__Keys", false)]
    [InlineData("Cluster__SiloEndpoint", false)]
    public void Have_Name_KnowsWhetherThereIsSuchASetting(string name, bool expected) => Assert.Equal(expected, KnownSettings.Have(name));
}
