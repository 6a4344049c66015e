using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Contexts.Archiving;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Listening;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;

namespace TtsGrains.Grains.Contexts;

/// <summary>How a context ends: the terminal frame, the room of its tenant, the archive, its session, and who still reads it, in this order.</summary>
/// <param name="context">The context.</param>
/// <param name="attempts">Who has spoken it.</param>
/// <param name="recording">What was pushed and spoken.</param>
/// <param name="archiving">Hands it to the archive.</param>
/// <param name="membership">Its place in the session.</param>
/// <param name="retention">Keeps it readable for a while.</param>
/// <param name="services">The services of the silo.</param>
internal sealed partial class ContextEnding(
    OpenedContext context,
    UpstreamAttempts attempts,
    ContextRecording recording,
    ContextArchiving archiving,
    SessionMembership membership,
    ContextRetention retention,
    ContextServices services)
{
    /// <summary>Completes when the archive and the session know that it is over; completed while it is not over.</summary>
    public Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>Ends the context.</summary>
    public async Task CloseAsync(ContextOutcome outcome, ProtocolError? error)
    {
        var log = context.Log;
        context.Outcome = outcome;
        var requestId = Guid.NewGuid().ToString();
        LogEnded(outcome, error, requestId);
        if (error is not null)
        {
            context.Telemetry?.Failed(error, requestId);
        }

        // Under way before the terminal frame is: the client may open its next context as soon as it has that.
        var released = services.Room.StartRelease(context.Host);
        log.Close(outcome, error, context.Key.Context, requestId);
        context.Telemetry?.Ended(outcome, requestId, recording.Characters, log.Format.DurationOf(log.AudioBytes));
        Finished = FinishAsync(outcome);
        await services.Room.FinishReleaseAsync(context.Host, released);
    }

    /// <summary>The context was restored after its end. A silo that hands it over has archived it, one that died perhaps not.</summary>
    public async Task RestoreAsync(ContextOutcome outcome, bool isArchived)
    {
        context.Outcome = outcome;
        if (isArchived)
        {
            archiving.HandOverSent();
            retention.Begin();
        }
        else
        {
            Finished = FinishAsync(outcome);
        }

        await services.Room.FinishReleaseAsync(context.Host, services.Room.StartRelease(context.Host));
    }

    private async Task FinishAsync(ContextOutcome outcome)
    {
        await archiving.FinishAsync(outcome, attempts.Upstream);
        await membership.LeaveAsync(recording.EndOf(outcome));
        retention.Begin();
    }

    // Errors of the client are no fault of the service, and a host that stops ends all of its contexts.
    private void LogEnded(ContextOutcome outcome, ProtocolError? error, string requestId)
    {
        var level = error is null || error.Code == ErrorCatalogue.ShuttingDown.Code ? LogLevel.Debug : error.StatusCode >= 500 ? LogLevel.Warning : LogLevel.Information;
        if (services.Logger.IsEnabled(level))
        {
            var openMs = (long)(services.Time.GetUtcNow() - context.OpenedAt).TotalMilliseconds;
            var audioMs = (long)context.Log.Format.DurationOf(context.Log.AudioBytes).TotalMilliseconds;
            var traceId = TraceSpans.TraceIdOf(context.Settings.TraceParent);
            LogEnded(services.Logger, level, context.Key, outcome, error?.StatusCode, error?.Code, openMs, audioMs, attempts.Count, requestId, traceId);
        }
    }

    [LoggerMessage(Message = "Context {ContextKey} ended: {Outcome}, error {StatusCode} {ErrorCode}, open for {OpenMs} ms, audio {AudioMs} ms, upstream attempts {Attempts}, request {RequestId}, trace {TraceId}")]
    private static partial void LogEnded(
        ILogger logger,
        LogLevel level,
        ContextKey contextKey,
        ContextOutcome outcome,
        int? statusCode,
        string? errorCode,
        long openMs,
        long audioMs,
        int attempts,
        string requestId,
        string? traceId);
}
