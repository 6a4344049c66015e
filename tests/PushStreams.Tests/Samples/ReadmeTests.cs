using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;
using TtsGrains.Testing;

namespace TtsGrains.PushStreams.Tests.Samples;

/// <summary>The programs of the README compile and run as they stand there, and its table has the right defaults.</summary>
public sealed class ReadmeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Readme_Table_HasEverySettingWithItsDefault()
    {
        var readme = Read("README.md");
        var defaults = new PushStreamOptions();

        Assert.All(typeof(PushStreamOptions).GetProperties(), setting =>
        {
            var shown = setting.GetValue(defaults) switch
            {
                TimeSpan time => $"{time.TotalSeconds:0} s",
                SlowConsumers slow => $"`{slow}`",
                var number => $"{number:N0}",
            };
            Assert.Contains($"| `{setting.Name}` | {shown} |", readme, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Readme_Programs_PublishAndSubscribeOverSiloAndClient()
    {
        var (readme, siloPort, gatewayPort) = (Read("README.md"), FreePort(), FreePort());
        using var hosts = new HostWatch("SiloPort", siloPort.ToString(CultureInfo.InvariantCulture));
        var silo = ReadmeProgram.RunAsync(readme, "silo", $"--SiloPort={siloPort}", $"--GatewayPort={gatewayPort}", "--Logging:LogLevel:Default=None");
        await (await Task.WhenAny(silo, hosts.Started)).WaitAsync(Timeout, Token);
        var host = await hosts.Started.WaitAsync(Timeout, Token);
        var received = new ConcurrentQueue<decimal>();
        var subscription = await host.Services.GetRequiredService<IClusterClient>().GetStreamProvider("live").GetStream<decimal>(StreamId.Create("prices", "EUR"))
            .SubscribeAsync((price, _) =>
            {
                received.Enqueue(price);
                return Task.CompletedTask;
            });

        await ReadmeProgram.RunAsync(readme, "client", $"--GatewayPort={gatewayPort}", "--Logging:LogLevel:Default=None").WaitAsync(Timeout, Token);

        await Eventually.IsTrueAsync(() => received.Count == 3, Token);
        Assert.Equal([1.08m, 1.09m, 1.07m], received);
        await subscription.UnsubscribeAsync();
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await silo.WaitAsync(Timeout, Token);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
