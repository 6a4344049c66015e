using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TtsGrains.PushStreams.Tests.Samples;

/// <summary>The examples of the README are those that are compiled, and run, here.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("silo")]
    [InlineData("client")]
    [InlineData("use")]
    public void Readme_Example_IsTheCompiledOne(string name)
    {
        var shown = Between(Read("README.md"), $"```csharp {name}\n", "```");
        var compiled = Between(Read("LiveSample.cs"), $"        // {name}\n", "        // end\n");

        Assert.Equal(shown.Trim(), Unindent(compiled).Trim());
    }

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
    public async Task Readme_Examples_Work()
    {
        var gatewayPort = FreePort();
        using var silo = Build(builder => LiveSample.AddSilo(builder, FreePort(), gatewayPort));
        await silo.StartAsync(TestContext.Current.CancellationToken);
        using var outside = Build(builder => LiveSample.AddClient(builder, gatewayPort));
        await outside.StartAsync(TestContext.Current.CancellationToken);
        var shown = new List<decimal>();
        var all = new TaskCompletionSource();

        var subscription = await LiveSample.RunAsync(outside.Services.GetRequiredService<IClusterClient>(), price =>
        {
            shown.Add(price);
            if (shown.Count == 3)
            {
                all.SetResult();
            }

            return Task.CompletedTask;
        });

        await all.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await subscription.UnsubscribeAsync();
        Assert.Equal([1.08m, 1.09m, 1.07m], shown);
        await outside.StopAsync(TestContext.Current.CancellationToken);
        await silo.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(Action<IHostApplicationBuilder> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        configure(builder);
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Unindent(string text)
        => string.Join('\n', text.Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line));

    private static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(from >= 0, $"There is no '{begin.Trim()}'.");
        from += begin.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
