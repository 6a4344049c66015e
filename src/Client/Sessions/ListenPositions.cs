using TtsGrains.Client.Events;

namespace TtsGrains.Client.Sessions;

/// <summary>
/// Where a listener stands: what it asks for when it comes back, and what it has already had. The service's bookmark covers the session as far as it
/// had got then, with contexts that nothing was heard of; what was heard since is kept by context.
/// </summary>
/// <param name="first">What was asked for at first.</param>
/// <param name="isChanged">Whether the audio is put into another form: then the end of a context's audio comes as one more piece of its last chunk.</param>
internal sealed class ListenPositions(IReadOnlyList<ListenFrom> first, bool isChanged = false)
{
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lastAudio = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private string? _bookmark;

    /// <summary>What to ask the service for now: where each context was left, in place of what was asked of it at first.</summary>
    public IReadOnlyList<(string Name, string? Value)> ToQuery() =>
    [
        .. _bookmark is null
            ? first.Select(from => from.ToString()).Where(from => !_next.Keys.Any(context => IsPositionOf(from, context))).Select(from => ("from", (string?)from))
            : [("since", _bookmark)],
        .. _next.Select(known => ("from", (string?)FormattableString.Invariant($"{known.Key}:{known.Value}"))),
    ];

    /// <summary>Notes an event. False when it is not to be given: a repeat, or for us only.</summary>
    public bool Take(TtsEvent item)
    {
        switch (item)
        {
            case BookmarkEvent bookmark:
                Take(bookmark);
                return false;
            case GapEvent { To: null }:
                _ended.Add(item.ContextId);
                return true;
            case GapEvent { To: { } to }:
                var known = _next.GetValueOrDefault(item.ContextId);
                _next[item.ContextId] = Math.Max(known, to);
                return to > known;
            case { Offset: { } offset }:
                return Take(item, offset);
            default:
                return true;
        }
    }

    private bool Take(TtsEvent item, long offset)
    {
        if (isChanged && item is AudioEvent && _lastAudio.GetValueOrDefault(item.ContextId, -1) == offset)
        {
            return true;
        }

        // The id of a context that has ended may be used again: that one counts from 0.
        if (offset < _next.GetValueOrDefault(item.ContextId) && !_ended.Remove(item.ContextId))
        {
            return false;
        }

        _next[item.ContextId] = offset + 1;
        if (item is AudioEvent)
        {
            _lastAudio[item.ContextId] = offset;
        }

        if (item is DoneEvent or ErrorEvent)
        {
            _ended.Add(item.ContextId);
        }

        return true;
    }

    // What has ended before it will not come again. Without this, what is asked for would grow with the session.
    private void Take(BookmarkEvent bookmark)
    {
        _bookmark = bookmark.Since;
        foreach (var context in _ended)
        {
            _next.Remove(context);
            _lastAudio.Remove(context);
        }

        _ended.Clear();
    }

    private static bool IsPositionOf(string from, string context)
        => from.Length > context.Length && from.LastIndexOf(':') == context.Length && from.StartsWith(context, StringComparison.Ordinal);
}
