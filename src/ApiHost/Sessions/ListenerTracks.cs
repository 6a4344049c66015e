namespace TtsGrains.ApiHost.Sessions;

/// <summary>The contexts of a session as one listener follows them, in the session's order. Used under the listener's lock.</summary>
/// <param name="isSequential">True if contexts are given one after the other, in their order, rather than as they speak.</param>
internal sealed class ListenerTracks(bool isSequential)
{
    private readonly Dictionary<string, ListenerTrack> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ListenerTrack>> _byContextId = new(StringComparer.Ordinal);
    private readonly List<ListenerTrack> _order = [];
    private int _turn = -1;

    public IReadOnlyList<ListenerTrack> InOrder => _order;

    /// <summary>True if everything known was given.</summary>
    public bool AreFinished => _order.TrueForAll(track => track.IsFinished);

    /// <summary>Gets the track of a context, a new one if the context is new.</summary>
    /// <param name="contextKey">The context.</param>
    /// <param name="first">Where a new one begins; null if that is not decided.</param>
    public ListenerTrack Get(string contextKey, int? first)
    {
        if (!_byKey.TryGetValue(contextKey, out var track))
        {
            track = new ListenerTrack(contextKey) { Next = first };
            _byKey.Add(contextKey, track);
            _order.Add(track);
            if (!_byContextId.TryGetValue(track.ContextId, out var incarnations))
            {
                _byContextId.Add(track.ContextId, incarnations = []);
            }

            incarnations.Add(track);
        }

        return track;
    }

    /// <summary>Puts the tracks into their order after an ordinal became known.</summary>
    public void Sort() => _order.Sort((a, b) => OrderOf(a).CompareTo(OrderOf(b)));

    /// <summary>True if frames of the context may be given now.</summary>
    public bool IsTurnOf(ListenerTrack track) => !isSequential || FindFirstUnfinished() == track;

    /// <summary>Finds the next thing to do; null if there is nothing.</summary>
    public ListenerStep? TakeStep(ListenerBuffer buffer)
    {
        if (isSequential)
        {
            return FindFirstUnfinished() is { } first ? TakeStep(first, buffer) : null;
        }

        // In turns, so that none that says much keeps the others waiting.
        for (var i = 0; i < _order.Count; i++)
        {
            _turn = (_turn + 1) % _order.Count;
            if (TakeStep(_order[_turn], buffer) is { } step)
            {
                return step;
            }
        }

        return null;
    }

    private ListenerStep? TakeStep(ListenerTrack track, ListenerBuffer buffer) => FollowsAnotherIncarnation(track) ? null : buffer.TakeStep(track);

    private ListenerTrack? FindFirstUnfinished() => _order.Find(track => !track.IsFinished);

    // To the listener they have one name: the offsets of one must not come among those of the other.
    private bool FollowsAnotherIncarnation(ListenerTrack track)
    {
        var incarnations = _byContextId[track.ContextId];
        return incarnations.Count > 1 && incarnations.Exists(other => OrderOf(other) < OrderOf(track) && !other.IsFinished);
    }

    // Of one that the session has not told about yet, all that is known is that it is new.
    private static int OrderOf(ListenerTrack track) => track.Ordinal == 0 ? int.MaxValue : track.Ordinal;
}
