using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <content>The upstream contexts that speak for it, one after the other, and how each gets its place.</content>
internal sealed partial class ContextGrain
{
    private readonly Queue<ContextInput> _unsent = new();
    private UpstreamAttempt? _attempt;
    private string? _upstream;
    private int _attempts;
    private long? _waitingSince;
    private SlotTicket? _ticket;
    private IGrainTimer? _retry;
    private RequestFingerprint _request;
    private bool _hasSentWords;

    public async Task OnUpstreamAsync(UpstreamNotice notice)
    {
        if (notice.Attempt != _attempts)
        {
            return;
        }

        if (notice.Event == UpstreamEvent.PlaceDecided)
        {
            await OnPlaceDecidedAsync();
        }
        else if (_attempt is not null)
        {
            await OnAttemptAsync(notice);
        }
    }

    private Task OnAttemptAsync(UpstreamNotice notice)
    {
        switch (notice.Event)
        {
            case UpstreamEvent.SegmentSpoken:
                _pending.Finish(_log!.Segment);
                ExpectProgress();
                ArchiveSegments(SegmentEnding.Flush);
                return Task.CompletedTask;
            case UpstreamEvent.PartSpoken:
                ArchiveSegments(SegmentEnding.Flush, withPart: true);
                return Task.CompletedTask;
            case UpstreamEvent.Finished:
                return FinishAttemptAsync();
            case UpstreamEvent.Lost:
                return LoseAttemptAsync(ErrorCatalogue.UpstreamLost, "upstream_lost", pool.Outcomes.OnLost);
            case UpstreamEvent.Silent:
                return OnSilentAsync();
            case UpstreamEvent.Failed:
                return OnFailedAsync(notice.Fault!.ToError());
            case UpstreamEvent.Garbled:
                return OnGarbledAsync();
            default:
                throw new ArgumentOutOfRangeException(nameof(notice), notice.Event, "Not an event of an upstream.");
        }
    }

    // It has said all that it had got. What crossed with its end on the wire it had not.
    private Task<ContextFault?> FinishAttemptAsync()
    {
        var log = _log!;
        var hasAudio = log.StartOf(_attempts)?.Watch.HasAudio ?? false;
        (_attempt, _waitingSince) = (null, null);
        _telemetry?.AttemptEnded(error: null);
        OnProgress();
        log.EndAttempt();
        _pending.Finish(log.Segment);
        if (!hasAudio && !HasWords(_pending.Inputs) && !UnreportedWords.IsLeft(_pending.Inputs, log.ReadDelivered(_pending.From), mayWaitForWholeWords: false))
        {
            // Emoji have no audio, but their word times were told: they did not cross with the end.
            _pending.NoteResent(log.Chunks);
        }

        _pending.Answer(log.Chunks, log.Count);
        _reached = (_pending.From, log.Segment, 0, 0);

        // Asked once more, it was silent again. An end without audio would look like speech to the client.
        if (_hasSentWords && !hasAudio && !HasWords(_pending.Inputs))
        {
            return RunAsync(new ContextCommand.UpstreamFailed(ErrorCatalogue.UpstreamNoAudio));
        }

        _pending.NoteResent(log.Chunks);
        return RunAsync(new ContextCommand.UpstreamFinished(ResumePlan.WithConfig(_pending.Inputs, _pending.ConfigBefore)));
    }

    private async Task SendAsync(ContextInput input)
    {
        Retries.OnAsked();
        if (_attempt is not null)
        {
            _log!.RecordSent(_attempts, input.Text);

            // When it has ended, the notice of that is on its way here: then this is sent again, behind what else was not spoken.
            _hasSentWords |= HasWords([input]);
            _recording!.RecordSent(input, isSent: _attempt.Send(input));
            ExpectProgress();
            return;
        }

        // An upstream context that is opened for it knows none of the settings in force; a plan has them in its text.
        if (_unsent.Count == 0 && _plan is null or { Inputs.IsEmpty: true } && _pending.MarkupBefore.ToTags() is { Length: > 0 } tags)
        {
            input = input with { Text = tags + input.Text };
        }

        _unsent.Enqueue(input);
        if (_unsent.Count > 1)
        {
            return;
        }

        if (_retryDelay > TimeSpan.Zero)
        {
            _retry = this.RegisterGrainTimer(AskForPlaceAsync, _retryDelay, Timeout.InfiniteTimeSpan);
            return;
        }

        await AskForPlaceAsync();
    }

    private async Task AskForPlaceAsync()
    {
        _retry?.Dispose();
        (_retry, _retryDelay) = (null, TimeSpan.Zero);
        _waitingSince ??= time.GetTimestamp();
        _attempts++;
        _request = RequestFingerprint.Of(_key, _settings!, _pending.Inputs);
        var candidates = Candidates();
        _telemetry?.SlotRequested(candidates[0]);
        _ticket = pool.Ask(new SlotRequest(_key.Tenant, _settings!.Priority, candidates, _waitingSince.Value, Retries.Remaining, _request));
        if (_ticket.Granted.IsCompleted)
        {
            await OnPlaceDecidedAsync();
            return;
        }

        _ = ReportWhenDecidedAsync(_ticket, this.AsReference<IContextGrain>(), new UpstreamNotice(_attempts, UpstreamEvent.PlaceDecided));
    }

    // The client may push and cancel while its context waits.
    private async Task ReportWhenDecidedAsync(SlotTicket ticket, IContextGrain self, UpstreamNotice notice)
    {
        try
        {
            await ticket.Granted;
            await self.OnUpstreamAsync(notice);
        }
        catch (OperationCanceledException)
        {
            // The context ended before.
        }
        catch (Exception e)
        {
            LogPlaceNotTaken(logger, _key, e);
        }
    }

    private async Task OnPlaceDecidedAsync()
    {
        if (_ticket is not { Granted.IsCompletedSuccessfully: true } ticket)
        {
            return;
        }

        _ticket = null;
        var grant = await ticket.Granted;
        _telemetry?.SlotDecided(grant.Refusal == SlotRefusal.None ? "granted" : grant.Refusal.ToString().ToLowerInvariant(), grant.Connection?.Key.Upstream);
        if (grant.Refusal != SlotRefusal.None)
        {
            _unsent.Clear();
            await RunAsync(new ContextCommand.UpstreamFailed(ToError(grant.Refusal)));
        }
        else if (_log!.IsClosed)
        {
            pool.OnSlotFree(grant.Connection!.Key, _key.Tenant);
        }
        else
        {
            try
            {
                await OpenAttemptAsync(grant.Connection!);
            }
            catch (Exception e)
            {
                LogPlaceNotTaken(logger, _key, e);
                await RunAsync(new ContextCommand.UpstreamFailed(ErrorCatalogue.Internal));
            }
        }
    }

    private async Task OpenAttemptAsync(UpstreamConnection connection)
    {
        var (plan, log) = (_plan, _log!);
        var upstream = upstreams.Get(connection.Key.Upstream);
        var firstAudio = Retries.Remaining < upstream.FirstAudioTimeout ? Retries.Remaining : upstream.FirstAudioTimeout;
        log.BeginAttempt(_attempts, new ProgressWatch(firstAudio, upstream.ProgressTimeout, time), plan);
        foreach (var input in _unsent)
        {
            log.RecordSent(_attempts, input.Text);
        }

        var request = _request;
        var telemetry = _telemetry;
        telemetry?.AttemptOpening(connection.Key.Upstream, _attempts, connection.Key.Number);
        var feed = new AttemptFrames(log, this.AsReference<IContextGrain>(), log.StartOf(_attempts)!, OnSpoken, connection.RecordDrop, logger);
        if (UpstreamAttempt.Open(_attempts, _key.Tenant, _settings!, upstream, _unsent.Peek(), connection, feed, pool) is not { } attempt)
        {
            telemetry?.AttemptNotOpened();
            await AskForPlaceAsync();
            return;
        }

        (_attempt, _upstream, _plan) = (attempt, connection.Key.Upstream, null);
        _recording!.Sent?.SetUpstream(_upstream);
        _hasSentWords = HasWords(_unsent);
        NoteSeam(plan);
        _recording.RecordSent(_unsent.Dequeue(), isSent: true);
        while (_unsent.TryDequeue(out var next))
        {
            _recording.RecordSent(next, isSent: attempt.Send(next));
        }

        ExpectProgress();

        void OnSpoken()
        {
            connection.RecordSpoken(request);
            telemetry?.AttemptSpoke(connection.Key.Upstream);
        }
    }

    // An end that was asked for is due at once. Without one the upstream may wait for more text, first for as long as it was allowed to, and for a word
    // that may not be whole once more.
    private void ExpectProgress()
    {
        if (_log!.StartOf(_attempts) is { } start)
        {
            var isEndDue = _log.IsFlushDue || _state.Phase == ContextPhase.Draining;
            start.Watch.Expect(isEndDue ? TimeSpan.Zero : TimeSpan.FromMilliseconds(2 * _settings!.MaxBufferDelayMs));
        }
    }

    private void CancelUpstream()
    {
        StopWaiting();
        if (_attempt is { } attempt)
        {
            pool.Outcomes.OnGivenUp(attempt.Key, _request);
            attempt.Cancel();
            _attempt = null;
        }
    }

    private void StopWaiting()
    {
        _unsent.Clear();
        _retry?.Dispose();
        _retry = null;
        if (_ticket is not null)
        {
            pool.Leave(_ticket);
            _ticket = null;
            _telemetry?.SlotDecided("withdrawn");
        }
    }

    private ImmutableArray<string> Candidates()
    {
        var all = catalogue.Of(_key.Tenant);
        var left = all.RemoveAll(_failedAt.Contains);
        return left.IsEmpty ? all : left;
    }

    private ProtocolError ToError(SlotRefusal refusal)
        => refusal == SlotRefusal.Limited ? ErrorCatalogue.UpstreamFull
            : _lastError is { } own && own != ErrorCatalogue.UpstreamLost && own != ErrorCatalogue.UpstreamSilent ? own
            : ErrorCatalogue.UpstreamUnavailable;

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} did not take the place that it waited for")]
    private static partial void LogPlaceNotTaken(ILogger logger, ContextKey contextKey, Exception exception);
}
