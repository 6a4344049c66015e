using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <summary>What is to be done about an upstream's error event. Zero is never a valid value.</summary>
internal enum UpstreamVerdict : byte
{
    None = 0,

    /// <summary>The client asked for what cannot be: it is told, as it was said.</summary>
    Final = 1,

    /// <summary>The upstream is broken or going away: another upstream context may fare better.</summary>
    Again = 2,

    /// <summary>It has too many contexts: to be asked again when there is room.</summary>
    Later = 3,

    /// <summary>Our account there is at fault, not the client: another upstream may help.</summary>
    Elsewhere = 4,
}

/// <summary>The table of the upstream's errors. It holds before the first audio and behind it.</summary>
internal static class UpstreamErrors
{
    public static UpstreamVerdict Judge(ProtocolError error) => error switch
    {
        { StatusCode: 429 } or { Code: "concurrency_limited" } => UpstreamVerdict.Later,
        { StatusCode: 401 or 402 } or { Code: "quota_exceeded" } => UpstreamVerdict.Elsewhere,
        { StatusCode: 408 or >= 500 } => UpstreamVerdict.Again,
        _ => UpstreamVerdict.Final,
    };
}
