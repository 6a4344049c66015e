using System.Diagnostics;
using TtsGrains.Grains.Interfaces;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>The spans of one listener: one in the trace of each context, from the first frames that it takes to the last.</summary>
internal sealed class ListenerTrace : IDisposable
{
    private readonly Dictionary<ListenerTrack, Activity?> _open = [];

    /// <summary>The listener gets a piece of a context.</summary>
    public void OnPiece(in ListenerEventPart piece)
    {
        if (piece is { Track: { } track, Frames.Batch.TraceParent: { } parent } && !_open.ContainsKey(track))
        {
            _open.Add(track, TraceSpans.Start("tts.listener", TraceSpans.Parse(parent), ActivityKind.Producer));
        }
    }

    /// <summary>
    /// Ends the spans of contexts that are finished. That a context is complete may become known after its last frames, so this is called after each step.
    /// </summary>
    public void EndFinished(SessionListener listener)
    {
        foreach (var (track, span) in _open)
        {
            if (listener.IsFinished(track))
            {
                span.End();
                _open.Remove(track);
            }
        }
    }

    public void Dispose()
    {
        foreach (var span in _open.Values)
        {
            span.End();
        }

        _open.Clear();
    }
}
