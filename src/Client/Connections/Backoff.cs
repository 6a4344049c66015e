namespace TtsGrains.Client.Connections;

/// <summary>Where a <see cref="ReconnectPolicy"/> stands between a loss and the next sign of life.</summary>
internal sealed class Backoff(ReconnectPolicy policy, TimeProvider time)
{
    private long _lostAt;
    private long _connectedAt;
    private int _attempts = -1;

    /// <summary>There is progress: all is forgotten.</summary>
    public void OnAlive() => _attempts = -1;

    /// <summary>A connection stands.</summary>
    public void OnConnected() => _connectedAt = time.GetTimestamp();

    /// <summary>The connection was lost. One that stood for long was a good one, even if there was nothing to say on it.</summary>
    public void OnLost()
    {
        if (_attempts < 0 || time.GetElapsedTime(_connectedAt) > policy.GiveUpAfter)
        {
            (_attempts, _lostAt) = (0, time.GetTimestamp());
        }
    }

    /// <summary>Waits before a connection is tried: not at all for the first one, or for the first one after a loss.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var delay = _attempts < 0 ? TimeSpan.Zero : policy.DelayBefore(_attempts++, Random.Shared.NextDouble());
        return delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Whether another attempt is to be made. What was never connected is not tried again.</summary>
    public bool MayRetry => _attempts >= 0 && time.GetElapsedTime(_lostAt) < policy.GiveUpAfter;
}
