namespace TtsGrains.Grains.Contexts;

/// <content>Its session is erased.</content>
internal sealed partial class ContextGrain
{
    public async Task EraseAsync()
    {
        if (_log is not { IsClosed: true })
        {
            DeactivateUnlessOpening();
            return;
        }

        // From now on it cannot be read, resumed or pushed to.
        (_isCancelled, _endedWell) = (true, false);
        _publisher?.Stop();
        _log.Erase();
        logs.Remove(this.GetPrimaryKeyString());
        _receivedInputs.Clear();
        _reconnectTimer?.Dispose();
        _reconnectTimer = null;
        DeactivateOnIdle();
        if (_replicator is { } feed)
        {
            _replicator = null;
            await feed.EraseAsync();
        }
    }
}
