using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Connections;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Dials and retires this silo's upstream sockets through their grains: each upstream has a socket before the first context, and idle ones are replaced before
/// the provider would close them.
/// </summary>
internal sealed partial class SocketMaintenance(UpstreamAccounts accounts, IGrainFactory grains, ILogger logger)
{
    private readonly Dictionary<ConnectionKey, UpstreamConnection> _connections = [];

    /// <summary>Raised under the pool's lock after a dial has succeeded or failed.</summary>
    public event Action? Dialled;

    /// <summary>Gets an open socket. Called under the pool's lock.</summary>
    public UpstreamConnection this[ConnectionKey key] => _connections[key];

    /// <summary>Adds a socket that its grain has dialled. Called under the pool's lock.</summary>
    public void Add(UpstreamConnection connection) => _connections[connection.Key] = connection;

    /// <summary>Removes a socket that has ended. Called under the pool's lock.</summary>
    public void Remove(ConnectionKey key) => _connections.Remove(key);

    /// <summary>Ends all sockets to an upstream at once, with the contexts on them. Called under the pool's lock.</summary>
    public void Cut(UpstreamAccount account)
    {
        foreach (var connection in _connections.Values.Where(connection => connection.Key.Upstream == account.Name).ToArray())
        {
            account.Sockets.Remove(connection.Key);
            connection.Abort();
        }
    }

    /// <summary>Dials another socket unless one is being dialled or the breaker forbids it. Called under the pool's lock.</summary>
    public void Dial(UpstreamAccount account)
    {
        if (!account.IsDialling && account.Breaker.MayDial)
        {
            account.IsDialling = true;
            _ = DialAsync(account);
        }
    }

    /// <summary>Dials and retires what is due now.</summary>
    public void Check()
    {
        List<ConnectionKey> retired = [];
        lock (accounts.Gate)
        {
            foreach (var account in accounts.Configured)
            {
                KeepWarm(account, retired);
            }
        }

        foreach (var key in retired)
        {
            _ = RetireAsync(key);
        }
    }

    /// <summary>Closes the sockets to an upstream that carry nothing.</summary>
    public async Task CloseIdleAsync(string upstream)
    {
        while (accounts[upstream].Sockets.TryRetireAny() is { } idle)
        {
            await Connection(idle).RetireAsync();
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
            LogGrainFailed(logger, FailureLevel, account.Name, e);
            outcome = DialOutcome.Of(httpStatus: 0);
        }

        lock (accounts.Gate)
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

            Dialled?.Invoke();
        }

        if (!accounts.IsStopping && UpstreamFault.Explain(account.Name, outcome) is { } fault)
        {
            LogUnavailable(logger, account.Name, fault);
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
            LogGrainFailed(logger, FailureLevel, key.Upstream, e);
        }
    }

    private LogLevel FailureLevel => accounts.IsStopping ? LogLevel.Debug : LogLevel.Error;

    private IConnectionGrain Connection(ConnectionKey key) => grains.GetGrain<IConnectionGrain>(key.ToString());

    [LoggerMessage(Level = LogLevel.Warning, Message = "No new connection to upstream {Upstream}: {Reason}")]
    private static partial void LogUnavailable(ILogger logger, string upstream, string reason);

    [LoggerMessage(Message = "The grain of a connection to upstream {Upstream} did not do what it was asked for")]
    private static partial void LogGrainFailed(ILogger logger, LogLevel level, string upstream, Exception exception);
}
