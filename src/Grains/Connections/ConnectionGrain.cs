using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using TtsGrains.Grains.Contexts;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Connections;

/// <summary>Holds one upstream socket and routes what it brings. The socket runs on its own; it never runs inside the grain.</summary>
[PreferLocalPlacement]
internal sealed partial class ConnectionGrain(
    ContextLogs logs,
    UpstreamPool pool,
    IOptionsMonitor<UpstreamOptions> upstreams,
    TtsInstruments instruments,
    TimeProvider time,
    ILogger<ContextFeed> feedLogger,
    ILogger<ConnectionGrain> logger) : Grain, IConnectionGrain, IUpstreamReader
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(2);

    private readonly UpstreamRoutes _routes = new();
    private ConnectionKey _key;
    private UpstreamOptions _options = new();
    private UpstreamSocket? _socket;
    private volatile bool _isLeaving;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _key = ConnectionKey.Parse(this.GetPrimaryKeyString());
        _options = upstreams.Get(_key.Upstream);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        if (_socket is not null)
        {
            await _socket.CloseAsync(ClosePatience, time);
            _socket.Dispose();
            _routes.Lose();
        }
    }

    public async Task<DialOutcome> ConnectAsync()
    {
        if (_socket is not null)
        {
            return DialOutcome.Connected;
        }

        (_socket, var outcome) = await UpstreamSocket.ConnectAsync(_options, this, time);
        if (_socket is null)
        {
            DeactivateOnIdle();
            return outcome;
        }

        instruments.ConnectionOpened(_key.Upstream);
        LogConnected(logger, _key);

        // The socket's life is the grain's life, calls or not.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var often = SilenceChecks.PeriodOf(_options);
        this.RegisterGrainTimer(CheckSilenceAsync, often, often);
        return outcome;
    }

    public Task<SendResult> OpenAsync(string contextKey, int attempt, string upstreamContextId, byte[] message)
    {
        if (_socket is null)
        {
            return Task.FromResult(SendResult.SocketGone);
        }

        // Given up in the meantime, or it does not live on this silo: no other socket would help.
        if (logs.Find(contextKey) is not { } log || log.StartOf(attempt) is not { } start)
        {
            return Task.FromResult(SendResult.ContextGone);
        }

        _routes.Add(
            upstreamContextId,
            new ContextFeed(log, GrainFactory.GetGrain<IContextGrain>(contextKey), start, () => pool.OnSpoken(_key), feedLogger));
        if (_socket.TrySend(message))
        {
            return Task.FromResult(SendResult.Sent);
        }

        _routes.Remove(upstreamContextId);
        return Task.FromResult(SendResult.SocketGone);
    }

    public Task<bool> SendAsync(string upstreamContextId, byte[] message)
        => Task.FromResult(_routes.Contains(upstreamContextId) && _socket is not null && _socket.TrySend(message));

    public Task CancelAsync(string upstreamContextId, byte[] message)
    {
        if (_routes.Drain(upstreamContextId))
        {
            _socket?.TrySend(message);
            this.RegisterGrainTimer(FreeSlotAsync, upstreamContextId, _options.CancelDrain, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    public Task<bool> RetireAsync()
    {
        if (_routes.Count > 0)
        {
            return Task.FromResult(false);
        }

        DeactivateOnIdle();
        return Task.FromResult(true);
    }

    public Task OnClosedAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    void IUpstreamReader.OnMessage(ReadOnlySpan<byte> message)
    {
        if (!ServerFrameParser.TryParse(message, out var frame))
        {
            instruments.FrameDropped(_key.Upstream, FrameDrop.Garbage);
            return;
        }

        switch (_routes.Deliver(frame))
        {
            case RouteResult.Ended:
                pool.OnSlotFree(_key);
                break;
            case RouteResult.NoRoute:
                instruments.FrameDropped(_key.Upstream, FrameDrop.NoRoute);
                break;
            default:
                break;
        }
    }

    void IUpstreamReader.OnClosed()
    {
        pool.OnClosed(_key);
        instruments.ConnectionClosed(_key.Upstream);
        var contexts = _routes.Lose();
        LogClosed(logger, _key, contexts);
        if (!_isLeaving)
        {
            _ = this.AsReference<IConnectionGrain>().OnClosedAsync();
        }
    }

    // One look at all of them now and then, instead of a timer for each.
    private Task CheckSilenceAsync(CancellationToken cancellationToken)
    {
        _routes.CheckSilence();
        return Task.CompletedTask;
    }

    private Task FreeSlotAsync(string upstreamContextId, CancellationToken cancellationToken)
    {
        if (_routes.Remove(upstreamContextId))
        {
            pool.OnSlotFree(_key);
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Upstream connection {ConnectionId} is open")]
    private static partial void LogConnected(ILogger logger, ConnectionKey connectionId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Upstream connection {ConnectionId} ended with {Contexts} contexts on it")]
    private static partial void LogClosed(ILogger logger, ConnectionKey connectionId, int contexts);
}
