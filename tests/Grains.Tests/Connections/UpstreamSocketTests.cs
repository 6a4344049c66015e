using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;
using TtsGrains.Testing;
using Xunit;

namespace TtsGrains.Grains.Tests.Connections;

/// <summary>One real socket to a scripted upstream.</summary>
public sealed class UpstreamSocketTests : IAsyncLifetime
{
    private readonly RecordingReader _reader = new();
    private ScriptedUpstream? _upstream;
    private volatile bool _maySend = true;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ScriptedUpstream Upstream => _upstream!;

    public async ValueTask InitializeAsync() => _upstream = await ScriptedUpstream.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => Upstream.DisposeAsync();

    [Fact]
    public async Task Connect_SaysWhoItIsAndWhatItSpeaks()
    {
        using var socket = await ConnectAsync();
        await Upstream.Changes.WhenAsync(() => Upstream.Sockets.Count == 1, Cancellation);

        var headers = Upstream.Sockets[0].Headers;
        Assert.Equal("Bearer secret", headers["Authorization"]);
        Assert.Equal("2026-03-01", headers["Cartesia-Version"]);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Connect_Refused_NamesTheStatus(int status)
    {
        Upstream.Refuse(status);

        var (socket, outcome) = await DialAsync();

        Assert.Null(socket);
        Assert.Equal(DialOutcome.Of(status), outcome);
        Assert.Equal(0, _reader.TimesClosed);
    }

    [Fact]
    public async Task TrySend_ManyAtOnce_ArriveWholeAndInOrder()
    {
        using var socket = await ConnectAsync();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(socket.TrySend(Push($"Part {i}.")));
        }

        await Upstream.Changes.WhenAsync(() => Upstream.Received.Count == 200, Cancellation);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"Part {i}."), Upstream.Received.Select(message => message.Transcript));
    }

    [Fact]
    public async Task TrySend_LeasesHaveEnded_SendsNothingMoreAndEnds()
    {
        using var socket = await ConnectAsync();
        socket.TrySend(Push("In time."));
        await Upstream.Changes.WhenAsync(() => Upstream.Received.Count == 1, Cancellation);

        _maySend = false;
        socket.TrySend(Push("Too late."));

        await _reader.Changes.WhenAsync(() => _reader.TimesClosed == 1, Cancellation);
        await Upstream.Changes.WhenAsync(() => Upstream.Sockets[0].IsClosed, Cancellation);
        Assert.Equal("In time.", Assert.Single(Upstream.Received).Transcript);
        Assert.False(socket.TrySend(Push("Later still.")));
    }

    [Fact]
    public async Task Messages_OfAnySize_ComeWhole()
    {
        var long1 = $$"""{"data":"{{new string('a', 300_000)}}"}""";
        Upstream.When("Go", (context, _) =>
        {
            context.Send(long1);
            context.Send("{}");
            return Task.CompletedTask;
        });
        using var socket = await ConnectAsync();
        socket.TrySend(Push("Go"));
        await _reader.Changes.WhenAsync(() => _reader.Messages.Count == 2, Cancellation);

        Assert.Equal([long1, "{}"], _reader.Messages);
    }

    [Fact]
    public async Task Dropped_IsReportedOnceAndTakesNoMore()
    {
        using var socket = await ConnectAsync();
        await Upstream.Changes.WhenAsync(() => Upstream.Sockets.Count == 1, Cancellation);
        Upstream.Sockets[0].Drop();
        await _reader.Changes.WhenAsync(() => _reader.TimesClosed > 0, Cancellation);

        Assert.False(socket.TrySend(Push("Too late.")));
        Assert.Equal(1, _reader.TimesClosed);
    }

    [Fact]
    public async Task ClosedByTheUpstream_IsReportedOnce()
    {
        using var socket = await ConnectAsync();
        await Upstream.Changes.WhenAsync(() => Upstream.Sockets.Count == 1, Cancellation);
        Upstream.Sockets[0].CloseBehind(WebSocketCloseStatus.NormalClosure, "connection idle timeout");
        await _reader.Changes.WhenAsync(() => _reader.TimesClosed == 1, Cancellation);

        Assert.False(socket.TrySend(Push("Too late.")));
    }

    /// <summary>An exception of the reader once ended the loop without a word, and every context on the socket waited without end.</summary>
    [Fact]
    public async Task ReaderThatThrows_EndsTheSocketAndIsReported()
    {
        Upstream.When("Go", (context, _) =>
        {
            context.Send("throw");
            return Task.CompletedTask;
        });
        using var socket = await ConnectAsync();
        socket.TrySend(Push("Go"));
        await _reader.Changes.WhenAsync(() => _reader.TimesClosed == 1, Cancellation);

        await Upstream.Changes.WhenAsync(() => Upstream.Sockets[0].IsClosed, Cancellation);
    }

    [Fact]
    public async Task Close_TellsTheUpstream()
    {
        using var socket = await ConnectAsync();
        await Upstream.Changes.WhenAsync(() => Upstream.Sockets.Count == 1, Cancellation);
        await socket.CloseAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
        await Upstream.Changes.WhenAsync(() => Upstream.Sockets[0].IsClosed, Cancellation);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, Upstream.Sockets[0].CloseStatus);
    }

    [Theory]
    [InlineData("Retry-After", "7", 7000.0)]
    [InlineData("retry-after-ms", "250", 250.0)]
    [InlineData("Retry-After", "soon", null)]
    public async Task Connect_RefusedForAWhile_SaysForHowLong(string header, string value, double? milliseconds)
    {
        Upstream.Refuse(429, (header, value));

        var (_, outcome) = await DialAsync();

        Assert.Equal((DialResult.Limited, milliseconds), (outcome.Result, outcome.RetryAfter?.TotalMilliseconds));
    }

    [Fact]
    public async Task Connect_NobodyThere_IsUnreachable()
    {
        await Upstream.DisposeAsync();

        Assert.Equal(DialResult.Unreachable, (await DialAsync()).Outcome.Result);
    }

    [Fact]
    public async Task Connect_HostThatNeverAnswers_IsUnreachableAfterTheTimeout()
    {
        // Accepts the TCP connection and says nothing.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new UpstreamOptions { Url = $"ws://{silent.LocalEndpoint}/", ConnectTimeout = TimeSpan.FromMilliseconds(200) };

        var (_, outcome) = await UpstreamSocket.ConnectAsync(options, _reader, static () => true, TimeProvider.System);

        Assert.Equal(DialResult.Unreachable, outcome.Result);
    }

    [Fact]
    public async Task Connect_HostThatAcceptsNoConnection_IsUnreachableAfterTheTimeout()
    {
        // With a full backlog the kernel leaves further connections unanswered.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(full.LocalEndPoint!, TestContext.Current.CancellationToken);
        var options = new UpstreamOptions { Url = $"ws://{full.LocalEndPoint}/", ConnectTimeout = TimeSpan.FromMilliseconds(200) };

        var (_, outcome) = await UpstreamSocket.ConnectAsync(options, _reader, static () => true, TimeProvider.System);

        Assert.Equal(DialResult.Unreachable, outcome.Result);
    }

    private async Task<UpstreamSocket> ConnectAsync() => (await DialAsync()).Socket!;

    private Task<(UpstreamSocket? Socket, DialOutcome Outcome)> DialAsync()
        => UpstreamSocket.ConnectAsync(new UpstreamOptions { Url = Upstream.Url.ToString(), ApiKey = "secret" }, _reader, () => _maySend, TimeProvider.System);

    private static OutgoingMessage Push(string text)
    {
        var message = new OutgoingMessage();
        message.Write(Encoding.UTF8.GetBytes(
            $$$"""{"context_id":"c","transcript":{{{JsonSerializer.Serialize(text)}}},"continue":true,"output_format":{"encoding":"pcm_s16le","sample_rate":8000}}"""));
        return message;
    }

    private sealed class RecordingReader : IUpstreamReader
    {
        private readonly List<string> _messages = [];

        public Changes Changes { get; } = new();

        public IReadOnlyList<string> Messages
        {
            get
            {
                lock (_messages)
                {
                    return [.. _messages];
                }
            }
        }

        public int TimesClosed { get; private set; }

        public void OnBinary()
        {
        }

        public void OnMessage(ReadOnlySpan<byte> message)
        {
            var text = Encoding.UTF8.GetString(message);
            if (text == "throw")
            {
                throw new NotSupportedException("An unexpected fault.");
            }

            lock (_messages)
            {
                _messages.Add(text);
            }

            Changes.Note();
        }

        public void OnClosed()
        {
            TimesClosed++;
            Changes.Note();
        }
    }
}
