using System.Diagnostics.Metrics;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>Why a frame of an upstream went to nobody. Zero is never a valid value.</summary>
public enum FrameDrop : byte
{
    None = 0,

    /// <summary>Not a JSON object.</summary>
    Garbage = 1,

    /// <summary>Of a context that nobody speaks in any more: expected after a cancel.</summary>
    NoRoute = 2,
}

/// <summary>The service's metrics, meter <c>TtsGrains</c>. Tags carry names and counts only: never text, audio or keys.</summary>
public sealed class TtsInstruments
{
    public const string MeterName = "TtsGrains";

    private readonly UpDownCounter<int> _contexts;
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _framesDropped;
    private readonly Counter<long> _contextsEnded;
    private int _openContexts;

    public TtsInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _contexts = meter.CreateUpDownCounter<int>("tts.contexts.active", "{context}", "Context grains that are active.");
        _connections = meter.CreateUpDownCounter<int>("tts.upstream.connections", "{connection}", "Upstream sockets that are open.");
        _framesDropped = meter.CreateCounter<long>("tts.upstream.frames.dropped", "{frame}", "Upstream frames that went to nobody.");
        _contextsEnded = meter.CreateCounter<long>("tts.contexts.ended", "{context}", "Contexts that came to their end.");
    }

    /// <summary>How many context grains are active in this process.</summary>
    public int ActiveContexts => Volatile.Read(ref _openContexts);

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

    public void ContextEnded(string outcome) => _contextsEnded.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void ConnectionOpened(string upstream) => _connections.Add(1, new KeyValuePair<string, object?>("upstream", upstream));

    public void ConnectionClosed(string upstream) => _connections.Add(-1, new KeyValuePair<string, object?>("upstream", upstream));

    public void FrameDropped(string upstream, FrameDrop why)
        => _framesDropped.Add(1, new KeyValuePair<string, object?>("upstream", upstream), new KeyValuePair<string, object?>("reason", why.ToString()));
}
