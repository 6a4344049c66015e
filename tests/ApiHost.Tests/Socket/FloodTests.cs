using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TtsGrains.ApiHost.Tests.Clients;
using TtsGrains.ApiHost.Tests.Hosting;

namespace TtsGrains.ApiHost.Tests.Socket;

/// <summary>Clients that send bad messages in masses, and read the answers or do not.</summary>
public sealed class FloodTests
{
    private const int Messages = 100_000;

    private static readonly byte[] Bad = "{"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ErrorAnswers_NotRead_SocketIsGivenUpWithALoggedReason()
    {
        var log = new ListLog();
        await using var service = await RunningService.StartWithAsync(services => services.AddSingleton<ILoggerProvider>(log), "Socket:MaxUnsentBytes=65536");
        using var socket = await ConnectAsync(service);

        // The service ends the connection before the client has sent all.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 100 * Messages; i++)
            {
                await socket.SendAsync(Bad, WebSocketMessageType.Text, endOfMessage: true, Cancellation);
            }
        });

        Assert.False(Cancellation.IsCancellationRequested);
        Assert.Single(log.Lines, line => line.Contains("is given up", StringComparison.Ordinal));
        await using var other = await SocketClient.ConnectAsync(service);
        await other.PushAsync("other", "Still served.", more: false);
        Assert.Equal("Still served.", (await other.WhenEndedAsync("other")).Text);
    }

    [Fact]
    public async Task TinyBadMessages_AnswersRead_AreAllAnswered()
    {
        await using var service = await RunningService.StartAsync();
        using var socket = await ConnectAsync(service);

        var answers = CountAnswersAsync(socket);
        for (var i = 0; i < Messages; i++)
        {
            await socket.SendAsync(Bad, WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        }

        Assert.Equal(Messages, await answers);
    }

    private static async Task<ClientWebSocket> ConnectAsync(RunningService service)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-API-Key", $"{RunningService.Acme}-key");
        await socket.ConnectAsync(service.WebSocket, Cancellation);
        return socket;
    }

    private static async Task<int> CountAnswersAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        for (var answers = 0; ; answers++)
        {
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(), Cancellation);
            }
            while (!result.EndOfMessage);

            if (answers + 1 == Messages)
            {
                return Messages;
            }
        }
    }

    private sealed class ListLog : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
