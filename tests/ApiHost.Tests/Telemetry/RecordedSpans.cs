using System.Collections.Concurrent;
using System.Diagnostics;
using TtsGrains.Grains.Interfaces;

namespace TtsGrains.ApiHost.Tests.Telemetry;

/// <summary>Keeps the finished spans of the service that a test is interested in. Other tests run in the same process.</summary>
internal sealed class RecordedSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public RecordedSpans()
    {
        Client = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TraceSpans.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The span of a client.</summary>
    public ActivityContext Client { get; }

    /// <summary>The finished spans of the client's trace.</summary>
    public IReadOnlyList<Activity> All => [.. _spans.Where(span => span.TraceId == Client.TraceId)];

    /// <summary>The finished spans of the client's trace with this name.</summary>
    public IReadOnlyList<Activity> Of(string name) => [.. All.Where(span => span.OperationName == name)];

    /// <summary>The finished spans of contexts of a session, in whatever trace.</summary>
    public IReadOnlyList<Activity> ContextsOf(string session)
        => [.. _spans.Where(span => span.OperationName.StartsWith("text_to_speech ", StringComparison.Ordinal) && Equals(span.GetTagItem("tts.session_id"), session))];

    public void Dispose() => _listener.Dispose();
}
