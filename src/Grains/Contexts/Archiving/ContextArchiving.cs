using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Listening;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Contexts.Archiving;

/// <summary>Hands the segments of a context to the archive, without a wait for its caller: the context's place in the session may take long, and so may its owner.</summary>
/// <param name="context">The context.</param>
/// <param name="recording">What was pushed and spoken.</param>
/// <param name="archive">The archive.</param>
/// <param name="membership">Its place in the session.</param>
/// <param name="ownership">Its owner.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ContextArchiving(
    OpenedContext context, ContextRecording recording, ArchiveWriter archive, SessionMembership membership, ContextOwnership ownership, ILogger logger)
{
    private ContextRecorder? _recorder;
    private Task _running = Task.CompletedTask;
    private SegmentEnding _ending;
    private bool _isPartDue;

    /// <summary>Corrects the usage record after the end.</summary>
    public UsageCorrection Correction { get; } = new(context, recording);

    /// <summary>Hands over the segments that have ended.</summary>
    /// <param name="ending">Why the last one ended, when no flush ended it.</param>
    /// <param name="withPart">Whether to hand over, too, what there is of the segment that is being spoken.</param>
    public void HandOver(SegmentEnding ending, bool withPart = false)
    {
        if (withPart || context.Log.HasFinishedSegments)
        {
            (_ending, _isPartDue) = (ending, _isPartDue || withPart);
            if (_running.IsCompleted)
            {
                _running = HandOverAsync();
            }
        }
    }

    /// <summary>Hands over the last segments, and what the manifest says of the whole. What goes wrong here must not keep the context: its tenant waits for the room.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="upstream">Who spoke it.</param>
    public async Task FinishAsync(ContextOutcome outcome, string? upstream)
    {
        HandOver(ToEnding(outcome));
        await _running;
        try
        {
            if (await RecorderAsync(isForUsage: true) is { } recorder)
            {
                var summary = recording.Summarize(outcome, upstream, WrittenAtEnd(outcome));
                Correction.Begin(recorder, summary);
                recorder.ContextFinished(summary);
            }
            else
            {
                HandOverSent();
            }
        }
        catch (Exception e)
        {
            LogNotArchived(logger, context.Host.GrainKey, e);
        }
    }

    /// <summary>Another activation has the context, and its usage record; unless it was finished here.</summary>
    public void HandOverSent()
    {
        if (!Correction.HasBegun && recording.Sent is { } sent)
        {
            archive.HandOver(sent);
        }
    }

    /// <summary>Has the count of what is sent name the context's place, once it has one.</summary>
    public async Task NotePlaceAsync()
    {
        try
        {
            recording.Sent?.SetOrdinal((await membership.Place).Ordinal);
        }
        catch (Exception)
        {
            // Who needs the place asks again, and says what went wrong.
        }
    }

    // What an attached client has not got yet is on its way to it.
    private int? WrittenAtEnd(ContextOutcome outcome)
        => recording.Delivered ?? (outcome == ContextOutcome.Cancelled || ownership.IsAwaited ? context.Log.Written : null);

    private async Task HandOverAsync()
    {
        try
        {
            while (_isPartDue || context.Log.HasFinishedSegments)
            {
                // What the owner has not got would be spoken anew, and perhaps not the same, if this silo died: it is archived when it is the truth.
                await ownership.WhenDeliveredAsync();
                var recorder = await RecorderAsync();
                var withPart = _isPartDue;
                _isPartDue = false;
                recording.HandOver(recorder, _ending, withPart);
            }
        }
        catch (Exception e)
        {
            _isPartDue = false;
            LogNotArchived(logger, context.Host.GrainKey, e);
        }
    }

    /// <returns>Null when it is not kept, or has no place to be kept in.</returns>
    private async Task<ContextRecorder?> RecorderAsync(bool isForUsage = false)
    {
        if ((!context.IsKept && (!isForUsage || context.Key.IsWarmUp)) || await membership.Place is { IsCeded: true })
        {
            return null;
        }

        var (key, settings, place) = (context.Key, context.Settings, await membership.Place);
        var identity = new ContextIdentity(
            key.Tenant,
            key.Session,
            key.Context,
            place.Ordinal,
            settings.VoiceId,
            settings.ModelId,
            settings.Language ?? settings.Locale,
            settings.Format,
            context.OpenedAt)
        {
            SessionStartedAt = place.SessionStartedAt,
            Reference = settings.Reference,
            WasReopened = context.RestoredFrames is not null,
            IsUsageOnly = !context.IsKept,
            TraceParent = settings.TraceParent,
            KeyId = settings.KeyId,
        };
        return _recorder ??= archive.Begin(identity, recording.Sent);
    }

    private static SegmentEnding ToEnding(ContextOutcome outcome) => outcome switch
    {
        ContextOutcome.Done => SegmentEnding.Done,
        ContextOutcome.Cancelled => SegmentEnding.Cancelled,
        ContextOutcome.Error => SegmentEnding.Error,
        ContextOutcome.Expired => SegmentEnding.Expired,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Not an outcome."),
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Context {ContextKey} could not be handed to the archive")]
    private static partial void LogNotArchived(ILogger logger, string contextKey, Exception exception);
}
