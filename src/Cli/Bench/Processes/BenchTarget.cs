using System.Net.WebSockets;
using TtsGrains.Protocol;

namespace TtsGrains.Cli.Bench.Processes;

/// <summary>A WebSocket endpoint under load.</summary>
/// <param name="Name">The name in the report: "direct", "relay" or "service".</param>
/// <param name="Url">The WebSocket endpoint.</param>
/// <param name="Key">The API key; null to send none.</param>
/// <param name="Process">Its process, if the benchmark has started it and its CPU and memory are to be measured.</param>
internal sealed record BenchTarget(string Name, Uri Url, string? Key = null, BenchProcess? Process = null) : IDisposable
{
    /// <summary>The name of the service in a report.</summary>
    public const string ServiceName = "service";

    private const int Unauthorized = 401;

    private HttpMessageInvoker? _invoker;

    /// <summary>Gets the CPU time of its process; zero if it is not known.</summary>
    public TimeSpan CpuTime => Process?.CpuTime ?? TimeSpan.Zero;

    /// <summary>Uses a handler for its connections, such as one that trusts a development certificate.</summary>
    public BenchTarget Through(HttpMessageHandler? handler)
        => this with { _invoker = handler is null ? null : new HttpMessageInvoker(handler) };

    /// <summary>Returns the same target with another key.</summary>
    public BenchTarget As(string key) => this with { Key = key };

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="path">Another path than that of the endpoint; null for the endpoint's own.</param>
    /// <param name="query">The query; empty for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WebSocketException">The target refused or cannot be reached.</exception>
    public async Task<ClientWebSocket> ConnectAsync(string? path, string query, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            if (Key is not null)
            {
                socket.Options.SetRequestHeader("X-API-Key", Key);
            }

            socket.Options.SetRequestHeader("Cartesia-Version", ApiVersion.Newest.ToString());
            socket.Options.CollectHttpResponseDetails = true;
            await socket.ConnectAsync(new UriBuilder(Url) { Path = path ?? Url.AbsolutePath, Query = query }.Uri, _invoker, cancellationToken);
            return socket;
        }
        catch (WebSocketException e) when (socket.HttpStatusCode is not 0)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            var hint = status == Unauthorized ? " --key or TTS_KEY says which key to use." : "";
            throw new BenchFailedException(FormattableString.Invariant($"{Name} answered a WebSocket request with {status}.{hint}"), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _invoker?.Dispose();
}
