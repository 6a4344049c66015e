using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>Something to be done because of a command.</summary>
internal abstract record ContextEffect
{
    private ContextEffect()
    {
    }

    /// <summary>Number one more flush; <paramref name="IsSpoken"/> when the upstream will report it, else it is done as soon as those before it are.</summary>
    public sealed record ExpectFlush(bool IsSpoken) : ContextEffect;

    /// <summary>The flushes that are still expected were lost with the upstream context; those of the repeated text follow.</summary>
    public sealed record ForgetFlushes : ContextEffect;

    /// <summary>Send this to the upstream, opening a context there when none is open.</summary>
    public sealed record Send(ContextInput Input) : ContextEffect;

    /// <summary>The upstream will report no more flushes: those still expected are done.</summary>
    public sealed record CompleteFlushes : ContextEffect;

    public sealed record CancelUpstream : ContextEffect;

    /// <summary>Start to count idle time.</summary>
    public sealed record AwaitInput : ContextEffect;

    /// <summary>End the context.</summary>
    public sealed record Close(ContextOutcome Outcome, ProtocolError? Error) : ContextEffect;
}
