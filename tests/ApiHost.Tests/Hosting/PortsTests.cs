using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Hosting;

/// <summary>What a process without a cluster listens on.</summary>
public sealed class PortsTests
{
    private const string Listening = "0A";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Neither a silo port nor a gateway port: any process of the machine could call any grain over them.</summary>
    [Fact]
    public async Task Single_ListensForHttpOnly()
    {
        var https = FreePort();
        await using var upstream = await ScriptedUpstream.StartAsync(Token);
        await using var host = HostProcess.Start("ApiHost", ("Upstreams:main:Url", upstream.Url.ToString()), Setting("Listen:Https", https));
        var http = (await host.WhenReadyAsync(Token)).Port;

        Assert.Equal([.. new[] { http, https }.Order()], PortsOf(host.Id));
    }

    /// <summary>The embedded voice is a server of its own, which speaks to anyone on this machine; it calls no grain.</summary>
    [Fact]
    public async Task Single_WithTheEmbeddedVoice_ListensForItToo()
    {
        var (https, voice) = (FreePort(), FreePort());
        await using var host = HostProcess.Start("ApiHost", Setting("Listen:Https", https), Setting("LocalVoice:Port", voice));
        var http = (await host.WhenReadyAsync(Token)).Port;

        Assert.Equal([.. new[] { http, https, voice }.Order()], PortsOf(host.Id));
    }

    private static (string, string) Setting(string name, int port) => (name, port.ToString(CultureInfo.InvariantCulture));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The kernel's tables name the inode of each socket; the process has those of its own open.
    private static List<int> PortsOf(int process)
    {
        var own = new DirectoryInfo($"/proc/{process}/fd").EnumerateFileSystemInfos().Select(file => file.LinkTarget).OfType<string>().ToHashSet();
        var ports = from table in (string[])["tcp", "tcp6"]
                    from line in File.ReadLines($"/proc/{process}/net/{table}").Skip(1)
                    let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    where fields[3] == Listening && own.Contains($"socket:[{fields[9]}]")
                    select int.Parse(fields[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return [.. ports.Distinct().Order()];
    }
}
