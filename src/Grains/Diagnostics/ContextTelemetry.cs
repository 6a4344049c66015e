using System.Diagnostics;
using TtsGrains.Archive.Manifests;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Diagnostics;

/// <summary>Makes the telemetry of contexts.</summary>
internal sealed class ContextTelemetryFactory(ContextInstruments contexts, UpstreamInstruments upstreams, RecentErrors errors, TimeProvider time)
{
    public ContextInstruments Contexts => contexts;

    /// <returns>Null for a context of the warm-up, which does not count.</returns>
    public ContextTelemetry? Create(ContextKey key, ContextSettings settings)
        => key.IsWarmUp ? null : new ContextTelemetry(key, settings, contexts, upstreams, errors, time);
}

/// <summary>Measures and traces one context on its silo. All but <see cref="OnAudio"/> and <see cref="AttemptSpoke"/> is called by one thread at a time: by the one that opens the context, then on the grain's turns.</summary>
internal sealed class ContextTelemetry : IAudioObserver
{
    private readonly KeyValuePair<string, object?> _tenant;
    private readonly ContextInstruments _contexts;
    private readonly UpstreamInstruments _upstreams;
    private readonly RecentErrors _errors;
    private readonly ContextKey _key;
    private readonly TimeProvider _time;
    private readonly PlayoutClock _playout;
    private readonly PauseLog _pauses;
    private readonly long _openedAt;
    private readonly ActivityContext? _parent;
    private long _sentAt;
    private Activity? _slot;
    private volatile Activity? _span;
    private bool _hasAudio;
    private bool _isRestored;
    private long _firstAudioTicks;
    private (string Upstream, long Since)? _waiting;
    private (string Upstream, long Since)? _attempt;

    public ContextTelemetry(
        ContextKey key, ContextSettings settings, ContextInstruments contexts, UpstreamInstruments upstreams, RecentErrors errors, TimeProvider time)
    {
        (_key, _contexts, _upstreams, _errors, _time) = (key, contexts, upstreams, errors, time);
        _tenant = ContextInstruments.Tag("tenant", key.Tenant);
        _playout = new PlayoutClock(settings.Format, time);
        _pauses = new PauseLog(settings.Format);
        _parent = TraceSpans.Parse(settings.TraceParent);
        _openedAt = time.GetTimestamp();
    }

    /// <summary>True if a client has played all audio so far.</summary>
    public bool IsDry => _playout.IsDry;

    /// <summary>Gets the time that it waited for slots.</summary>
    public TimeSpan SlotWait { get; private set; }

    /// <summary>Gets the time from its opening to its first audio; null if it had none here.</summary>
    public TimeSpan? FirstAudio => Volatile.Read(ref _firstAudioTicks) is > 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    /// <summary>Lists the pauses in its audio; null if there were none.</summary>
    public IReadOnlyList<ManifestPause>? Pauses => _pauses.List();

    /// <summary>Begins the span of the admission by the tenant.</summary>
    public Activity? StartAdmission() => StartSpan("tts.admission");

    /// <summary>The context continues here after its silo was lost.</summary>
    /// <param name="bytes">Bytes of the audio that it had.</param>
    /// <param name="openedAt">When it was opened first.</param>
    public void Restored(long bytes, DateTimeOffset openedAt)
    {
        _isRestored = true;
        _contexts.Reopened();
        _pauses.Restore(bytes);
        _playout.Restore(bytes, _time.GetUtcNow() - openedAt);
    }

    /// <summary>Text came after everything before it was spoken and played.</summary>
    public void TextAfterSilence() => _playout.OnTextAfterSilence();

    /// <summary>The context begins to wait for a slot.</summary>
    /// <param name="upstream">The upstream that it would best have.</param>
    public void SlotRequested(string upstream)
    {
        _waiting = (upstream, _time.GetTimestamp());
        _slot = StartSpan("tts.slot.wait");
        _playout.WaitFor(PauseCause.Slot);
    }

    /// <summary>The wait for a slot is over.</summary>
    /// <param name="result">What came of it.</param>
    /// <param name="upstream">The upstream with the slot; null if there is none.</param>
    public void SlotDecided(string result, string? upstream = null)
    {
        if (_waiting is { } waiting)
        {
            _waiting = null;
            _slot?.SetTag("tts.upstream", upstream ?? waiting.Upstream);
            _slot.End(upstream is null ? result : null);
            var waited = _time.GetElapsedTime(waiting.Since);
            SlotWait += waited;
            _upstreams.SlotWaited(upstream ?? waiting.Upstream, result, waited);
            _playout.WaitFor(PauseCause.Upstream);
        }
    }

    /// <summary>The text of an attempt is about to be sent: from here on its audio may arrive.</summary>
    /// <param name="upstream">The upstream.</param>
    /// <param name="number">Counts the attempts of the context, from 1.</param>
    /// <param name="socket">The number of the upstream socket.</param>
    public void AttemptOpening(string upstream, int number, int socket)
    {
        Volatile.Write(ref _sentAt, _time.GetTimestamp());
        _attempt = (upstream, _sentAt);
        _span = StartSpan("tts.upstream.attempt", ActivityKind.Client);
        _span?.SetTag(GenAi.OperationName, GenAi.TextToSpeech);
        _span?.SetTag(GenAi.ProviderName, upstream);
        _span?.SetTag("tts.attempt", number);
        _span?.SetTag("tts.upstream.socket", socket);
    }

    /// <summary>The socket did not take the attempt: there is nothing to report of it.</summary>
    public void AttemptNotOpened()
    {
        _attempt = null;
        _span = null;
    }

    /// <summary>The current attempt continues where another was lost.</summary>
    public void Seam(string upstream, SeamKind kind, string reason)
    {
        _contexts.Seam(upstream, kind, reason);
        _span?.SetTag("tts.seam.kind", kind.ToString().ToLowerInvariant());
        _span?.SetTag("tts.seam.reason", reason);
    }

    /// <summary>An attempt has its first audio.</summary>
    public void AttemptSpoke(string upstream)
    {
        _upstreams.AttemptSpoke(upstream, _time.GetElapsedTime(Volatile.Read(ref _sentAt)));
        _span?.AddEvent(new ActivityEvent("tts.first_audio"));
    }

    /// <summary>A segment has ended.</summary>
    public void SegmentEnded(int flushId, SegmentEnding ending, DateTimeOffset startedAt, DateTimeOffset finishedAt)
    {
        if (StartSpan("tts.segment", startedAt: startedAt) is { } span)
        {
            span.SetTag("tts.flush_id", flushId);
            span.SetTag("tts.ending", ending.ToString().ToLowerInvariant());
            span.SetEndTime(finishedAt.UtcDateTime);
            span.End();
        }
    }

    /// <summary>The current attempt is over, if there is one.</summary>
    /// <param name="error">Why it did not finish; null if it did.</param>
    public void AttemptEnded(string? error)
    {
        if (_attempt is { } attempt)
        {
            _attempt = null;
            _span.End(error);
            _upstreams.AttemptEnded(attempt.Upstream, error, _time.GetElapsedTime(attempt.Since));
        }
    }

    public void OnAudio(long bytes)
    {
        var chunk = _playout.OnAudio(bytes);
        if (!_hasAudio)
        {
            _hasAudio = true;
            if (!_isRestored)
            {
                var (now, sentAt) = (_time.GetTimestamp(), Volatile.Read(ref _sentAt));
                var took = _time.GetElapsedTime(_openedAt, now);
                Volatile.Write(ref _firstAudioTicks, Math.Max(took.Ticks, 1));
                _contexts.FirstAudio(took, _time.GetElapsedTime(_openedAt, sentAt), _tenant);
            }
        }

        _contexts.Chunk(chunk, _tenant);
        _pauses.OnAudio(bytes, chunk);
        if (chunk.IsPause && _span is { } span)
        {
            span.AddEvent(new ActivityEvent(
                "tts.pause", tags: new ActivityTagsCollection { ["tts.pause.cause"] = chunk.Cause.ToString().ToLowerInvariant(), ["tts.pause.seconds"] = chunk.Lateness.TotalSeconds }));
        }
    }

    /// <summary>The context ends with an error.</summary>
    public void Failed(ProtocolError error, string requestId)
        => _errors.Add(_key.Tenant, error, requestId, _key.Session, _key.Context, _parent?.TraceId.ToString());

    /// <summary>The context has ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="requestId">Finds the context in the log.</param>
    /// <param name="characters">Characters that were pushed.</param>
    /// <param name="audio">Its audio.</param>
    public void Ended(ContextOutcome outcome, string requestId, int characters, TimeSpan audio)
    {
        SlotDecided("withdrawn");
        _span?.SetTag("tts.request_id", requestId);
        AttemptEnded(outcome.ToString().ToLowerInvariant());
        _contexts.Ended(outcome.ToString(), _tenant);
        _contexts.Used(characters, audio, _tenant);
    }

    private Activity? StartSpan(string name, ActivityKind kind = ActivityKind.Internal, DateTimeOffset? startedAt = null)
        => TraceSpans.Start(name, _parent, kind, startedAt);
}
