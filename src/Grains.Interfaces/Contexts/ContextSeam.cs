using System.Text.Json.Serialization;

namespace TtsGrains.Grains.Interfaces.Contexts;

/// <summary>Where speech went on over another upstream context, as the manifest has it.</summary>
/// <param name="FlushId">The segment's number.</param>
/// <param name="AtMs">Milliseconds of audio from the segment's start.</param>
/// <param name="Reason">What happened to the one before: the code of the error that its client was spared.</param>
[GenerateSerializer, Immutable, Alias("tts.ContextSeam")]
public sealed record ContextSeam([property: Id(0)] int FlushId, [property: Id(1)] double AtMs, [property: Id(2)] string Reason)
{
    /// <summary>How speech went on.</summary>
    [Id(3)]
    public SeamKind Kind { get; init; }

    /// <summary>The number of the upstream context that continues from here, from 1.</summary>
    [Id(4)]
    public int Attempt { get; init; }

    /// <summary>The upstream that continues.</summary>
    [Id(5)]
    public string? Upstream { get; init; }
}

/// <summary>How speech went on at a seam. Zero is what older manifests do not say.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SeamKind>))]
public enum SeamKind : byte
{
    [JsonStringEnumMemberName("unknown")]
    None = 0,

    /// <summary>From the last finished word; the word after it may be heard twice in part.</summary>
    [JsonStringEnumMemberName("word")]
    Word = 1,

    /// <summary>Said again from the segment's beginning, without the samples that were delivered.</summary>
    [JsonStringEnumMemberName("sample")]
    Sample = 2,

    /// <summary>Nothing of it had been heard.</summary>
    [JsonStringEnumMemberName("resend")]
    Resend = 3,
}
