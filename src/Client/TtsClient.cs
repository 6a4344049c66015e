using TtsGrains.Client.Connections;
using TtsGrains.Client.Contexts;
using TtsGrains.Client.Events;
using TtsGrains.Client.Sessions;
using TtsGrains.Protocol;

namespace TtsGrains.Client;

/// <summary>
/// Speaks to one service. All contexts share one WebSocket, connected with the first of them; when it is lost they are resumed over a new one, and
/// no event is repeated or missed. Thread-safe; make one for a call and dispose it with the call.
/// </summary>
/// <remarks>Cartesia itself has no sessions: there, listening and the archive answer 404, and a lost socket fails the contexts that were heard.</remarks>
public sealed class TtsClient : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly TtsClientOptions _options;
    private readonly Endpoint _endpoint;
    private readonly ApiVersion _version;
    private readonly Link _link;
    private readonly List<Link> _slowLinks = [];
    private string? _session;
    private bool _isDisposed;

    /// <summary>Makes a client; it connects with its first context.</summary>
    /// <exception cref="ArgumentException">The base URL is not one.</exception>
    public TtsClient(TtsClientOptions options)
    {
        _options = options;
        _endpoint = new Endpoint(options);
        _version = ApiVersion.Parse(options.Version);
        _link = new Link((positions, stop) => ConnectAsync(positions, mayPause: false, stop), NewBackoff(), MoveToOwnLink);
        Sessions = new TtsSessions(_endpoint);
    }

    /// <summary>The session of this client's contexts; null before the first connection, and from a server without sessions.</summary>
    public string? SessionId => Volatile.Read(ref _session);

    /// <summary>What was said, on this client and on others: listing, downloads, erasure.</summary>
    public TtsSessions Sessions { get; }

    /// <summary>Opens a context. Nothing is sent before its first push.</summary>
    /// <exception cref="ArgumentException">A context of that id is open already.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public TtsContext OpenContext(TtsContextOptions options)
    {
        var id = options.ContextId ?? Guid.NewGuid().ToString();
        var outbox = new Outbox(id, options with { Archive = options.Archive && _options.Archive }, _version);
        var channel = new ContextChannel(id, new EventQueue(_options.BufferBytesPerContext), outbox);
        _link.Attach(channel);
        return new TtsContext(channel);
    }

    /// <summary>
    /// Listens to a session: the events of all its contexts, of those to come too. A lost socket is connected again where it was left. It ends when
    /// the service ends it.
    /// </summary>
    /// <param name="session">The session, of the same tenant.</param>
    /// <param name="options">From where, and in which form; null for live events as they are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TtsException">The service refused, such as with status 404 for a session that it does not know, or could not be reached.</exception>
    public IAsyncEnumerable<TtsEvent> ListenAsync(string session, ListenOptions? options = null, CancellationToken cancellationToken = default)
        => new Listener(_endpoint, session, options ?? new ListenOptions(), NewBackoff).ListenAsync(cancellationToken);

    /// <summary>Sends a request to a route that has no method of its own, such as <c>v1/usage</c>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, without a leading slash, and the query.</param>
    /// <param name="json">The body; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The body of the answer.</returns>
    /// <exception cref="TtsException">The service refused, or could not be reached.</exception>
    public async Task<byte[]> RequestAsync(HttpMethod method, string path, byte[]? json = null, CancellationToken cancellationToken = default)
    {
        using var body = json is null ? null : new ByteArrayContent(json) { Headers = { ContentType = new("application/json") } };
        using var response = await _endpoint.SendAsync(method, _endpoint.HttpUrl(path), body, cancellationToken).ConfigureAwait(false);
        try
        {
            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new TtsException(TtsError.ConnectionLost($"{path} broke off: {e.Message}"), e);
        }
    }

    /// <summary>Cancels what is still being said, and disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        Link[] links;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            links = [_link, .. _slowLinks];
        }

        await Task.WhenAll(links.Select(link => link.DisposeAsync().AsTask())).ConfigureAwait(false);
        _endpoint.Dispose();
    }

    private Backoff NewBackoff() => new(_options.Reconnect, _options.Time);

    private async Task<LinkSocket> ConnectAsync(IReadOnlyList<string> positions, bool mayPause, CancellationToken stop)
    {
        IEnumerable<(string, string?)> query =
        [
            ("session_id", SessionId ?? _options.Session),
            ("ref", _options.Reference),
            ("archive", _options.Archive ? null : "off"),
            ("offsets", "true"),
            .. SessionId is null ? [] : positions.Select(position => ("resume", (string?)position)),
        ];
        var socket = await LinkSocket.ConnectAsync(_endpoint, _endpoint.SocketUrl("tts/websocket", query), mayPause, stop).ConfigureAwait(false);
        if (socket.SessionId is { } session)
        {
            Volatile.Write(ref _session, session);
        }

        return socket;
    }

    // On a socket of its own a slow context affects no other context.
    private bool MoveToOwnLink(ContextChannel channel)
    {
        if (SessionId is null || !channel.CanResume)
        {
            return false;
        }

        var backoff = NewBackoff();
        backoff.OnLost();
        var link = new Link((positions, stop) => ConnectAsync(positions, mayPause: true, stop), backoff, overflow: null);
        List<Link> over;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return false;
            }

            over = _slowLinks.FindAll(known => known.IsEmpty);
            _slowLinks.RemoveAll(over.Contains);
            _slowLinks.Add(link);
        }

        link.Attach(channel);
        foreach (var empty in over)
        {
            _ = empty.DisposeAsync().AsTask();
        }

        return true;
    }
}
