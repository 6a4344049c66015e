using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <summary>Something to be done because of a command.</summary>
internal abstract record ContextEffect
{
    private ContextEffect()
    {
    }

    /// <summary>Number one more flush; <paramref name="IsSpoken"/> when the upstream will report it, else it is done as soon as those before it are.</summary>
    public sealed record ExpectFlush(bool IsSpoken) : ContextEffect;

    /// <summary>Send this to the upstream, opening a context there when none is open; <paramref name="IsResent"/> when it was sent before and not spoken.</summary>
    public sealed record Send(ContextInput Input, bool IsResent = false) : ContextEffect;

    /// <summary>The upstream will report no more flushes: those still expected are done.</summary>
    public sealed record CompleteFlushes : ContextEffect;

    public sealed record CancelUpstream : ContextEffect;

    /// <summary>Start to count idle time.</summary>
    public sealed record AwaitInput : ContextEffect;

    /// <summary>End the context.</summary>
    public sealed record Close(ContextOutcome Outcome, ProtocolError? Error) : ContextEffect;
}
