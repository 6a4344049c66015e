using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.Grains.Sessions;

/// <summary>
/// Learns whether clients are connected to a session whose grain has moved to another silo and so does not know them: the tenant's directory knows,
/// since the hosts of the clients report to it. Belongs to the session's grain and is not thread-safe.
/// </summary>
/// <param name="owners">Told that clients are there.</param>
/// <param name="countClients">Asks the directory how many clients are connected.</param>
/// <param name="registerTimer">Registers a timer of the grain.</param>
/// <param name="time">Measures how long an answer holds.</param>
internal sealed class OwnerRecall(
    SessionOwners owners, Func<Task<int>> countClients, Func<Func<CancellationToken, Task>, TimeSpan, IGrainTimer> registerTimer, TimeProvider time)
{
    // Until then the hosts have reported to a directory that has moved as well, even if a report failed.
    private static readonly TimeSpan ReportTimeout = SessionLease.Length;

    // Longer than it takes to ask again.
    private static readonly TimeSpan AnswerTimeout = SessionLease.Renewal * 1.5;

    private DateTimeOffset? _firstAskedAt;
    private bool _isSettled;
    private IGrainTimer? _timer;

    // Before, a directory that lists no client does not say that there is none.
    private bool HaveHostsReported => time.GetUtcNow() >= _firstAskedAt + ReportTimeout;

    /// <summary>Asks after a move, unless a client has come since: the directory may still list one that has left again.</summary>
    /// <param name="wasLive">True if the session was live a moment ago: then the directory is asked later, when the hosts have reported to it.</param>
    public async Task RecallAsync(bool wasLive)
    {
        if (_isSettled || _timer is not null || owners.HaveCome)
        {
            return;
        }

        _firstAskedAt ??= time.GetUtcNow();
        if (wasLive)
        {
            KeepAsking(ReportTimeout);
        }
        else if (await CountAsync() > 0)
        {
            KeepAsking(AnswerTimeout);
        }
        else
        {
            _isSettled = HaveHostsReported;
        }
    }

    /// <summary>A client has left that was connected before the move. Its host reports that a little later.</summary>
    /// <param name="reconnectTimeout">How long it may take to come back.</param>
    public async Task OnForgottenClientLeftAsync(TimeSpan reconnectTimeout)
    {
        if (_timer is not null && await CountAsync() <= 1)
        {
            Stop();
            owners.GiveUp();
        }

        owners.AwaitUntil(time.GetUtcNow() + reconnectTimeout);
    }

    /// <summary>The last client that has come since the move has left. Others may be connected that came before it and have been silent since.</summary>
    public async Task OnLastKnownClientLeftAsync()
    {
        _firstAskedAt ??= time.GetUtcNow();
        if (_timer is null && await CountAsync() > 1)
        {
            KeepAsking(AnswerTimeout);
        }
    }

    /// <summary>Asks no more.</summary>
    public void Stop()
    {
        _isSettled = true;
        _timer?.Dispose();
        _timer = null;
    }

    private void KeepAsking(TimeSpan timeout)
    {
        owners.AwaitUntil(time.GetUtcNow() + timeout);
        _timer ??= registerTimer(AskAgainAsync, SessionLease.Renewal);
    }

    private async Task AskAgainAsync(CancellationToken cancellationToken)
    {
        if (await CountAsync() > 0)
        {
            owners.AwaitUntil(time.GetUtcNow() + AnswerTimeout);
        }
        else if (HaveHostsReported)
        {
            Stop();
        }
    }

    private async Task<int> CountAsync()
    {
        try
        {
            return await countClients();
        }
        catch (Exception)
        {
            // The directory's silo may be the one that was lost. It is asked again, and until then no one is told that the session is over.
            return 1;
        }
    }
}
