using System.Net.WebSockets;

namespace TtsGrains.ApiHost.Tts;

/// <summary>Closes a client's socket from our side. A client that does not answer would hold it, and a host that stops, indefinitely.</summary>
internal sealed class SocketEnd(WebSocket socket, ClientSocketWriter writer, TimeProvider time)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The client has closed its side, or is gone.</summary>
    public void OnLeft() => _left.TrySetResult();

    /// <summary>Cuts the connection.</summary>
    public void Cut() => socket.Abort();

    /// <summary>Closes behind everything that is queued; cuts the connection when that, or the client's answer, takes too long.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string reason)
    {
        await writer.CloseAsync(status, reason).WaitAsync(Timeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _left.Task.WaitAsync(Timeout, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_left.Task.IsCompleted)
        {
            Cut();
        }
    }
}
