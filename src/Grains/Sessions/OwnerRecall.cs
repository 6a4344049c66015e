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
    // Longer than it takes the hosts to report to a directory that has moved as well.
    private static readonly TimeSpan AnswerTimeout = SessionLease.Renewal * 1.5;

    private bool _hasAsked;
    private IGrainTimer? _timer;

    /// <summary>Asks once after each move, unless a client has come since: the directory may still list one that has left again.</summary>
    /// <param name="wasLive">True if the session was live a moment ago: then the directory is asked later, when the hosts have reported to it.</param>
    public async Task RecallAsync(bool wasLive)
    {
        if (_hasAsked || owners.HaveCome)
        {
            return;
        }

        _hasAsked = true;
        if (wasLive || await CountAsync() > 0)
        {
            Await();
            _timer ??= registerTimer(AskAgainAsync, SessionLease.Renewal);
        }
    }

    /// <summary>A client has left that was connected before the move. Its host reports that a little later.</summary>
    /// <param name="patience">How long it may take to come back.</param>
    public async Task OnForgottenClientLeftAsync(TimeSpan patience)
    {
        if (_timer is not null && await CountAsync() <= 1)
        {
            Stop();
            owners.GiveUp();
        }

        owners.AwaitUntil(time.GetUtcNow() + patience);
    }

    /// <summary>Asks no more.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private async Task AskAgainAsync(CancellationToken cancellationToken)
    {
        if (await CountAsync() > 0)
        {
            Await();
        }
        else
        {
            Stop();
        }
    }

    private void Await() => owners.AwaitUntil(time.GetUtcNow() + AnswerTimeout);

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
