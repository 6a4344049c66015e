using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tls;
using TtsGrains.Testing;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary><c>EventSource</c> of a real browser.</summary>
public sealed class ChromiumEventSourceTests
{
    private const string Script = """
        const source = new EventSource('/v1/sessions/call/audio?from=start&api_key=acme-key');
        const heard = [];
        for (const type of ['chunk', 'timestamps', 'flush_done', 'done', 'error', 'gap'])
            source.addEventListener(type, event => { if (event.data) { const frame = JSON.parse(event.data); heard.push(`${frame.context_id}:${frame.offset}`); } });
        source.onerror = () => { if (source.readyState === EventSource.CLOSED) report(heard.join(' ')); };
        """;

    private readonly RequestRecorder _recorder = new();
    private readonly BrowserPage _page = new(Script);

    [Fact]
    public async Task FinishedSession_IsHeardOnceAndTellsTheBrowserToStop()
    {
        await using var service = await StartAsync();
        var owner = await ConnectAsync(service);
        await owner.PushAsync("a", "First. ", flush: true);
        await owner.PushAsync("a", "Second.", more: false);
        await owner.WhenEndedAsync("a");
        await owner.CloseAsync();
        await owner.WhenClosedAsync();
        await owner.DisposeAsync();
        await Eventually.IsTrueAsync(() => service.IsFinished("call"), TestContext.Current.CancellationToken);

        var heard = (await Chromium.ReportOfAsync(service.Https!, _page)).Split(' ');

        Assert.Equal(Enumerable.Range(0, heard.Length).Select(offset => $"a:{offset}"), heard);
        Assert.Equal([false, true], Listening().Select(request => request.LastEventId is not null));
    }

    [Fact]
    public async Task ConnectionsThatAProxyCuts_AreContinuedWithoutRepeating()
    {
        await using var service = await StartAsync("Contexts:Expiry=00:02:00");
        await using var owner = await ConnectAsync(service);

        // Without comments in time, YARP cuts a silent stream: the browser comes back each time. It must leave the service time to answer, too.
        await using var yarp = await ReverseProxy.StartAsync(
            service.Services.GetRequiredService<DevCertificate>(), service.Https!, activityTimeout: TimeSpan.FromSeconds(3));
        var report = Chromium.ReportOfAsync(yarp.Address, _page);
        await SayBetweenCutsAsync(owner, "One, ", more: true, cuts: 1);
        await SayBetweenCutsAsync(owner, "two, ", more: true, cuts: 2);
        await SayBetweenCutsAsync(owner, "three.", more: false, cuts: 3);
        await owner.CloseAsync();

        var heard = (await report).Split(' ');

        Assert.Equal(Enumerable.Range(0, heard.Length).Select(offset => $"a:{offset}"), heard);
        Assert.True(heard.Length >= 4);
    }

    private Task<RunningService> StartAsync(params string[] settings) => RunningService.StartWithAsync(
        services => services.AddSingleton<IStartupFilter>(_recorder).AddSingleton<IStartupFilter>(_page), [.. RunningService.Tls, .. settings]);

    private static Task<SocketClient> ConnectAsync(RunningService service) => SocketClient.ConnectAsync(service, session: "call");

    private async Task SayBetweenCutsAsync(SocketClient owner, string text, bool more, int cuts)
    {
        await _recorder.Changes.WhenAsync(() => Listening().Count() >= cuts, TestContext.Current.CancellationToken);
        await owner.PushAsync("a", text, more);
    }

    private IEnumerable<RecordedRequest> Listening() => _recorder.Requests.Where(request => request.Path.EndsWith("/audio", StringComparison.Ordinal));
}
