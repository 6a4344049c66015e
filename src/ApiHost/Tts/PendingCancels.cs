namespace TtsGrains.ApiHost.Tts;

/// <summary>The cancels of one socket that are under way: their contexts may still be counted as open.</summary>
internal sealed class PendingCancels
{
    private readonly Lock _gate = new();
    private Task _all = Task.CompletedTask;

    /// <summary>Completes, never with an error, when the cancels known now have been carried out.</summary>
    public Task All
    {
        get
        {
            lock (_gate)
            {
                return _all;
            }
        }
    }

    /// <param name="cancel">Must not fail.</param>
    public void Add(Task cancel)
    {
        lock (_gate)
        {
            _all = _all.IsCompleted ? cancel : Task.WhenAll(_all, cancel);
        }
    }
}
