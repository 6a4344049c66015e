using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Connections;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>Receives the outcome of each request of a context and updates the upstream's health. Thread-safe.</summary>
internal sealed partial class RequestOutcomes(UpstreamAccounts accounts, SocketMaintenance sockets, TimeProvider time, ILogger logger)
{
    /// <summary>A request received its first audio.</summary>
    public void OnSpoken(ConnectionKey key, in RequestFingerprint request)
    {
        var account = accounts[key.Upstream];
        account.Sockets.RecordSpoken(key);
        lock (accounts.Gate)
        {
            if (account.Breaker.State != BreakerState.Closed)
            {
                LogWorksAgain(logger, account.Name);
            }

            account.RecordSpoken(request);
        }
    }

    /// <summary>A request received no audio in time. Unless the socket has served others meanwhile, it gets no new contexts and is replaced.</summary>
    public void OnSilent(ConnectionKey key, in RequestFingerprint request)
    {
        lock (accounts.Gate)
        {
            var account = accounts[key.Upstream];
            Fail(account, request);
            if (!account.Sockets.HasSpokenWithin(key, account.Options.FirstAudioTimeout))
            {
                account.Sockets.Suspect(key);
                sockets.Dial(account);
            }
        }
    }

    /// <summary>An upstream answered a request with an error of its own.</summary>
    public void OnFailed(ConnectionKey key, in RequestFingerprint request)
    {
        lock (accounts.Gate)
        {
            Fail(accounts[key.Upstream], request);
        }
    }

    /// <summary>The socket of a request was lost before the request received any audio.</summary>
    public void OnLost(ConnectionKey key, in RequestFingerprint request)
    {
        lock (accounts.Gate)
        {
            Fail(accounts[key.Upstream], request, key.Number);
        }
    }

    /// <summary>A request ended in a way that is no evidence of the upstream's health.</summary>
    public void OnGivenUp(ConnectionKey key, in RequestFingerprint request)
    {
        lock (accounts.Gate)
        {
            accounts[key.Upstream].Breaker.OnGivenUp(request);
        }
    }

    /// <summary>An upstream refused a request because it has too many contexts.</summary>
    public void OnLimited(ConnectionKey key, in RequestFingerprint request)
    {
        lock (accounts.Gate)
        {
            var account = accounts[key.Upstream];
            account.RecordLimited();
            account.Breaker.OnGivenUp(request);
        }
    }

    /// <summary>True if an upstream has spoken another text since a timestamp of the clock.</summary>
    public bool HasServedOthers(string upstream, long since, in RequestFingerprint request)
    {
        lock (accounts.Gate)
        {
            return accounts[upstream].HasServedOthers(since, request.Text);
        }
    }

    private void Fail(UpstreamAccount account, in RequestFingerprint request, int? socket = null)
    {
        var wasOpen = account.Breaker.State == BreakerState.Open;
        account.Breaker.OnFailed(request, socket);
        if (!wasOpen && account.Breaker.State == BreakerState.Open && !accounts.IsStopping)
        {
            LogLeftAlone(logger, account.Name, account.Breaker.NextTrial - time.GetUtcNow());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upstream {Upstream} fails independent requests; it gets no new contexts for {Pause}")]
    private static partial void LogLeftAlone(ILogger logger, string upstream, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Information, Message = "Upstream {Upstream} works again")]
    private static partial void LogWorksAgain(ILogger logger, string upstream);
}
