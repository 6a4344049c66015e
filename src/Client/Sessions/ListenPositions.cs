using TtsGrains.Client.Events;

namespace TtsGrains.Client.Sessions;

/// <summary>Where a listener stands in each context: what it asks for when it comes back, and what it has already had.</summary>
internal sealed class ListenPositions(IReadOnlyList<ListenFrom> first)
{
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);

    /// <summary>What to ask the service for now.</summary>
    public IReadOnlyList<string> ToQuery()
    {
        var asked = first.Select(from => from.ToString());

        // A position that was asked for at first and has been passed is replaced by the newer one.
        return [.. asked.Where(from => !_next.Keys.Any(context => IsPositionOf(from, context))), .. _next.Select(known => FormattableString.Invariant($"{known.Key}:{known.Value}"))];
    }

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

        if (offset < next)
        {
            return false;
        }

        _next[item.ContextId] = offset + 1;
        return true;
    }

    private static bool IsPositionOf(string from, string context)
        => from.Length > context.Length && from.LastIndexOf(':') == context.Length && from.StartsWith(context, StringComparison.Ordinal);
}
