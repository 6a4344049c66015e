using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Connections;

namespace TtsGrains.Grains.Connections;

/// <content>Dialling, replacing what is idle, and the end of patience.</content>
public sealed partial class UpstreamPool
{
    private void OnTick()
    {
        List<ConnectionKey> retired = [];
        lock (_gate)
        {
            foreach (var account in _configured)
            {
                KeepWarm(account, retired);
            }

            Serve();
            Refuse();
            var isBusy = _waiting.Count > 0 || _configured.Any(account => account.Sockets.Count == 0);
            _tick.Change(isBusy ? BusyTick : IdleTick, Timeout.InfiniteTimeSpan);
        }

        foreach (var key in retired)
        {
            _ = RetireAsync(key);
        }
    }

    // The replacement is dialled first, so there is never a moment without a warm socket.
    private void KeepWarm(UpstreamAccount account, List<ConnectionKey> retired)
    {
        if (account.Sockets.Count == 0)
        {
            Dial(account);
        }

        while (account.Sockets.FindIdle() is { } idle)
        {
            if (account.Sockets.Count <= 1 && !account.Sockets.IsSuspect(idle))
            {
                Dial(account);
                return;
            }

            if (account.Sockets.TryRetire(idle))
            {
                retired.Add(idle);
            }
        }
    }

    // Those whose time is up, and those who would wait for nothing.
    private void Refuse()
    {
        var now = _time.GetUtcNow();
        foreach (var ticket in _waiting.All.ToList())
        {
            ticket.WorksSince = ticket.Accounts.Any(account => account.IsUp) ? ticket.WorksSince ?? _time.GetTimestamp() : null;
            var left = ticket.Remaining(_time);
            var isHopeless = ticket.Accounts.All(account => account is { IsUp: false, IsDialling: false } && account.Breaker.NextTrial - now > left);
            if (left <= TimeSpan.Zero || isHopeless)
            {
                _waiting.Remove(ticket);
                ticket.DropLeases();
                ticket.Decide(new SlotGrant(ticket.Accounts.Any(account => account.IsUp) ? SlotRefusal.Limited : SlotRefusal.Unavailable, Connection: null));
            }
        }

        TellNews();
    }

    private void Dial(UpstreamAccount account)
    {
        if (!account.IsDialling && account.Breaker.MayDial)
        {
            account.IsDialling = true;
            _ = DialAsync(account);
        }
    }

    private async Task DialAsync(UpstreamAccount account)
    {
        // Off the lock, and off the grain whose context is waiting.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var key = account.Sockets.NextKey();
        DialOutcome outcome;
        try
        {
            outcome = await Connection(key).ConnectAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogDialBroke(_logger, _isStopping ? LogLevel.Debug : LogLevel.Error, account.Name, e);
            outcome = DialOutcome.Of(httpStatus: 0);
        }

        lock (_gate)
        {
            account.IsDialling = false;
            if (outcome.Result == DialResult.Connected && !IsUsable(key))
            {
                // It ended at once, or its grain was placed on another silo.
                _connections.Remove(key);
                outcome = DialOutcome.Of(httpStatus: 0);
                _ = RetireAsync(key);
            }

            if (outcome.Result == DialResult.Connected)
            {
                account.Sockets.Add(key);
                account.Breaker.OnDialled();
            }
            else
            {
                account.Breaker.OnDialFailed(outcome, hasOthers: account.Sockets.Count > 0);
            }

            Serve();
            Refuse();
        }

        if (!_isStopping && UpstreamFault.Explain(account.Name, outcome) is { } fault)
        {
            LogUnavailable(_logger, account.Name, fault);
        }
    }

    private bool IsUsable(ConnectionKey key) => _connections.TryGetValue(key, out var connection) && !connection.IsClosed;

    private async Task RetireAsync(ConnectionKey key)
    {
        try
        {
            await Connection(key).RetireAsync();
        }
        catch (Exception e)
        {
            LogDialBroke(_logger, _isStopping ? LogLevel.Debug : LogLevel.Error, key.Upstream, e);
        }
    }

    private IConnectionGrain Connection(ConnectionKey key) => _grains.GetGrain<IConnectionGrain>(key.ToString());

    [LoggerMessage(Level = LogLevel.Warning, Message = "No new connection to upstream {Upstream}: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string upstream, string reason);

    [LoggerMessage(Message = "The grain of a connection to upstream {Upstream} did not do what it was asked for")]
    private static partial void LogDialBroke(ILogger logger, LogLevel level, string upstream, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upstream {Upstream} fails independent requests; it gets no new contexts for {Pause}")]
    private static partial void LogLeftAlone(ILogger logger, string upstream, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Upstream {Upstream} works again")]
    private static partial void LogWorksAgain(ILogger logger, string upstream);
}
