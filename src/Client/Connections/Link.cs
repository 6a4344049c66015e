using TtsGrains.Client.Contexts;

namespace TtsGrains.Client.Connections;

/// <summary>
/// A connection that carries any number of contexts and comes back when it is lost: one socket at a time, contexts resumed on the next one.
/// </summary>
/// <param name="connect">Connects; it is given the positions of the contexts to resume.</param>
/// <param name="backoff">When to try again.</param>
/// <param name="overflow">Takes over a context without room for an event; false when it cannot. Null where reading waits for room instead.</param>
internal sealed class Link(Func<IReadOnlyList<string>, CancellationToken, Task<LinkSocket>> connect, Backoff backoff, Func<ContextChannel, bool>? overflow) : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly LinkContexts _contexts = new();
    private readonly CancellationTokenSource _stop = new();
    private Task? _running;

    /// <summary>True if no context is on it.</summary>
    public bool IsEmpty => _contexts.IsEmpty;

    /// <summary>Takes a context, and connects if there is no socket.</summary>
    /// <exception cref="ArgumentException">A context of its id is open already.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Attach(ContextChannel channel)
    {
        lock (_gate)
        {
            _contexts.Add(channel, this);
            _running ??= Task.Run(RunAsync);
        }
    }

    /// <summary>A context has something to send.</summary>
    public void Signal(ContextChannel channel) => _contexts.Signal(channel);

    public async ValueTask DisposeAsync()
    {
        // The contexts' events have no reader any more; without a cancel they would speak until the service misses their owner.
        LinkSocket? socket;
        Task[] stopped;
        lock (_gate)
        {
            (socket, stopped) = _contexts.Close();
        }

        using var timeout = new CancellationTokenSource(CloseTimeout);
        await Task.WhenAll(stopped).WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (socket is not null)
        {
            await socket.CloseAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await (_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await WaitForContextAsync().ConfigureAwait(false);
                if (await ConnectAsync().ConfigureAwait(false) is { } socket)
                {
                    _contexts.Connect(socket);
                    await new LinkExchange(socket, _contexts, backoff, overflow).RunAsync(_stop.Token).ConfigureAwait(false);
                    OnLost(socket);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
        finally
        {
            _contexts.FailAll(TtsError.Disposed, null);
        }
    }

    private async Task WaitForContextAsync()
    {
        if (_contexts.IsEmpty)
        {
            backoff.OnAlive();
        }

        await _contexts.WhenAny().WaitAsync(_stop.Token).ConfigureAwait(false);
    }

    private async Task<LinkSocket?> ConnectAsync()
    {
        await backoff.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            var socket = await connect(_contexts.ResumePositions, _stop.Token).ConfigureAwait(false);
            backoff.OnConnected();
            return socket;
        }
        catch (TtsException e) when (e.Status is 0 or 408 or 429 or >= 500 && backoff.MayRetry)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            _contexts.FailAll((e as TtsException)?.Error ?? TtsError.ConnectionLost(e.Message), e);
            return null;
        }
    }

    private void OnLost(LinkSocket socket)
    {
        backoff.OnLost();
        _contexts.Disconnect(socket);
        if (!backoff.MayRetry)
        {
            _contexts.FailAll(TtsError.ConnectionLost("The socket was lost, and the reconnect policy allows no further attempt."), null);
        }
    }
}
