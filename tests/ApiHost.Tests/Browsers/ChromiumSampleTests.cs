using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary>The browser sample of docs/sessions.md, in a real browser.</summary>
public sealed partial class ChromiumSampleTests
{
    [Fact]
    public async Task Sample_WithAnAccessToken_PlaysEveryChunk()
    {
        var page = new BrowserPage($$"""
            const answer = await fetch('/access-token', {
                method: 'POST', headers: { 'X-API-Key': 'acme-key', 'Content-Type': 'application/json' }, body: '{"grants":{"listen":true},"expires_in":60}' });
            const { token } = await answer.json();
            const session = 'call';
            const played = [];
            const play = frame => played.push(`${frame.type}:${frame.context_id}`);
            {{ReadSample()}}
            source.onerror = () => { if (source.readyState === EventSource.CLOSED) report(played.join(' ')); };
            """);
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<IStartupFilter>(page), [.. RunningService.Tls]);
        await using (var owner = await SocketClient.ConnectAsync(service, session: "call"))
        {
            await owner.PushAsync("a", "First.", more: false);
            await owner.WhenEndedAsync("a");
            await owner.CloseAsync();
            await owner.WhenClosedAsync();
        }

        await Eventually.IsTrueAsync(() => service.IsFinished("call"), TestContext.Current.CancellationToken);

        Assert.All((await Chromium.ReportOfAsync(service.Https!, page)).Split(' '), chunk => Assert.Equal("chunk:a", chunk));
    }

    private static string ReadSample()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "TtsGrains.sln")))
        {
            folder = folder.Parent;
        }

        return Sample().Match(File.ReadAllText(Path.Combine(folder.FullName, "docs/sessions.md"))).Groups["text"].Value;
    }

    [GeneratedRegex("```js\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();
}
