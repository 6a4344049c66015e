using TtsGrains.Archive.Usage;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;

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

    private SentCount? CountSent() => _key.IsWarmUp ? null : archive.CountSent(
        new SentContext(Guid.NewGuid(), _key.Tenant, _key.Session, _key.Context, _settings!.ModelId, _settings.Reference, _settings.KeyId, _openedAt));

    private async Task NoteOrdinalAsync(Task<SessionPlace> place)
    {
        try
        {
            _recording?.Sent?.SetOrdinal((await place).Ordinal);
        }
        catch (Exception)
        {
            // Who needs the place asks again, and says what went wrong.
        }
    }

    // Another activation has the context, and its record; unless it was finished here.
    private void HandOverSent()
    {
        if (_summary is null && _recording?.Sent is { } sent)
        {
            archive.HandOver(sent);
        }
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
