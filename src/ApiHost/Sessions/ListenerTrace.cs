using System.Diagnostics;
using TtsGrains.Grains.Interfaces;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The spans of one listener: one in the trace of each context, from the first frames that it takes to the last.</summary>
internal sealed class ListenerTrace : IDisposable
{
    private readonly Dictionary<string, Activity?> _spans = new(StringComparer.Ordinal);

    /// <summary>The listener gets a piece of a context.</summary>
    public void OnPiece(in ListenerEventPart piece)
    {
        if (piece.Frames?.Batch is not { TraceParent: { } parent, ContextKey: var key })
        {
            return;
        }

        if (!_spans.TryGetValue(key, out var span))
        {
            span = TraceSpans.Start("tts.listener", TraceSpans.Parse(parent), ActivityKind.Producer);
            _spans.Add(key, span);
        }

        if (piece.IsLast)
        {
            span.End();
            _spans[key] = null;
        }
    }

    public void Dispose()
    {
        foreach (var span in _spans.Values)
        {
            span.End();
        }

        _spans.Clear();
    }
}
