namespace TtsGrains.ApiHost.Sessions;

/// <summary>Ends a listener whose credential becomes void: first no more is read for it, and if it does not take the last event in time, it is cut.</summary>
internal sealed class ListenerRevocation : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly CancellationToken _revoked;
    private readonly CancellationTokenSource _reading;
    private readonly CancellationTokenRegistration _registration;
    private readonly ITimer _cut;

    /// <param name="ending">Ends the listener at once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="revoked">Cancelled when the credential is void.</param>
    public ListenerRevocation(CancellationTokenSource ending, TimeProvider time, CancellationToken revoked)
    {
        _revoked = revoked;
        _reading = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, revoked);
        _cut = time.CreateTimer(_ => ending.Cancel(), null, System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
        _registration = revoked.Register(() => _cut.Change(Timeout, System.Threading.Timeout.InfiniteTimeSpan));
    }

    /// <summary>Cancelled when no more is to be read for the listener.</summary>
    public CancellationToken Reading => _reading.Token;

    /// <summary>True if the credential is void.</summary>
    public bool IsRevoked => _revoked.IsCancellationRequested;

    public void Dispose()
    {
        _registration.Dispose();
        _cut.Dispose();
        _reading.Dispose();
    }
}
