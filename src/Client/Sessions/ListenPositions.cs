using TtsGrains.Client.Events;

namespace TtsGrains.Client.Sessions;

/// <summary>Where a listener stands in each context: what it asks for when it comes back, and what it has already had.</summary>
internal sealed class ListenPositions(IReadOnlyList<ListenFrom> first)
{
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);

    /// <summary>What to ask the service for now: where each context was left, in place of what was asked of it at first.</summary>
    public IReadOnlyList<string> ToQuery() =>
    [
        .. first.Select(from => from.ToString()).Where(from => !_next.Keys.Any(context => IsPositionOf(from, context))),
        .. _next.Select(known => FormattableString.Invariant($"{known.Key}:{known.Value}")),
    ];

    /// <summary>Notes an event. False when it is a repeat.</summary>
    public bool Take(TtsEvent item)
    {
        var next = _next.GetValueOrDefault(item.ContextId);
        if (item is GapEvent gap)
        {
            _next[item.ContextId] = Math.Max(next, gap.To);
            return gap.To > next;
        }

        if (item.Offset is not { } offset)
        {
            return true;
        }

        // The id of a context that has ended may be used again: that one counts from 0.
        if (offset < next && !_ended.Remove(item.ContextId))
        {
            return false;
        }

        _next[item.ContextId] = offset + 1;
        if (item is DoneEvent or ErrorEvent)
        {
            _ended.Add(item.ContextId);
        }

        return true;
    }

    private static bool IsPositionOf(string from, string context)
        => from.Length > context.Length && from.LastIndexOf(':') == context.Length && from.StartsWith(context, StringComparison.Ordinal);
}
