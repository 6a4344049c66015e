using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <summary>What an upstream's error event means for the context.</summary>
internal static class UpstreamErrors
{
    /// <summary>Whether the same text may be said by another upstream context: the upstream is overloaded or broken, rather than asked for what cannot be.</summary>
    public static bool IsRetryable(ProtocolError error) => error.StatusCode is 408 or 429 or >= 500;
}
