using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts;

/// <content>What is counted of it.</content>
internal sealed partial class ContextGrain
{
    // A client may report many times a second; each correction is a write to the archive.
    private static readonly TimeSpan CorrectionDelay = TimeSpan.FromSeconds(1);

    private ContextSummary? _summary;
    private IGrainTimer? _correction;

    public Task ReportPlayedAsync(double playedMs)
    {
        if (_recording is null)
        {
            DeactivateUnlessOpening();
            return Task.CompletedTask;
        }

        _recording.PlayedMs = playedMs;
        if (_summary is not null)
        {
            // Its record may be stored already.
            _correction ??= this.RegisterGrainTimer(CorrectUsage, CorrectionDelay, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    // What an attached client has not got yet is on its way to it.
    private ContextSummary Summarize(ContextOutcome outcome)
        => _recording!.Summarize(
            outcome, _upstream, _delivered, _delivered ?? (outcome == ContextOutcome.Cancelled || _reconnectTimer is not null ? _log!.Written : null));

    private Task CorrectUsage()
    {
        _correction?.Dispose();
        if (_correction is not null && _summary is { Usage: { } usage } summary && !_log!.IsErased)
        {
            _summary = summary with { Usage = usage with { CharactersHeard = _recording!.CountHeard(usage.CharactersDelivered) } };
            _recorder!.UsageCorrected(_summary);
        }

        _correction = null;
        return Task.CompletedTask;
    }
}
