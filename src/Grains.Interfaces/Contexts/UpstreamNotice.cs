namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>What an upstream did that calls for a decision. Zero is never a valid value.</summary>
public enum UpstreamEvent : byte
{
    None = 0,

    /// <summary>A segment has been spoken to its end; the log already has its <c>flush_done</c>.</summary>
    SegmentSpoken = 1,

    /// <summary>The upstream context is finished, by our wish or because it expired there.</summary>
    Finished = 2,

    /// <summary>The upstream refused or gave up.</summary>
    Failed = 3,

    /// <summary>The socket went away.</summary>
    Lost = 4,

    /// <summary>Enough of a segment has been spoken for the archive, although it continues.</summary>
    PartSpoken = 5,

    /// <summary>It has been without audio for too long.</summary>
    Silent = 6,

    /// <summary>The context has waited for a place at an upstream, and there is one, or there will be none.</summary>
    PlaceDecided = 7,

    /// <summary>It has sent audio that cannot be decoded.</summary>
    Garbled = 8,
}

/// <summary>Something that an upstream did to one attempt of one context.</summary>
/// <param name="Attempt">Which attempt: notices of an older one are stale.</param>
/// <param name="Event">What happened.</param>
/// <param name="Fault">What the upstream said, when it failed.</param>
[GenerateSerializer, Immutable, Alias("tts.UpstreamNotice")]
public sealed record UpstreamNotice(
    [property: Id(0)] int Attempt,
    [property: Id(1)] UpstreamEvent Event,
    [property: Id(2)] ContextFault? Fault = null);
