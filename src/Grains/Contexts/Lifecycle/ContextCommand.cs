using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>Something that happens to a context.</summary>
internal abstract record ContextCommand
{
    private ContextCommand()
    {
    }

    /// <summary>A push of the client; <paramref name="IsFirst"/> for the one that opens the context.</summary>
    public sealed record Push(ContextInput Input, bool IsFirst) : ContextCommand;

    /// <summary>The upstream context is finished; <paramref name="Unanswered"/> crossed with that on the wire and was not spoken.</summary>
    public sealed record UpstreamFinished(ImmutableArray<ContextInput> Unanswered) : ContextCommand;

    /// <summary>The upstream refused or gave up.</summary>
    public sealed record UpstreamFailed(ProtocolError Error) : ContextCommand;

    /// <summary>The upstream context was given up, its socket gone or silent; <paramref name="Unspoken"/> is left to say, all that is to come included.</summary>
    public sealed record UpstreamLost(ImmutableArray<ContextInput> Unspoken) : ContextCommand;

    public sealed record Cancel : ContextCommand;

    /// <summary>The client sent something that ends the context.</summary>
    public sealed record Fail(ProtocolError Error) : ContextCommand;

    /// <summary>Nothing has been pushed or spoken for the time that a context may be idle.</summary>
    public sealed record Expire : ContextCommand;
}
