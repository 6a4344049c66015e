using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using TtsGrains.Archive.Sessions;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Archive.Manifests;

/// <summary>The account of one context, stored beside its audio as <c>manifest.json</c>.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="SessionId">The call it was spoken in.</param>
/// <param name="ContextId">The client's id of it.</param>
/// <param name="Ordinal">Its place in the session.</param>
/// <param name="VoiceId">The voice's id.</param>
/// <param name="ModelId">The model's id.</param>
/// <param name="Language">The language asked for, if any.</param>
/// <param name="OutputFormat">The form of the audio.</param>
/// <param name="Upstream">The upstream that spoke, by the last word.</param>
/// <param name="StartedAt">When it was opened; wall clock with offset, as are all times here.</param>
/// <param name="FinishedAt">When it was over.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">All that was pushed.</param>
/// <param name="Segments">Its segments in order, those without audio too.</param>
/// <param name="DurationMs">How long its archived audio plays, milliseconds.</param>
/// <param name="Characters">UTF-16 units of all text pushed.</param>
/// <param name="Seams">Where speech went on over another upstream socket.</param>
public sealed record ContextManifest(
    string Tenant,
    string SessionId,
    string ContextId,
    int Ordinal,
    string VoiceId,
    string ModelId,
    string? Language,
    ManifestFormat OutputFormat,
    string? Upstream,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    ContextOutcome Outcome,
    string Text,
    IReadOnlyList<ManifestSegment> Segments,
    double DurationMs,
    int Characters,
    IReadOnlyList<ContextSeam> Seams)
{
    public const string ContentType = "application/json";

    /// <summary>When the session began.</summary>
    public DateTimeOffset SessionStartedAt { get; init; } = StartedAt;

    /// <summary>The trace that the context belongs to; absent if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>The frames behind the last segment; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestFrames? Tail { get; init; }

    /// <summary>How far the client had got when it cancelled; absent when it did not, or that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestInterrupt? Interrupt { get; init; }

    /// <summary>The pauses in its audio; absent when there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ManifestPause>? Pauses { get; init; }

    /// <summary>Whether the service's process ended while the context was open; then only finished segments are here. Absent when not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ProcessEnded { get; init; }

    /// <summary>UTF-8 JSON, indented, names in snake_case.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Readable.ContextManifest);

    /// <exception cref="JsonException">It is not a manifest.</exception>
    public static ContextManifest FromJson(ReadOnlySpan<byte> json)
        => JsonSerializer.Deserialize(json, ManifestJson.Readable.ContextManifest) ?? throw new JsonException("The manifest is null.");
}

/// <summary>The form of a context's audio, in the words of the wire.</summary>
/// <param name="Encoding">Such as <c>pcm_s16le</c>.</param>
/// <param name="SampleRate">Hz.</param>
public sealed record ManifestFormat(string Encoding, int SampleRate);

/// <summary>One segment of a context.</summary>
/// <param name="FlushId">Its number, from 1.</param>
/// <param name="File">Its file beside the manifest; null when it has no audio or the archive lost it.</param>
/// <param name="Ending">Why it ended.</param>
/// <param name="Text">What was pushed in it.</param>
/// <param name="Bytes">The audio's bytes, without the file's header.</param>
/// <param name="DurationMs">How long the audio plays, milliseconds.</param>
/// <param name="Sha256">Of the whole file, lower-case hex; null without a file.</param>
/// <param name="AudioSha256">Of the audio alone, lower-case hex; null without a file.</param>
/// <param name="StartedAt">When its first text came.</param>
/// <param name="FinishedAt">When it was over.</param>
/// <param name="Words">Its words in time, as the upstream told them.</param>
public sealed record ManifestSegment(
    int FlushId,
    string? File,
    SegmentEnding Ending,
    string Text,
    long Bytes,
    double DurationMs,
    string? Sha256,
    string? AudioSha256,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    IReadOnlyList<ManifestWord> Words)
{
    /// <summary>Why the archive does not have it, a <see cref="LostReason"/>; absent when it has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Lost { get; init; }

    /// <summary>The frames that it was made of; absent when they are not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManifestFrames? Frames { get; init; }

    /// <summary><c>off</c> when the client did not want it kept; then its text is not here either. Absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Archive { get; init; }

    /// <summary>Chunks left out because they were not base64; absent when there were none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int UnreadableChunks { get; init; }
}

/// <summary>When a word was spoken, seconds from the context's start.</summary>
[method: JsonConstructor]
public readonly record struct ManifestWord(string Word, double Start, double End);

/// <summary>How far a context had got when its client cancelled it.</summary>
/// <param name="FlushId">The number of the segment that was being delivered.</param>
/// <param name="DeliveredMs">Milliseconds of audio, from the context's start, that had been written to the client's socket.</param>
/// <param name="LastWord">The last word that had been delivered whole; null when none had, or no times were known.</param>
public sealed record ManifestInterrupt(int FlushId, double DeliveredMs, ManifestWord? LastWord);

/// <summary>A pause of 200 ms or more in the audio, as a client played it that began with the first chunk.</summary>
/// <param name="AtMs">Milliseconds of audio before it, from the context's start.</param>
/// <param name="LengthMs">Its length, milliseconds.</param>
/// <param name="Cause">What the audio waited for longest: <c>upstream</c>, <c>slot</c>, <c>silo</c> or <c>client</c>.</param>
public sealed record ManifestPause(double AtMs, double LengthMs, string Cause);

/// <summary>What a marker of a day or of a reference says: its name holds the session's id escaped, perhaps shortened.</summary>
/// <param name="SessionId">The session's id.</param>
public sealed record DayMarker(string SessionId)
{
    /// <summary>What the caller calls the session.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Ref { get; init; }

    /// <summary>When the session began.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>The mark that a session was erased.</summary>
/// <param name="SessionId">The session's id.</param>
/// <param name="ErasedAt">Contexts opened until then are to go.</param>
public sealed record ErasureMark(string SessionId, DateTimeOffset ErasedAt);

/// <summary>Word timestamps as the wire has them.</summary>
internal sealed record WireWordTimestamps(IReadOnlyList<string>? Words, IReadOnlyList<double>? Start, IReadOnlyList<double>? End);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ContextManifest))]
[JsonSerializable(typeof(DayMarker))]
[JsonSerializable(typeof(ErasureMark))]
[JsonSerializable(typeof(SessionRecord))]
[JsonSerializable(typeof(HoldMark))]
[JsonSerializable(typeof(WireWordTimestamps))]
internal sealed partial class ManifestJson : JsonSerializerContext
{
    /// <summary>Indented, and letters of all scripts as they are: people read these files.</summary>
    public static ManifestJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    });
}
