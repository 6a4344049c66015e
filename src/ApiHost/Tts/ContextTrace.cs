using System.Diagnostics;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Tts;

/// <summary>The span of one context as its client has it; the spans of its silo are below. Its end is noted once.</summary>
internal sealed class ContextTrace
{
    private readonly Activity? _span;
    private readonly ActivityContext? _parent;
    private int _hasEnded;

    private ContextTrace(Activity? span, ActivityContext? parent) => (_span, _parent) = (span, parent);

    /// <summary>What the context's spans on other processes are children of; null if it is in no trace.</summary>
    public string? TraceParent => (_span?.Context ?? _parent) is { } context ? TraceSpans.Format(context) : null;

    public string? TraceId => (_span?.TraceId ?? _parent?.TraceId)?.ToString();

    /// <summary>Begins the span.</summary>
    /// <param name="key">The context.</param>
    /// <param name="model">The model that speaks.</param>
    /// <param name="parent">The span of the client or the socket; null begins a new trace.</param>
    /// <param name="link">A span of another trace that the context belongs to as well.</param>
    public static ContextTrace Start(ContextKey key, string model, ActivityContext? parent, ActivityContext? link = null)
    {
        var span = key.IsWarmUp ? null : TraceSpans.Start($"text_to_speech {model}", parent);
        span?.SetTag("gen_ai.operation.name", "text_to_speech");
        span?.SetTag("gen_ai.request.model", model);
        span?.SetTag("tts.tenant", key.Tenant);
        span?.SetTag("tts.session_id", key.Session);
        span?.SetTag("tts.context_id", key.Context);
        if (parent is null && link is { } other)
        {
            span?.AddLink(new ActivityLink(other));
        }

        return new ContextTrace(span, parent);
    }

    /// <summary>Ends the span.</summary>
    /// <param name="outcome">How the context ended for its client.</param>
    /// <param name="error">The code of the error; null if there is none.</param>
    public void End(string outcome, string? error = null)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
        {
            _span?.SetTag("tts.outcome", outcome);
            _span.End(error);
        }
    }
}
