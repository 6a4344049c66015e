using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Lifecycle;

namespace TtsGrains.Grains.Contexts.Archiving;

/// <summary>Corrects the usage record of a context when its client reports, after its end, what it has played.</summary>
internal sealed class UsageCorrection(OpenedContext context, ContextRecording recording)
{
    // A client may report many times a second; each correction is a write to the archive.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private ContextRecorder? _recorder;
    private ContextSummary? _summary;
    private IDisposable? _timer;

    /// <summary>Whether the record was handed over.</summary>
    public bool HasBegun => _summary is not null;

    /// <summary>The record is handed over.</summary>
    public void Begin(ContextRecorder recorder, ContextSummary summary) => (_recorder, _summary) = (recorder, summary);

    /// <summary>The client has played this much of the audio, ms.</summary>
    public void Report(double playedMs)
    {
        recording.PlayedMs = playedMs;
        if (_summary is not null)
        {
            // Its record may be stored already.
            _timer ??= context.Host.After(Delay, CorrectAsync);
        }
    }

    /// <summary>Makes a correction that is due now.</summary>
    public void Correct()
    {
        _timer?.Dispose();
        if (_timer is not null && _summary is { Usage: { } usage } summary && !context.Log.IsErased)
        {
            _summary = summary with { Usage = usage with { CharactersHeard = recording.CountHeard(usage.CharactersDelivered) } };
            _recorder!.UsageCorrected(_summary);
        }

        _timer = null;
    }

    private Task CorrectAsync()
    {
        Correct();
        return Task.CompletedTask;
    }
}
