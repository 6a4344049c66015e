using System.Text.Json.Serialization;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Writing;

/// <summary>Why a segment ended. Zero is never a valid value.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SegmentEnding>))]
public enum SegmentEnding : byte
{
    None = 0,

    /// <summary>The client flushed; the context went on.</summary>
    [JsonStringEnumMemberName("flush")]
    Flush = 1,

    /// <summary>The context was finished.</summary>
    [JsonStringEnumMemberName("done")]
    Done = 2,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled = 3,

    [JsonStringEnumMemberName("error")]
    Error = 4,

    /// <summary>The client neither pushed nor finished in time.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired = 5,
}

/// <summary>What is known of a context when it opens.</summary>
/// <param name="Tenant">Whose it is, from the credential.</param>
/// <param name="Session">The session's id, as the client gave it.</param>
/// <param name="Context">The context's id, as the client gave it.</param>
/// <param name="Ordinal">Its place in the session. With the ids it names the context's objects, so it must not be given twice in a session.</param>
/// <param name="Voice">The voice's id.</param>
/// <param name="Model">The model's id.</param>
/// <param name="Language">The language asked for, if any.</param>
/// <param name="Format">The form of all its audio.</param>
/// <param name="CreatedAt">Wall clock; its UTC date is the day that the session is listed under.</param>
public sealed record ContextIdentity(
    string Tenant,
    string Session,
    string Context,
    int Ordinal,
    string Voice,
    string Model,
    string? Language,
    AudioFormat Format,
    DateTimeOffset CreatedAt)
{
    /// <summary>When the session began: its place in listings. <see cref="CreatedAt"/> when nothing else is known.</summary>
    public DateTimeOffset SessionStartedAt { get; init; } = CreatedAt;

    /// <summary>What the caller calls the session, if anything.</summary>
    public string? Reference { get; init; }

    /// <summary>The id of the API key that opened it; null when that is not known.</summary>
    public string? KeyId { get; init; }

    /// <summary>The span of the context, as a W3C <c>traceparent</c>; null if it is in no trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Whether it went on here after its silo was gone: that silo, started again, may store what it had of it, and a manifest that says so.</summary>
    public bool WasReopened { get; init; }

    /// <summary>True if nothing of it is archived: only its usage is recorded.</summary>
    public bool IsUsageOnly { get; init; }
}

/// <summary>
/// One segment, complete. The memory that it points to must not change until it is stored; it is not copied.
/// </summary>
/// <param name="FlushId">Its number in the context, from 1.</param>
/// <param name="Ending">Why it ended.</param>
/// <param name="Text">What was pushed in this segment.</param>
/// <param name="Audio">
/// The audio chunks in order, each as the wire carried it: base64 in UTF-8, what stood between the JSON quotes, JSON escapes included.
/// </param>
/// <param name="WordTimestamps">
/// The word timestamps in order, each a JSON object such as <c>{"words":["hi"],"start":[0.1],"end":[0.4]}</c>, seconds from the context's start.
/// </param>
/// <param name="StartedAt">Wall clock, when its first text came.</param>
/// <param name="FinishedAt">Wall clock, when it was over.</param>
public sealed record FinishedSegment(
    int FlushId,
    SegmentEnding Ending,
    string Text,
    IReadOnlyList<ReadOnlyMemory<byte>> Audio,
    IReadOnlyList<ReadOnlyMemory<byte>> WordTimestamps,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt)
{
    /// <summary>The frames that it was made of; null if they were not recorded.</summary>
    public ManifestFrames? Frames { get; init; }
}

/// <summary>What is known of a context when it is over.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">All that was pushed, in order, whether or not it was spoken.</param>
/// <param name="Upstream">The upstream that spoke it, by the last word; null when none did.</param>
/// <param name="FinishedAt">Wall clock, when it was over.</param>
public sealed record ContextSummary(ContextOutcome Outcome, string Text, string? Upstream, DateTimeOffset FinishedAt)
{
    /// <summary>Where speech went on over another upstream socket.</summary>
    public IReadOnlyList<ContextSeam> Seams { get; init; } = [];

    /// <summary>The frames behind the last segment; null when there are none.</summary>
    public ManifestFrames? Tail { get; init; }

    /// <summary>How far the client had got when it cancelled; null when it did not, or that is not known.</summary>
    public ManifestInterrupt? Interrupt { get; init; }

    /// <summary>The pauses in its audio; null when there were none.</summary>
    public IReadOnlyList<ManifestPause>? Pauses { get; init; }

    /// <summary>Its counts; null if the process ended before they were known.</summary>
    public ContextUsage? Usage { get; init; }

    /// <summary>Whether the process ended while the context was open.</summary>
    public bool ProcessEnded { get; init; }
}
