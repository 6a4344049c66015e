using TtsGrains.Client.Contexts;

namespace TtsGrains.Client.Connections;

/// <summary>The contexts on a link, and the socket that carries them. Thread-safe.</summary>
internal sealed class LinkContexts
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContextChannel> _channels = new(StringComparer.Ordinal);
    private TaskCompletionSource _attached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LinkSocket? _socket;
    private bool _isClosed;

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _channels.Count == 0;
            }
        }
    }

    /// <summary>The positions to resume at on the next socket.</summary>
    public IReadOnlyList<string> ResumePositions
    {
        get
        {
            lock (_gate)
            {
                return [.. _channels.Values.Select(channel => channel.ResumePosition).OfType<string>()];
            }
        }
    }

    /// <summary>Adds a context, and sends what it has to send once there is a socket.</summary>
    /// <exception cref="ArgumentException">A context of its id is open already.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void Add(ContextChannel channel, Link link)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(TtsClient));
            if (!_channels.TryAdd(channel.Id, channel))
            {
                throw new ArgumentException($"A context {channel.Id} is open already.", nameof(channel));
            }

            channel.OnMoved(link);
            if (_socket is { } socket)
            {
                channel.OnConnected(socket);
                socket.Signal(channel);
            }

            _attached.TrySetResult();
        }
    }

    /// <summary>A context has something to send. Without a socket it is asked again once there is one.</summary>
    public void Signal(ContextChannel channel)
    {
        lock (_gate)
        {
            _socket?.Signal(channel);
        }
    }

    /// <summary>Gets a context; null if there is none with this id.</summary>
    public ContextChannel? Find(string contextId)
    {
        lock (_gate)
        {
            return _channels.GetValueOrDefault(contextId);
        }
    }

    /// <summary>Removes a context unless another one of its id was added.</summary>
    public void Remove(ContextChannel channel)
    {
        lock (_gate)
        {
            if (_channels.GetValueOrDefault(channel.Id) == channel)
            {
                _channels.Remove(channel.Id);
            }
        }
    }

    /// <summary>Removes a context if it is over.</summary>
    public void RemoveIfOver(ContextChannel channel)
    {
        if (channel.IsOver)
        {
            Remove(channel);
        }
    }

    /// <summary>Completes when there is a context.</summary>
    public Task WhenAny()
    {
        lock (_gate)
        {
            if (_channels.Count == 0)
            {
                _attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _attached.Task;
        }
    }

    /// <summary>Continues all contexts on a socket.</summary>
    public void Connect(LinkSocket socket)
    {
        lock (_gate)
        {
            _socket = socket;
            foreach (var channel in _channels.Values)
            {
                channel.OnConnected(socket);
                socket.Signal(channel);
            }
        }
    }

    /// <summary>Removes the contexts that end with a lost socket.</summary>
    public void Disconnect(LinkSocket socket)
    {
        lock (_gate)
        {
            _socket = null;
            foreach (var channel in _channels.Values.Where(channel => !channel.OnLost(socket.SessionId is not null)).ToList())
            {
                _channels.Remove(channel.Id);
            }
        }
    }

    /// <summary>Ends all contexts with an error.</summary>
    public void FailAll(TtsError error, Exception? cause)
    {
        lock (_gate)
        {
            foreach (var channel in _channels.Values)
            {
                channel.Fail(error, cause);
            }

            _channels.Clear();
        }
    }

    /// <summary>Takes no more contexts, and stops all that are on a socket.</summary>
    /// <returns>The socket, if there is one, and a task for each context: it completes when the service knows.</returns>
    public (LinkSocket? Socket, Task[] Stopped) Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return (_socket, _socket is null ? [] : [.. _channels.Values.Select(channel => channel.StopAsync(TtsError.Disposed))]);
        }
    }
}
