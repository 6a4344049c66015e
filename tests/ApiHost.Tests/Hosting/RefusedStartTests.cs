using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>A program that cannot run prints sentences and nothing else, and ends with 2 for wrong settings, with 1 for a port in use.</summary>
public sealed class RefusedStartTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Archive:Kind", "azzure", "Archive:Kind is 'azzure'; it must be files or azure. Did you mean azure?")]
    [InlineData("Contexts:Expiry", "abc", $"Contexts:Expiry is 'abc'; it must be {Duration.Forms}.")]
    [InlineData("Contexts:Expiry", "5", $"Contexts:Expiry is '5'; it must be {Duration.Forms}.")]
    [InlineData("Upstreams:main:Ur1", "wss://api.example.com", "Upstreams:main:Ur1 is no setting. Did you mean Upstreams:main:Url?")]
    [InlineData("Upstream:main:Url", "wss://api.example.com", "Upstream is no section of the settings. Did you mean Upstreams?")]
    [InlineData("Cors:Origins:0", "https://app.example.com/", "Cors:Origins names 'https://app.example.com/'; it must be an origin, such as https://app.example.com, or *.")]
    [InlineData("Proxies:Trusted:0", "proxy", "Proxies:Trusted names 'proxy'; it must be an IP address or a network, such as 10.0.0.0/8.")]
    [InlineData("Console:TraceUrl", "https://traces.example.com/", "Console:TraceUrl is 'https://traces.example.com/'; it must be an http or https URL without credentials that has {trace_id}")]
    [InlineData("Console:TraceUrl", "javascript:open('{trace_id}')", "Console:TraceUrl is 'javascript:open('{trace_id}')'; it must be an http or https URL")]
    [InlineData("Tenants:acme:Keys:0", "hush-hush", "Tenants:acme:Keys holds something that is not a SHA-256: it must be 64 hexadecimal digits.")]
    [InlineData("Archive:Encryption:MasterKey", "hush-hush", "Archive:Encryption:MasterKey is not 32 bytes in base64")]
    [InlineData("Archive:Encryption:Keys", "archive", "Archive:Encryption:Keys is archive without MasterKey or MasterKeyFile")]
    [InlineData("AccessTokens:Keys", "archive", "AccessTokens:Keys is archive without Archive:Encryption:MasterKey or MasterKeyFile")]
    [InlineData("LocalVoice:FaultScript", "[{\"fault\":\"unheard-of\"}]", "fault")]
    [InlineData("Listen:Certificate", "/nowhere.pem", "Listen:Certificate is '/nowhere.pem', which is no file here.")]
    public async Task ApiHost_WrongSetting_EndsWith2AndOneSentence(string setting, string value, string expected)
    {
        await using var host = HostProcess.Start("ApiHost", (setting, value));

        Assert.Equal(HostExit.WrongSettings, await host.WhenExitedAsync(Token));
        var line = Assert.Single(host.Errors);
        Assert.StartsWith("ApiHost: ", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiHost_KeyOfTwoTenants_EndsWith2AndNamesBoth()
    {
        var key = new string('a', 64);
        await using var host = HostProcess.Start("ApiHost", ("Tenants:acme:Keys:0", key), ("Tenants:bolt:Keys:0", key.ToUpperInvariant()));

        Assert.Equal(HostExit.WrongSettings, await host.WhenExitedAsync(Token));
        Assert.Equal(["ApiHost: Tenants: acme and bolt have the same key; a key belongs to one tenant."], host.Errors);
    }

    [Fact]
    public async Task ApiHost_SeveralWrongSettings_NamesThemAllAtOnce()
    {
        await using var host = HostProcess.Start(
            "ApiHost", ("Archive:Kind", "azzure"), ("Contexts:Expiry", "5"), ("Upstreams:main:Ur1", "x"), ("Socket:MaxContexts", "0"), ("Cluster:Mode", "clustered"), ("Listen:Http", "http"));

        Assert.Equal(HostExit.WrongSettings, await host.WhenExitedAsync(Token));
        Assert.Equal(
            ["Archive:Kind", "Cluster:Mode", "Contexts:Expiry", "Listen:Http", "Socket:MaxContexts", "Upstreams:main:Ur1"],
            host.Errors.Select(line => line.Split(' ')[1]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ApiHost_FaultsOfOneSettingAndOfSeveral_NamesThemAllAtOnce()
    {
        await using var host = HostProcess.Start(
            "ApiHost", ("ASPNETCORE_ENVIRONMENT", "Production"), ("Upstreams:main:Url", "ws://127.0.0.1:1"), ("Upstreams:spare:Ur1", "ws://127.0.0.1:1"), ("Contexts:Expiry", "abc"),
            ("Listen:Http", "0"));

        Assert.Equal(HostExit.WrongSettings, await host.WhenExitedAsync(Token));
        Assert.Equal(
            [
                "ApiHost: Upstreams:spare:Ur1 is no setting. Did you mean Upstreams:spare:Url?",
                $"ApiHost: Contexts:Expiry is 'abc'; it must be {Duration.Forms}.",
                "ApiHost: Tenants is empty; name at least one tenant with Tenants:<id>:Keys:0 = the SHA-256 of its key in hexadecimal, or a file of tenants with TenantsFile.",
                "ApiHost: Upstreams:spare:Url is empty; an upstream needs one.",
            ],
            host.Errors);
    }

    [Fact]
    public async Task ApiHost_TenantNamesUnknownUpstream_IsNamedWithTheOtherFaults()
    {
        await using var host = HostProcess.Start(
            "ApiHost", ("Contexts:Expiry", "abc"), ("Contexts:Expirz", "5s"), ("Upstreams:main:Url", "ws://127.0.0.1:1"), ("Tenants:demo:Upstreams:0", "mainn"));

        Assert.Equal(HostExit.WrongSettings, await host.WhenExitedAsync(Token));
        Assert.Equal(
            [
                $"ApiHost: Contexts:Expiry is 'abc'; it must be {Duration.Forms}.",
                "ApiHost: Contexts:Expirz is no setting. Did you mean Contexts:Expiry?",
                "ApiHost: Tenants:demo:Upstreams names 'mainn'; no upstream of that name is configured. Did you mean main?",
            ],
            host.Errors);
    }

    [Theory]
    [InlineData("LocalVoice:RealtimeFactor", "fast", "LocalVoice:RealtimeFactor is 'fast'; it must be a number.")]
    [InlineData("LocalVoice:ChunkDuration", "5", "LocalVoice:ChunkDuration is '5'")]
    [InlineData("LocalVoice:Prot", "1", "LocalVoice:Prot is no setting. Did you mean LocalVoice:Port?")]
    public async Task LocalVoice_WrongSetting_EndsWith2AndOneSentence(string setting, string value, string expected)
    {
        await using var host = HostProcess.Start("LocalVoice", (setting, value));

        Assert.Equal(HostExit.WrongSettings, await host.WhenExitedAsync(Token));
        Assert.StartsWith($"LocalVoice: {expected}", Assert.Single(host.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ApiHost", "Listen:Http", "--http 0 (the setting Listen:Http=0)")]
    [InlineData("ApiHost", "Listen:Https", "--https 0 (the setting Listen:Https=0)")]
    [InlineData("ApiHost", "LocalVoice:Port", "LocalVoice:Port=0")]
    [InlineData("LocalVoice", "LocalVoice:Port", "--port 0 (the setting LocalVoice:Port=0)")]
    public async Task Port_InUse_EndsWith1AndOneSentence(string program, string setting, string remedy)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await using var host = HostProcess.Start(program, (setting, port));

        Assert.Equal(HostExit.Refused, await host.WhenExitedAsync(Token));
        Assert.Equal([$"{program}: port {port} is in use; end the program that listens on it, or take a free port with {remedy}."], host.Errors);
    }

    [Fact]
    public async Task ApiHost_DurationsWithUnits_Starts()
    {
        await using var host = HostProcess.Start("ApiHost", ("Contexts:Expiry", "250ms"), ("Socket:DrainTimeout", "10m"), ("Archive:SweepInterval", "1h"), ("Contexts:ReconnectTimeout", "00:00:05"), ("Tenants:demo:MaxOpenContexts", "5"));

        Assert.True((await host.WhenReadyAsync(Token)).IsLoopback);
    }
}
