using System.Diagnostics.Metrics;
using TtsGrains.Grains.Upstreams;
using static TtsGrains.Grains.Diagnostics.ContextInstruments;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>The metrics of upstreams. The names <c>gen_ai</c> are those of OpenTelemetry's conventions for generative AI.</summary>
public sealed class UpstreamInstruments
{
    private static readonly KeyValuePair<string, object?> Operation = Tag(GenAi.OperationName, GenAi.TextToSpeech);

    private readonly Meter _meter;
    private readonly UpDownCounter<int> _connections;
    private readonly Counter<long> _framesDropped;
    private readonly Histogram<double> _slotWait;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstChunk;

    public UpstreamInstruments(IMeterFactory meters)
    {
        _meter = meters.Create($"{TelemetryNames.Prefix}.Upstreams");
        _connections = _meter.CreateUpDownCounter<int>("tts.upstream.connections", "{connection}", "Open sockets, by upstream.");
        _framesDropped = _meter.CreateCounter<long>("tts.upstream.frames.dropped", "{frame}", "Dropped frames, by upstream and reason.");
        _slotWait = _meter.CreateHistogram(
            "tts.upstream.slot.wait", "s", "Waits for a slot, by upstream and result: granted, limited, unavailable or withdrawn.", tags: null, MetricBuckets.ShortSeconds);
        _duration = _meter.CreateHistogram(
            "gen_ai.client.operation.duration", "s", "Time an upstream context was open, by upstream and error.", tags: null, MetricBuckets.Seconds);
        _firstChunk = _meter.CreateHistogram(
            "gen_ai.client.operation.time_to_first_chunk", "s", "First text sent to first audio, by upstream.", tags: null, MetricBuckets.Seconds);
    }

    /// <summary>Reports how the upstreams are doing.</summary>
    /// <param name="upstreams">Gets the upstreams.</param>
    /// <param name="waiting">Gets the count of contexts that wait for a slot.</param>
    /// <param name="leases">Gets the leases of the upstreams that have a limit.</param>
    public void Watch(Func<IReadOnlyList<UpstreamHealth>> upstreams, Func<int> waiting, Func<IReadOnlyList<LeaseCount>> leases)
    {
        _meter.CreateObservableGauge(
            "tts.upstream.state", () => upstreams().Select(upstream => Of(upstream.Name, (int)upstream.State)), null, "Circuit breaker, by upstream: 1 closed, 2 open, 3 half open.");
        _meter.CreateObservableGauge("tts.upstream.slots", () => upstreams().Select(upstream => Of(upstream.Name, upstream.SlotsTaken)), "{context}", "Contexts with a slot, by upstream.");
        _meter.CreateObservableGauge("tts.upstream.waiting", waiting, "{context}", "Contexts waiting for a slot.");
        _meter.CreateObservableGauge("tts.upstream.leases", () => leases().Select(lease => Of(lease.Upstream, lease.Held)), "{lease}", "Leases held by this silo, by upstream.");
        _meter.CreateObservableGauge("tts.upstream.leases.pending", () => leases().Select(lease => Of(lease.Upstream, lease.Pending)), "{context}", "Contexts waiting for a lease, by upstream.");

        static Measurement<int> Of(string upstream, int value) => new(value, Tag("upstream", upstream));
    }

    public void ConnectionOpened(string upstream) => AddConnections(1, upstream);

    public void ConnectionClosed(string upstream) => AddConnections(-1, upstream);

    public void FrameDropped(string upstream, FrameDrop why) => _framesDropped.Add(1, Tag("upstream", upstream), Tag("reason", why.ToString()));

    public void SlotWaited(string upstream, string result, TimeSpan time) => _slotWait.Record(time.TotalSeconds, Tag("upstream", upstream), Tag("result", result));

    public void AttemptSpoke(string upstream, TimeSpan time) => _firstChunk.Record(time.TotalSeconds, Operation, Tag(GenAi.ProviderName, upstream));

    /// <param name="upstream">The upstream.</param>
    /// <param name="error">Why it did not finish; null if it did.</param>
    /// <param name="time">How long it was open.</param>
    public void AttemptEnded(string upstream, string? error, TimeSpan time)
    {
        if (error is null)
        {
            _duration.Record(time.TotalSeconds, Operation, Tag(GenAi.ProviderName, upstream));
        }
        else
        {
            _duration.Record(time.TotalSeconds, Operation, Tag(GenAi.ProviderName, upstream), Tag(GenAi.ErrorType, error));
        }
    }

    private void AddConnections(int change, string upstream)
    {
        if (upstream != UpstreamOptions.WarmUp)
        {
            _connections.Add(change, Tag("upstream", upstream));
        }
    }
}

/// <summary>The leases of one upstream, as this silo has them.</summary>
/// <param name="Upstream">The configured name.</param>
/// <param name="Held">Leases in use, and those kept for contexts that wait.</param>
/// <param name="Pending">Contexts that wait for one.</param>
public readonly record struct LeaseCount(string Upstream, int Held, int Pending);
