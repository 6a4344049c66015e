using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;
using TtsGrains.ApiHost.Tls;

namespace TtsGrains.ApiHost.Tests.Browsers;

/// <summary>WebSockets over HTTP/2 (RFC 8441), with a real client, through a reverse proxy and from a browser.</summary>
public sealed class Http2SocketTests : IAsyncLifetime
{
    private const string Session = "call";

    private readonly RequestRecorder _recorder = new();
    private readonly SocketsHttpHandler _handler = new();
    private readonly BrowserPage _page = new("""
        const speech = new WebSocket(`wss://${location.host}/tts/websocket?api_key=acme-key&session_id=call`);
        const opened = socket => new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = () => reject(new Error('refused')); });
        await opened(speech);
        const listener = new WebSocket(`wss://${location.host}/v1/sessions/call/audio?api_key=acme-key`);
        await opened(listener);
        let owned = 0, heard = 0;
        const over = (socket, add) => new Promise(resolve => socket.onmessage = message => {
            const frame = JSON.parse(message.data);
            if (frame.type === 'chunk') add(atob(frame.data).length);
            if (frame.done) resolve(frame.type);
        });
        const ends = [over(speech, n => owned += n), over(listener, n => heard += n)];
        speech.send(JSON.stringify({ context_id: 'c', model_id: 'sonic-latest', transcript: 'Over one connection.', voice: 'v', max_buffer_delay_ms: 0,
            output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 8000 } }));
        report(`${await Promise.all(ends)} ${owned > 0} ${owned === heard}`);
        """);

    private RunningService? _service;

    private RunningService Service => _service!;

    private DevCertificate Certificate => Service.Services.GetRequiredService<DevCertificate>();

    public async ValueTask InitializeAsync()
    {
        _service = await RunningService.StartWithAsync(
            services => services.AddSingleton<IStartupFilter>(_recorder).AddSingleton<IStartupFilter>(_page), RunningService.Tls);
        _handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Certificate.Certificate.GetCertHashString(),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _handler.Dispose();
    }

    [Fact]
    public async Task Sockets_OverOneHttp2Connection_SpeakAndListen()
    {
        await SpeakAndListenAsync(Service.Https!, HttpVersion.Version20);

        var sockets = _recorder.Requests.Where(request => request.Method == "CONNECT").ToList();
        Assert.Equal([("/tts/websocket", "HTTP/2"), ($"/v1/sessions/{Session}/audio", "HTTP/2")], sockets.Select(request => (request.Path, request.Protocol)));
        Assert.Single(sockets.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task LostSocket_OverHttp2_IsResumedOverAnother()
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        var lost = await ConnectAsync(invoker, "&offsets=true");
        await lost.PushAsync("c", "Before it was lost, ");
        await lost.WhenAsync("c", heard => heard.Audio.Length > 0);
        await lost.DisposeAsync();
        var offset = lost.Find("c")!.Frames[^1].GetProperty("offset").GetInt32() + 1;

        await using var back = await ConnectAsync(invoker, $"&resume=c:{offset}&offsets=true");
        await back.PushAsync("c", "and behind.", more: false);
        var heard = await back.WhenEndedAsync("c");

        Assert.True(heard.Frames[0].GetProperty("offset").GetInt32() >= offset);
        Assert.Equal("Before it was lost, and behind.", lost.Find("c")!.Text + heard.Text);
    }

    /// <summary>A text message that is not UTF-8 is answered with an error; neither the socket nor the connection ends.</summary>
    [Fact]
    public async Task TextFrame_NotUtf8OverHttp2_IsAnErrorOfItsContext()
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        await using var client = await ConnectAsync(invoker, "");
        await client.SendAsync((byte[])[.. "{\"context_id\":\"bad\",\"transcript\":\""u8, 0xC3], WebSocketMessageType.Text, endOfMessage: false);
        await client.SendAsync("(\"}"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true);
        await client.PushAsync("good", "Still here.", more: false);

        Assert.Equal("invalid_json", (await client.WhenEndedAsync("bad")).ErrorCode);
        Assert.Equal("Still here.", (await client.WhenEndedAsync("good")).Text);
    }

    [Theory]
    [InlineData("/tts/websocket", 401)]
    [InlineData("/tts/websocket?api_key=acme-key&session_id=", 400)]
    [InlineData("/v1/sessions/none/audio", 401)]
    [InlineData("/v1/sessions/none/audio?api_key=acme-key", 404)]
    [InlineData("/v1/sessions/none/audio?api_key=acme-key&from=there", 400)]
    [InlineData("/v1/sessions/none/audio.wav?api_key=acme-key", 405)]
    [InlineData("/tts/bytes?api_key=acme-key", 405)]
    public async Task Handshake_OverHttp2_IsRefusedWithItsStatus(string path, int status)
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        using var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, CollectHttpResponseDetails = true } };

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(UrlOf(Service.Https!, path), invoker, TestContext.Current.CancellationToken));

        Assert.Equal(status, (int)socket.HttpStatusCode);
    }

    [Theory]
    [InlineData("2.0", "2.0", true)]
    [InlineData("2.0", "1.1", true)]
    [InlineData("1.1", "2.0", true)]
    [InlineData("2.0", "1.1", false)]
    public async Task Sockets_BehindYarp_SpeakAndListen(string client, string proxy, bool isEncrypted)
    {
        await using var yarp = await ReverseProxy.StartAsync(
            Certificate, isEncrypted ? Service.Https! : Service.Http, Version.Parse(proxy));

        await SpeakAndListenAsync(yarp.Address, Version.Parse(client));

        Assert.Equal(2, _recorder.Requests.Count(request => request.Protocol == (proxy == "2.0" ? "HTTP/2" : "HTTP/1.1")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chromium_SpeaksAndListensOverHttp2(bool isBehindProxy)
    {
        await using var yarp = isBehindProxy
            ? await ReverseProxy.StartAsync(Certificate, Service.Https!, HttpVersion.Version20)
            : null;

        var report = await Chromium.ReportOfAsync(yarp?.Address ?? Service.Https!, _page);

        Assert.Equal("done,done true true", report);
        Assert.Equal(["/tts/websocket", $"/v1/sessions/{Session}/audio"], _recorder.Requests.Where(request => request.Method == "CONNECT").Select(request => request.Path));
    }

    private async Task SpeakAndListenAsync(Uri host, Version version)
    {
        using var invoker = new HttpMessageInvoker(_handler, disposeHandler: false);
        await using var owner = await SocketClient.ConnectAsync(UrlOf(host, $"/tts/websocket?session_id={Session}"), Configure, invoker);
        await using var listener = await ListenerClient.ConnectAsync(UrlOf(host, $"/v1/sessions/{Session}/audio"), Configure, invoker);
        await owner.PushAsync("one", "The first of two. ", flush: true);
        await owner.PushAsync("one", "And its end.", more: false);
        await owner.PushAsync("two", "The second.", more: false);
        var (one, two) = (await owner.WhenEndedAsync("one"), await owner.WhenEndedAsync("two"));
        await owner.CloseAsync();
        await listener.WhenClosedAsync();

        Assert.Equal("The first of two. And its end.", one.Text);
        Assert.Equal(one.Audio, listener.AudioOf("one"));
        Assert.Equal(two.Audio, listener.AudioOf("two"));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, listener.CloseStatus);

        void Configure(ClientWebSocketOptions options)
        {
            options.HttpVersion = version;
            options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            SetKey(options);
        }
    }

    private Task<SocketClient> ConnectAsync(HttpMessageInvoker invoker, string query) => SocketClient.ConnectAsync(
        UrlOf(Service.Https!, $"/tts/websocket?session_id={Session}{query}"),
        options =>
        {
            (options.HttpVersion, options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            SetKey(options);
        },
        invoker);

    private static void SetKey(ClientWebSocketOptions options) => options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key");

    private static Uri UrlOf(Uri host, string path) => new(new UriBuilder(host) { Scheme = "wss", Host = "localhost" }.Uri, path);
}
