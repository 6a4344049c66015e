using System.Collections.Immutable;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>Decides when a listener gets a bookmark: at its start, and after each context. Used under the listener's lock.</summary>
internal sealed class BookmarkSchedule(ListenerTracks tracks)
{
    private bool _isDue = true;
    private int _settled;

    /// <summary>The session has told about all its contexts up to a number.</summary>
    public void OnSettled(int ordinal) => _settled = Math.Max(_settled, ordinal);

    /// <summary>Takes a bookmark; null if none is due, or as long as an ordinal is unknown.</summary>
    /// <param name="track">The context of which something was given; null if any may have ended.</param>
    public Bookmark? Take(ListenerTrack? track)
    {
        var order = tracks.InOrder;
        _isDue |= track is null ? order.Any(each => each is { IsFinished: true, IsEndTold: false }) : track.IsFinished;
        if (!_isDue || order.Any(each => each.Ordinal == 0))
        {
            return null;
        }

        // Among the contexts that the session has not told about, one may be unknown here.
        var last = Math.Max(_settled, order.Select(each => each.Ordinal).DefaultIfEmpty().Max());
        if (order.Count(each => each.Ordinal > _settled) < last - _settled)
        {
            return null;
        }

        _isDue = false;
        foreach (var each in order)
        {
            each.IsEndTold = each.IsFinished;
        }

        return new Bookmark(last, order.Where(each => !each.IsFinished).ToImmutableSortedDictionary(each => each.Ordinal, each => each.Next ?? 0));
    }
}
