using System.Text.Json;
using System.Text.Json.Serialization;

namespace TtsGrains.Client.Sessions;

/// <summary>One page of a listing.</summary>
/// <param name="Data">The sessions, the newest first.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
internal sealed record SessionPage(IReadOnlyList<SessionSummary> Data, string? Next);

/// <summary>One session of a listing.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Ref">The caller's own reference; null when it gave none.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When its last utterance ended; null while one is open, or before there was one.</param>
/// <param name="State"><c>open</c> while an utterance is open, else <c>finished</c>.</param>
/// <param name="Live">True while more may be said in it: a client is connected or may come back, or an utterance is open.</param>
/// <param name="Totals">Sums over its utterances.</param>
public sealed record SessionSummary(
    string SessionId, string? Ref, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt = null, string? State = null, bool Live = false, SessionTotals? Totals = null)
{
    /// <summary>What else the service says.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> More { get; set; } = [];
}

/// <summary>Sums over a session.</summary>
/// <param name="Contexts">How many utterances it has.</param>
/// <param name="Segments">How many segments they have.</param>
/// <param name="DurationMs">Length of their audio, ms.</param>
/// <param name="Characters">Characters of their text.</param>
public sealed record SessionTotals(int Contexts, int Segments, double DurationMs, long Characters);

/// <summary>One session, with what was said in it.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Ref">The caller's own reference; null when it gave none.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Contexts">Its utterances, in the order in which they were opened.</param>
public sealed record SessionDetail(string SessionId, string? Ref, DateTimeOffset? StartedAt, IReadOnlyList<SessionContext> Contexts)
{
    /// <summary>What else the service says.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> More { get; set; } = [];
}

/// <summary>One utterance of a session.</summary>
/// <param name="Ordinal">Its number in the session.</param>
/// <param name="ContextId">Its id; null when only its files are known any more.</param>
/// <param name="State">Its state, such as <c>open</c> or <c>finished</c>.</param>
/// <param name="Outcome">How it ended; null while it has not.</param>
/// <param name="Characters">Characters of its text.</param>
/// <param name="DurationMs">Length of its audio, ms.</param>
/// <param name="Segments">Its segments; one file each in the archive.</param>
/// <param name="Archived">Whether all of it is in the archive: its manifest is written last, a moment after its end.</param>
/// <param name="Upstream">The upstream that speaks it, or spoke it last; null if none did, or while a context that has ended is not archived.</param>
public sealed record SessionContext(
    int Ordinal,
    string? ContextId,
    string? State,
    string? Outcome,
    long? Characters,
    double? DurationMs,
    IReadOnlyList<SessionSegment>? Segments,
    bool Archived = false,
    string? Upstream = null)
{
    /// <summary>What else the service says.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> More { get; set; } = [];
}

/// <summary>One segment of a context.</summary>
/// <param name="FlushId">Its number, from 1.</param>
/// <param name="HasAudio">Whether it can be downloaded.</param>
/// <param name="DurationMs">Length of its audio, ms; null while the context is open.</param>
/// <param name="Sha256">Of its WAV file, in hexadecimal; null without one.</param>
public sealed record SessionSegment(int FlushId, bool HasAudio = true, double? DurationMs = null, string? Sha256 = null)
{
    /// <summary>What else the service says.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement> More { get; set; } = [];
}

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Received so far.</param>
/// <param name="TotalBytes">In all; null when the service cannot know, as for a live recording.</param>
public readonly record struct DownloadProgress(long Bytes, long? TotalBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SessionPage))]
[JsonSerializable(typeof(SessionDetail))]
internal sealed partial class SessionJson : JsonSerializerContext;
