using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using TtsGrains.Grains.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>Dials, checks and retires one upstream socket. Contexts use the <see cref="UpstreamConnection"/> directly; none of their messages pass the grain.</summary>
[GrainType(GrainTypes.Connection), PreferLocalPlacement]
internal sealed partial class ConnectionGrain(
    UpstreamPool pool,
    IOptionsMonitor<UpstreamOptions> upstreams,
    UpstreamInstruments instruments,
    TimeProvider time,
    ILogger<ConnectionGrain> logger) : Grain, IConnectionGrain
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private ConnectionKey _key;
    private UpstreamOptions _options = new();
    private UpstreamConnection? _connection;
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
        if (_connection is not null)
        {
            await _connection.CloseAsync(CloseTimeout);
        }
    }

    public async Task<DialOutcome> ConnectAsync()
    {
        if (_connection is not null)
        {
            return DialOutcome.Connected;
        }

        var self = this.AsReference<IConnectionGrain>();
        (_connection, var outcome) = await UpstreamConnection.DialAsync(
            _key, _options, pool, instruments, time, kind => LogDropped(logger, _key, kind), contexts => OnClosed(self, contexts));
        if (_connection is null)
        {
            DeactivateOnIdle();
            return outcome;
        }

        instruments.ConnectionOpened(_key.Upstream);
        LogConnected(logger, _key);
        pool.OnConnected(_connection);

        // The socket's life is the grain's life, calls or not.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var interval = SilenceChecks.PeriodOf(_options);
        this.RegisterGrainTimer(CheckAsync, interval, interval);
        return outcome;
    }

    public Task<bool> RetireAsync()
    {
        if (_connection is { IsEmpty: false })
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

    // Runs on the socket's read loop, outside the grain.
    private void OnClosed(IConnectionGrain self, int contexts)
    {
        instruments.ConnectionClosed(_key.Upstream);
        LogClosed(logger, contexts > 0 && !_isLeaving ? LogLevel.Information : LogLevel.Debug, _key, contexts);
        if (!_isLeaving)
        {
            _ = self.OnClosedAsync();
        }
    }

    // One pass over all contexts of the socket, instead of a timer for each.
    private Task CheckAsync(CancellationToken cancellationToken)
    {
        _connection!.Check();
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upstream connection {ConnectionId} sends frames that cannot be used: {Kind}; further ones of this kind are only counted")]
    private static partial void LogDropped(ILogger logger, ConnectionKey connectionId, FrameDrop kind);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Upstream connection {ConnectionId} is open")]
    private static partial void LogConnected(ILogger logger, ConnectionKey connectionId);

    [LoggerMessage(Message = "Upstream connection {ConnectionId} ended with {Contexts} contexts on it")]
    private static partial void LogClosed(ILogger logger, LogLevel level, ConnectionKey connectionId, int contexts);
}
