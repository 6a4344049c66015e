namespace TtsGrains.Grains.Contexts;

/// <content>Its session is erased.</content>
internal sealed partial class ContextGrain
{
    public async Task EraseAsync()
    {
        if (_log is not { IsClosed: true })
        {
            LeaveUnlessOpening();
            return;
        }

        // From now on it cannot be read, resumed or pushed to.
        (_isCancelled, _endedWell) = (true, false);
        _publisher?.Stop();
        _log.Erase();
        logs.Remove(this.GetPrimaryKeyString());
        _heard.Clear();
        _linger?.Dispose();
        _linger = null;
        DeactivateOnIdle();
        if (_feed is { } feed)
        {
            _feed = null;
            await feed.EraseAsync();
        }
    }
}
