using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Protocol.Audio;

namespace TtsGrains.Archive.Writing;

/// <summary>What is written of a context as a whole once it has ended.</summary>
internal static class ContextRecords
{
    /// <summary>The usage of a context.</summary>
    public static UsageRecord UsageOf(ContextIdentity identity, IReadOnlyList<ManifestSegment> segments, ContextSummary summary)
    {
        var archived = segments.Where(segment => segment.File is not null).Sum(segment => segment.Bytes);

        // Without counts, the finished segments are what is known.
        var counts = summary.Usage ?? new ContextUsage(summary.Text.Length, summary.Text.Length, ManifestEntries.Milliseconds(identity.Format, archived))
        {
            CharactersDelivered = summary.Text.Length,
        };
        return new UsageRecord(
            identity.Tenant,
            identity.Session,
            identity.Context,
            identity.Ordinal,
            identity.Reference,
            identity.Model,
            summary.Upstream,
            identity.CreatedAt,
            summary.FinishedAt,
            summary.Outcome,
            counts.Characters,
            counts.CharactersSynthesised,
            counts.AudioMs,
            archived)
        {
            KeyId = identity.KeyId,
            CountId = counts.CountId,
            CharactersDelivered = counts.CharactersDelivered,
            CharactersHeard = counts.CharactersHeard,
            SlotWaitMs = counts.SlotWaitMs,
            FirstAudioMs = counts.FirstAudioMs,
            ProcessEnded = summary.ProcessEnded,
        };
    }

    /// <summary>The manifest of a context.</summary>
    public static ContextManifest ManifestOf(ContextIdentity identity, IReadOnlyList<ManifestSegment> segments, ContextSummary summary) => new(
        identity.Tenant,
        identity.Session,
        identity.Context,
        identity.Ordinal,
        identity.Voice,
        identity.Model,
        identity.Language,
        new ManifestFormat(identity.Format.Encoding.ToWireName(), identity.Format.SampleRate),
        summary.Upstream,
        identity.CreatedAt,
        summary.FinishedAt,
        summary.Outcome,
        summary.Text,
        segments,
        ManifestEntries.Milliseconds(identity.Format, segments.Where(s => s.File is not null).Sum(s => s.Bytes)),
        summary.Text.Length,
        summary.Seams)
    {
        SessionStartedAt = identity.SessionStartedAt,
        TraceId = TraceSpans.TraceIdOf(identity.TraceParent),
        Tail = summary.Tail,
        Interrupt = summary.Interrupt,
        Pauses = summary.Pauses,
        ProcessEnded = summary.ProcessEnded,
    };
}
