using System.Diagnostics.Metrics;
using TtsGrains.Grains.Archive;
using TtsGrains.Grains.Connections;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>Why a frame of an upstream went to nobody. Zero is never a valid value.</summary>
public enum FrameDrop : byte
{
    None = 0,

    /// <summary>Not a JSON object.</summary>
    Garbage = 1,

    /// <summary>Of a context that nobody speaks in any more: expected after a cancel.</summary>
    NoRoute = 2,

    /// <summary>A binary frame: the protocol has text frames only.</summary>
    Binary = 3,

    /// <summary>A chunk without audio that can be decoded.</summary>
    BadAudio = 4,

    /// <summary>Word or phoneme times that cannot be read.</summary>
    BadTimestamps = 5,

    /// <summary>The end of a context within a sample: its first bytes are left out.</summary>
    TornSample = 6,
}

/// <summary>The service's metrics, meter <c>TtsGrains</c>. Tags carry names and counts only: never text, audio or keys.</summary>
public sealed class TtsInstruments
{
    public const string MeterName = "TtsGrains";

    private readonly UpDownCounter<int> _contexts;
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _framesDropped;
    private readonly Counter<long> _contextsEnded;
    private readonly Counter<long> _seams;
    private readonly Counter<long> _contextsReopened;
    private readonly Meter _meter;
    private int _openContexts;

    public TtsInstruments(IMeterFactory meters)
    {
        var meter = _meter = meters.Create(MeterName);
        _contexts = meter.CreateUpDownCounter<int>("tts.contexts.active", "{context}", "Context grains that are active.");
        _connections = meter.CreateUpDownCounter<int>("tts.upstream.connections", "{connection}", "Upstream sockets that are open.");
        _framesDropped = meter.CreateCounter<long>("tts.upstream.frames.dropped", "{frame}", "Upstream frames that went to nobody.");
        _contextsReopened = meter.CreateCounter<long>("tts.contexts.reopened", "{context}", "Contexts that went on here after their silo was gone.");
        _contextsEnded = meter.CreateCounter<long>("tts.contexts.ended", "{context}", "Contexts that came to their end.");
        _seams = meter.CreateCounter<long>("tts.contexts.seams", "{seam}", "Where speech went on over another upstream context.");
    }

    /// <summary>How many context grains are active in this process.</summary>
    public int ActiveContexts => Volatile.Read(ref _openContexts);

    /// <summary>Shows whether contexts can be spoken here right now.</summary>
    public void WatchReadiness(Func<bool> isReady)
        => _meter.CreateObservableGauge("tts.ready", () => isReady() ? 1 : 0, null, "1 while contexts can be spoken here, as /health/ready says it.");

    /// <summary>Shows what waits for the archive's store.</summary>
    /// <param name="backlog">How much it is.</param>
    /// <param name="spoolLimit">The most audio that may lie in the spool, bytes.</param>
    public void WatchArchive(Func<ArchiveBacklog> backlog, long spoolLimit)
    {
        _meter.CreateObservableGauge("tts.archive.pending.segments", () => backlog().Segments, "{segment}", "Segments that the store has not confirmed.");
        _meter.CreateObservableGauge("tts.archive.pending.memory", () => backlog().Bytes, "By", "Memory that they hold.");
        _meter.CreateObservableGauge("tts.archive.spool.size", () => backlog().SpoolBytes, "By", "Audio in the spool.");
        _meter.CreateObservableGauge("tts.archive.spool.limit", () => spoolLimit, "By", "The most audio that may lie there.");
        _meter.CreateObservableGauge("tts.archive.pending.age", () => backlog().OldestAge.TotalSeconds, "s", "How long the oldest has waited.");
        _meter.CreateObservableCounter("tts.archive.lost.segments", () => backlog().LostSegments, "{segment}", "Segments that the archive gave up.");
    }

    /// <summary>Shows how the upstreams are doing.</summary>
    public void WatchUpstreams(Func<IReadOnlyList<UpstreamHealth>> upstreams, Func<int> waiting)
    {
        _meter.CreateObservableGauge(
            "tts.upstream.state", () => upstreams().Select(upstream => Of(upstream, (int)upstream.State)), null, "1 closed: it works; 2 open: it is left alone; 3 half open: it is tried.");
        _meter.CreateObservableGauge("tts.upstream.slots", () => upstreams().Select(upstream => Of(upstream, upstream.SlotsTaken)), "{context}", "Contexts that hold a place.");
        _meter.CreateObservableGauge("tts.upstream.waiting", waiting, "{context}", "Contexts that wait for a place.");

        static Measurement<int> Of(UpstreamHealth upstream, int value) => new(value, new KeyValuePair<string, object?>("upstream", upstream.Name));
    }

    public void ContextActivated()
    {
        Interlocked.Increment(ref _openContexts);
        _contexts.Add(1);
    }

    public void ContextDeactivated()
    {
        Interlocked.Decrement(ref _openContexts);
        _contexts.Add(-1);
    }

    public void ContextReopened() => _contextsReopened.Add(1);

    public void ContextEnded(string outcome) => _contextsEnded.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Speech goes on over another upstream context.</summary>
    /// <param name="upstream">The one that goes on.</param>
    /// <param name="kind">How.</param>
    /// <param name="reason">What happened to the one before.</param>
    public void Seam(string upstream, SeamKind kind, string reason)
        => _seams.Add(
            1,
            new KeyValuePair<string, object?>("upstream", upstream),
            new KeyValuePair<string, object?>("kind", kind.ToString()),
            new KeyValuePair<string, object?>("reason", reason));

    public void ConnectionOpened(string upstream) => AddConnections(1, upstream);

    public void ConnectionClosed(string upstream) => AddConnections(-1, upstream);

    public void FrameDropped(string upstream, FrameDrop why)
        => _framesDropped.Add(1, new KeyValuePair<string, object?>("upstream", upstream), new KeyValuePair<string, object?>("reason", why.ToString()));

    private void AddConnections(int change, string upstream)
    {
        if (upstream != UpstreamOptions.WarmUp)
        {
            _connections.Add(change, new KeyValuePair<string, object?>("upstream", upstream));
        }
    }
}
