using System.Diagnostics.Metrics;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>The metrics of contexts. Tags are names of the settings, tenants and fixed words: never text, audio, keys or ids of clients.</summary>
public sealed class ContextInstruments
{
    private static readonly KeyValuePair<string, object?>[] Causes = [.. Enum.GetNames<PauseCause>().Select(name => Tag("cause", name.ToLowerInvariant()))];

    private readonly UpDownCounter<int> _active;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _seams;
    private readonly Counter<long> _reopened;
    private readonly Counter<long> _pauses;
    private readonly Counter<long> _characters;
    private readonly Counter<double> _audio;
    private readonly Histogram<double> _firstAudio;
    private readonly Histogram<double> _added;
    private readonly Histogram<double> _lateness;
    private int _openContexts;

    public ContextInstruments(IMeterFactory meters)
    {
        var meter = meters.Create($"{TelemetryNames.Prefix}.Contexts");
        _active = meter.CreateUpDownCounter<int>("tts.contexts.active", "{context}", "Active context grains.");
        _reopened = meter.CreateCounter<long>("tts.contexts.reopened", "{context}", "Contexts restored after their silo was lost.");
        _ended = meter.CreateCounter<long>("tts.contexts.ended", "{context}", "Ended contexts, by outcome and tenant.");
        _seams = meter.CreateCounter<long>("tts.contexts.seams", "{seam}", "Seams, by upstream, kind and reason.");
        _pauses = meter.CreateCounter<long>("tts.contexts.pauses", "{pause}", "Pauses of contexts, by cause and tenant.");
        _characters = meter.CreateCounter<long>("tts.contexts.characters", "{character}", "Characters of ended contexts, by tenant.");
        _audio = meter.CreateCounter<double>("tts.contexts.audio", "s", "Audio of ended contexts, by tenant.");
        _firstAudio = meter.CreateHistogram(
            "tts.contexts.time_to_first_audio", "s", "Context opening to first audio, by tenant.", tags: null, MetricBuckets.Seconds);
        _added = meter.CreateHistogram(
            "tts.contexts.time_to_first_audio.added",
            "s",
            "The part for admission, slot and failed attempts.",
            tags: null,
            MetricBuckets.ShortSeconds);
        _lateness = meter.CreateHistogram(
            "tts.contexts.chunk.lateness",
            "s",
            "Time from the previous audio's end to a chunk, 0 if on time; no waits for client text.",
            tags: null,
            MetricBuckets.Seconds);
    }

    /// <summary>How many context grains are active in this process.</summary>
    public int ActiveContexts => Volatile.Read(ref _openContexts);

    public void Activated()
    {
        Interlocked.Increment(ref _openContexts);
        _active.Add(1);
    }

    public void Deactivated()
    {
        Interlocked.Decrement(ref _openContexts);
        _active.Add(-1);
    }

    public void Reopened() => _reopened.Add(1);

    public void Ended(string outcome, in KeyValuePair<string, object?> tenant) => _ended.Add(1, Tag("outcome", outcome), tenant);

    /// <summary>Counts what an ended context has used.</summary>
    public void Used(int characters, TimeSpan audio, in KeyValuePair<string, object?> tenant)
    {
        _characters.Add(characters, tenant);
        _audio.Add(audio.TotalSeconds, tenant);
    }

    /// <summary>Counts a seam: speech continues on another upstream context.</summary>
    /// <param name="upstream">The upstream that continues.</param>
    /// <param name="kind">How.</param>
    /// <param name="reason">What happened to the one before.</param>
    public void Seam(string upstream, SeamKind kind, string reason)
        => _seams.Add(1, Tag("upstream", upstream), Tag("kind", kind.ToString()), Tag("reason", reason));

    public void FirstAudio(TimeSpan total, TimeSpan added, in KeyValuePair<string, object?> tenant)
    {
        _firstAudio.Record(total.TotalSeconds, tenant);
        _added.Record(added.TotalSeconds, tenant);
    }

    /// <summary>Records a chunk of audio. Allocates nothing.</summary>
    internal void Chunk(in LateChunk chunk, in KeyValuePair<string, object?> tenant)
    {
        if (chunk.Cause != PauseCause.Client)
        {
            _lateness.Record(chunk.Lateness.TotalSeconds, tenant);
        }

        if (chunk.IsPause)
        {
            _pauses.Add(1, Causes[(int)chunk.Cause], tenant);
        }
    }

    internal static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
