using TtsGrains.Grains.Interfaces.Sessions;

namespace TtsGrains.ApiHost.Sessions;

/// <summary>How far one listener is with one context. Only its <see cref="SessionListener"/> touches it, under its lock.</summary>
internal sealed class ListenerTrack(string contextKey)
{
    public string ContextKey => contextKey;

    /// <summary>The client's id of the context.</summary>
    public string ContextId { get; } = Grains.Interfaces.Contexts.ContextKey.Parse(contextKey).Context;

    /// <summary>The context's number in the session; 0 until the session has told.</summary>
    public int Ordinal { get; set; }

    /// <summary>The next offset to be given; null until it is decided where to begin.</summary>
    public int? Next { get; set; }

    /// <summary>How many frames there are, as far as is known.</summary>
    public int Known { get; set; }

    /// <summary>Whether there will never be more than <see cref="Known"/>.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether the context has ended without anybody knowing how many frames it had.</summary>
    public bool IsOrphan { get; set; }

    /// <summary>What the stream brought, waiting to be taken.</summary>
    public Queue<SharedBatch> Waiting { get; } = new();

    /// <summary>Whether everything has been given.</summary>
    public bool IsFinished => IsComplete && Next >= Known;

    /// <summary>Whether a bookmark has said that everything was given.</summary>
    public bool IsEndTold { get; set; }

    /// <summary>Takes note of what a batch tells of its log.</summary>
    public void Learn(int count, bool isComplete)
    {
        Known = Math.Max(Known, count);
        if (isComplete)
        {
            IsComplete = true;
            IsOrphan = false;
        }
    }

    /// <summary>Takes note of what the session tells.</summary>
    public void Learn(SessionContext context)
    {
        Ordinal = context.Ordinal;
        if (!context.IsOpen && !IsComplete)
        {
            Learn(context.Frames ?? 0, isComplete: context.Frames is not null);
            IsOrphan = context.Frames is null;
        }
    }
}
