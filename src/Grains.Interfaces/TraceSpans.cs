using System.Diagnostics;

namespace TtsGrains.Grains.Interfaces;

/// <summary>
/// The spans of the service. A span costs nothing while nothing listens. It never becomes <see cref="Activity.Current"/>: spans outlive the calls that begin them.
/// </summary>
public static class TraceSpans
{
    /// <summary>The name of the activity source.</summary>
    public const string Source = "TtsGrains";

    private static readonly ActivitySource Activities = new(Source);

    /// <summary>Begins a span.</summary>
    /// <param name="name">What is done.</param>
    /// <param name="parent">The span that it is part of; null begins a new trace.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="startedAt">When it began; null for now.</param>
    /// <returns>Null if nothing listens.</returns>
    public static Activity? Start(string name, ActivityContext? parent, ActivityKind kind = ActivityKind.Internal, DateTimeOffset? startedAt = null)
    {
        if (!Activities.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        try
        {
            Activity.Current = null;
            return Activities.StartActivity(name, kind, parent ?? default, startTime: startedAt ?? default);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends a span.</summary>
    /// <param name="span">The span; null ends nothing.</param>
    /// <param name="error">Why it failed; null if it did not.</param>
    public static void End(this Activity? span, string? error = null)
    {
        if (span is null)
        {
            return;
        }

        if (error is not null)
        {
            span.SetStatus(ActivityStatusCode.Error);
            span.SetTag("error.type", error);
        }

        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    /// <summary>Reads a W3C <c>traceparent</c>. Returns null if there is none, or it is invalid.</summary>
    public static ActivityContext? Parse(string? traceParent)
        => ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var context) ? context : null;

    /// <summary>Writes a W3C <c>traceparent</c>.</summary>
    public static string Format(ActivityContext context)
        => $"00-{context.TraceId}-{context.SpanId}-{(context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";

    /// <summary>Gets the trace id of a <c>traceparent</c>; null if there is none.</summary>
    public static string? TraceIdOf(string? traceParent) => Parse(traceParent)?.TraceId.ToString();
}
