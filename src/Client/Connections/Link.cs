using System.Buffers;
using System.Net.WebSockets;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;

namespace TtsGrains.Client.Connections;

/// <summary>
/// A connection that carries any number of contexts and comes back when it is lost: one socket at a time, contexts resumed on the next one.
/// </summary>
/// <param name="connect">Connects; it is given the positions of the contexts to resume.</param>
/// <param name="backoff">When to try again.</param>
/// <param name="overflow">
/// Takes over a context without room for what comes; false when it cannot. Null where reading waits for room instead.
/// </param>
internal sealed class Link(Func<IReadOnlyList<string>, CancellationToken, Task<LinkSocket>> connect, Backoff backoff, Func<ContextLine, bool>? overflow) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContextLine> _lines = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkSocket? _socket;
    private Task? _running;
    private bool _isDisposed;

    /// <summary>Whether no context is on it.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _lines.Count == 0;
            }
        }
    }

    /// <summary>Takes a context.</summary>
    /// <exception cref="ArgumentException">One of its id is open already.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Attach(ContextLine line)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(TtsClient));
            if (!_lines.TryAdd(line.Id, line))
            {
                throw new ArgumentException($"A context {line.Id} is open already.", nameof(line));
            }

            line.OnMoved(this);
            if (_socket is { } socket)
            {
                line.OnConnected(socket);
                socket.Signal(line);
            }

            _work.TrySetResult();
            _running ??= Task.Run(RunAsync);
        }
    }

    /// <summary>A context has something to send. When there is no socket it is asked once there is one.</summary>
    public void Signal(ContextLine line)
    {
        lock (_gate)
        {
            _socket?.Signal(line);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] told;
        LinkSocket? socket;
        lock (_gate)
        {
            _isDisposed = true;
            (told, socket) = (_socket is null ? [] : [.. _lines.Values.Select(line => line.StopAsync(TtsError.Disposed))], _socket);
        }

        // Nobody hears them any more; without the word they would speak on until the service misses their owner.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Task.WhenAll(told).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (socket is not null)
        {
            await socket.CloseAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
                await WaitForWorkAsync().ConfigureAwait(false);
                if (await ConnectAsync().ConfigureAwait(false) is { } socket)
                {
                    await ServeAsync(socket).ConfigureAwait(false);
                    Release(socket);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
        finally
        {
            FailAll(TtsError.Disposed, null);
        }
    }

    private async Task WaitForWorkAsync()
    {
        Task work;
        lock (_gate)
        {
            if (_lines.Count == 0)
            {
                backoff.OnAlive();
                _work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            work = _work.Task;
        }

        await work.WaitAsync(_stop.Token).ConfigureAwait(false);
    }

    private async Task<LinkSocket?> ConnectAsync()
    {
        await backoff.WaitAsync(_stop.Token).ConfigureAwait(false);
        string[] positions;
        lock (_gate)
        {
            positions = [.. _lines.Values.Select(line => line.ResumePosition).OfType<string>()];
        }

        LinkSocket socket;
        try
        {
            socket = await connect(positions, _stop.Token).ConfigureAwait(false);
        }
        catch (TtsException e) when (e.Status is 0 or 408 or 429 or >= 500 && backoff.MayRetry)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            FailAll((e as TtsException)?.Error ?? TtsError.ConnectionLost(e.Message), e);
            return null;
        }

        backoff.OnConnected();
        lock (_gate)
        {
            _socket = socket;
            foreach (var line in _lines.Values)
            {
                line.OnConnected(socket);
                socket.Signal(line);
            }
        }

        return socket;
    }

    private async Task ServeAsync(LinkSocket socket)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var writing = WriteAsync(socket, ending.Token);
        try
        {
            while (await socket.ReceiveAsync(ending.Token).ConfigureAwait(false) is { } message)
            {
                if (EventReader.Read(message.Span) is { } item)
                {
                    await DeliverAsync(item, socket, ending.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            // However it ended, it has: the contexts decide what that means to them.
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            socket.Dispose();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(LinkSocket socket, CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(1024);
        try
        {
            await foreach (var line in socket.Ready.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                message.ResetWrittenCount();
                if (!line.TryRender(message, socket, out var input))
                {
                    RemoveIfOver(line);
                    continue;
                }

                await socket.SendAsync(message.WrittenMemory, cancellationToken).ConfigureAwait(false);
                line.OnSent(input, socket);

                // The next of the same context comes behind the others.
                socket.Signal(line);
            }
        }
        catch (Exception e) when (IsLoss(e))
        {
            // The loop that reads would notice late, or never.
            socket.Dispose();
        }
    }

    private async ValueTask DeliverAsync(TtsEvent item, LinkSocket socket, CancellationToken cancellationToken)
    {
        if (Find(item.ContextId) is not { } line)
        {
            return;
        }

        while (true)
        {
            var taken = line.Events.Taken;
            switch (line.Deliver(item, socket))
            {
                case Delivery.Taken or Delivery.Ended:
                    backoff.OnAlive();
                    RemoveIfOver(line);
                    return;
                case Delivery.NoRoom when overflow is null:
                    await taken.WaitAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case Delivery.NoRoom:
                    MoveOut(line, overflow);
                    return;
                default:
                    return;
            }
        }
    }

    // The event that found no room comes again over the other connection.
    private void MoveOut(ContextLine line, Func<ContextLine, bool> overflow)
    {
        if (overflow(line))
        {
            Remove(line);
        }
        else
        {
            _ = line.StopAsync(TtsError.ReaderTooSlow);
        }
    }

    private void Release(LinkSocket socket)
    {
        backoff.OnLost();
        lock (_gate)
        {
            _socket = null;
            foreach (var line in _lines.Values.Where(line => !line.OnLost(socket.SessionId is not null)).ToList())
            {
                _lines.Remove(line.Id);
            }
        }

        if (!backoff.MayRetry)
        {
            FailAll(TtsError.ConnectionLost("The socket was lost, and the reconnect policy allows no further attempt."), null);
        }
    }

    private void FailAll(TtsError error, Exception? cause)
    {
        lock (_gate)
        {
            foreach (var line in _lines.Values)
            {
                line.Fail(error, cause);
            }

            _lines.Clear();
        }
    }

    private ContextLine? Find(string contextId)
    {
        lock (_gate)
        {
            return _lines.GetValueOrDefault(contextId);
        }
    }

    private void RemoveIfOver(ContextLine line)
    {
        if (line.IsOver)
        {
            Remove(line);
        }
    }

    private void Remove(ContextLine line)
    {
        lock (_gate)
        {
            if (_lines.GetValueOrDefault(line.Id) == line)
            {
                _lines.Remove(line.Id);
            }
        }
    }

    private static bool IsLoss(Exception e) => e is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
