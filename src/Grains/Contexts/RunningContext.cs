using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Archive.Usage;
using TtsGrains.Grains.Contexts.Archiving;
using TtsGrains.Grains.Contexts.Attempts;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Listening;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Contexts.Ownership;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <summary>The objects of a context that is open on this silo, and what takes several of them.</summary>
internal sealed partial class RunningContext
{
    /// <summary>How long the end waits for others: an owner, or the session's storage, may be away.</summary>
    public static readonly TimeSpan FinalTimeout = TimeSpan.FromSeconds(3);

    private const int MostReadBytes = 1024 * 1024;

    private readonly ContextServices _services;
    private readonly ReceivedInputs _inputs = new();
    private readonly ContextArchiving _archiving;
    private readonly UpstreamAttempts _attempts;
    private readonly ContextRunner _runner;
    private readonly ContextEnding _ending;
    private readonly ContextRetention _retention;

    public RunningContext(OpenedContext context, ContextServices services)
    {
        (Context, _services) = (context, services);
        var pending = new PendingInputs();
        var recording = new ContextRecording(context, services.Time) { Sent = CountSent(context, services) };
        Membership = new SessionMembership(context, services.Cluster, services.Time, services.Logger);
        Ownership = new ContextOwnership(
            context, _inputs, services.Logs.Process, services.Options.ReconnectTimeout, OnOwnerTimeoutAsync, services.Time, services.Logger);
        _archiving = new ContextArchiving(context, recording, services.Archive, Membership, Ownership, services.Logger);
        _attempts = new UpstreamAttempts(context, pending, recording, services.Attempts, command => _runner!.RunAsync(command));
        _retention = new ContextRetention(context, Ownership, services.Options.Retention);
        _ending = new ContextEnding(context, _attempts, recording, _archiving, Membership, _retention, services);
        _runner = new ContextRunner(context, _inputs, pending, recording, _attempts, _archiving, _ending, services.Options.Expiry);
        services.Logs.Add(context.Host.GrainKey, context.Log);
    }

    public OpenedContext Context { get; }

    public SessionMembership Membership { get; }

    public ContextOwnership Ownership { get; }

    /// <summary>The name of the upstream that speaks it, or was asked last; null if none was yet.</summary>
    public string? Upstream => _attempts.Upstream;

    /// <summary>Whether it was handed over to another silo.</summary>
    public bool IsMoved { get; private set; }

    /// <summary>Takes the push that opens the context.</summary>
    /// <param name="first">The push.</param>
    /// <param name="owner">Who gets the frames; null for one in this process.</param>
    /// <param name="place">Its place in the session, if it is already asked for.</param>
    public Task<ContextFault?> OpenAsync(ContextInput first, ContextOwner? owner, Task<SessionPlace>? place = null)
    {
        Membership.Join(isNumbered: first.Number is not null, place);
        _ = _archiving.NotePlaceAsync();
        Ownership.Begin(owner);
        return _runner.OpenAsync(first);
    }

    public Task<ContextFault?> PushAsync(ContextInput input, int epoch, int number) => _runner.PushAsync(input, epoch, number);

    public Task OnUpstreamAsync(UpstreamNotice notice) => _runner.OnUpstreamAsync(notice);

    public Task FailAsync(ProtocolError error) => _runner.RunAsync(new ContextCommand.Fail(error));

    /// <param name="delivered">The offset of the first frame that the client did not get; null when that is not known.</param>
    /// <param name="playedMs">How much of the audio its client has played, ms; null if it does not say.</param>
    public Task CancelAsync(int? delivered, double? playedMs = null) => _runner.CancelAsync(delivered, playedMs);

    /// <summary>The client has played this much of the audio, ms.</summary>
    public void ReportPlayed(double playedMs) => _runner.ReportPlayed(playedMs);

    /// <summary>Reads frames for a listener.</summary>
    public FrameBatch Read(int from, int maxFrames) => LogBatches.Read(Context.Host.GrainKey, Membership.Ordinal, Context.Log, from, maxFrames, MostReadBytes);

    /// <summary>The socket of an owner is gone.</summary>
    public Task OnOwnerLostAsync(int epoch, int? written) => Ownership.Lose(epoch, written) ? Task.CompletedTask : CancelAsync(delivered: null);

    /// <summary>An owner in another process has reason to doubt that the context is still there: takes what pushes it has not got.</summary>
    public async Task<RestoreOutcome> ConfirmAsync(RestoreRequest request, ContextOwner? owner)
    {
        if (Ownership.Confirm(request, owner) is { } outcome)
        {
            return outcome;
        }

        for (var number = _inputs.Count; number < request.Inputs.Length; number++)
        {
            await PushAsync(request.Inputs[number], request.Epoch, number);
        }

        return RestoreOutcome.Continues;
    }

    /// <summary>Continues a context that has died with its silo, or had to leave it.</summary>
    /// <param name="request">What is known of it.</param>
    /// <param name="owner">The owner; null when its client is away.</param>
    /// <param name="frames">Its frames.</param>
    public async Task RestoreAsync(RestoreRequest request, ContextOwner? owner, IEnumerable<LoggedFrame> frames)
    {
        // A restored context is not a new opening.
        Membership.Join(isNumbered: false, claimed: null);
        _ = _archiving.NotePlaceAsync();
        var log = Context.Log;
        log.TakeOver(request.Epoch);
        log.Restore(request.Seams);
        foreach (var frame in frames)
        {
            log.Restore(frame);
        }

        foreach (var input in request.Inputs)
        {
            _runner.Restore(input);
        }

        Ownership.Restore(request, owner);
        Context.Telemetry?.Restored(log.AudioBytes, request.OpenedAt);
        if (!log.IsClosed)
        {
            await _runner.ResumeAsync();
            return;
        }

        // All was said; a client that comes back may still read it.
        Context.State = Context.State with { Phase = ContextPhase.Closed };
        var isDone = log.TryRead(log.Count - 1, out var last) && last.Kind == FrameKind.Done;
        await _ending.RestoreAsync(isDone ? ContextOutcome.Done : ContextOutcome.Error, isArchived: owner is null);
    }

    /// <summary>The silo is about to stop.</summary>
    /// <returns>The state that the silo must open again itself, if the context has no owner; else null.</returns>
    public async Task<ContextSnapshot?> MoveAsync()
    {
        if (Context.IsCancelled || (!Ownership.IsElsewhere && !Ownership.IsAwaited))
        {
            return null;
        }

        _runner.Leave();
        await Ownership.WhenDeliveredAsync();
        if (Context.Log.IsClosed && Ownership.IsElsewhere)
        {
            return null;
        }

        await _ending.Finished;
        IsMoved = true;
        _archiving.HandOverSent();
        Ownership.Stop();
        _services.Logs.Remove(Context.Host.GrainKey);
        Context.Host.Deactivate();
        return await Ownership.TryMoveAsync() ? null : Snapshot();
    }

    /// <summary>The session is erased: from now on the context cannot be read, resumed or pushed to.</summary>
    public Task EraseAsync()
    {
        Context.Outcome = ContextOutcome.Cancelled;
        Membership.StopPublishing();
        Context.Log.Erase();
        _services.Logs.Remove(Context.Host.GrainKey);
        _inputs.Clear();
        Context.Host.Deactivate();
        return Ownership.EraseAsync();
    }

    /// <summary>Completes when the archive and the session know that the context is over, or will not know it soon.</summary>
    public async Task WhenFinishedAsync()
        => await _ending.Finished.WaitAsync(FinalTimeout, _services.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

    /// <summary>The grain is deactivated. An owner in another process restores the context on another silo.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Context.IsOpen && !IsMoved)
        {
            await (Ownership.IsElsewhere ? MoveAsync() : _runner.EndWithHostAsync());
        }

        try
        {
            // What its owner has not got yet, or the archive.
            await Task.WhenAll(_ending.Finished, Ownership.WhenDeliveredAsync()).WaitAsync(FinalTimeout, _services.Time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            LogNotFinished(_services.Logger, Context.Host.GrainKey);
        }

        _runner.Finish();
        Membership.StopPublishing();
        Ownership.Stop();
        _services.Logs.Remove(Context.Host.GrainKey);
    }

    private static SentCount? CountSent(OpenedContext context, ContextServices services)
    {
        var (key, settings) = (context.Key, context.Settings);
        return key.IsWarmUp ? null : services.Archive.CountSent(
            new SentContext(Guid.NewGuid(), key.Tenant, key.Session, key.Context, settings.ModelId, settings.Reference, settings.KeyId, context.OpenedAt));
    }

    private async Task OnOwnerTimeoutAsync()
    {
        await CancelAsync(delivered: null);
        _retention.OnOwnerTimeout();
    }

    private ContextSnapshot Snapshot()
    {
        var log = Context.Log;
        var frames = ImmutableArray.CreateBuilder<FrameBatch>();
        for (var from = 0; from < log.Count; from = frames[^1].To)
        {
            frames.Add(LogBatches.Read(Context.Host.GrainKey, ordinal: 0, log, from, int.MaxValue, MostReadBytes));
        }

        var request = new RestoreRequest
        {
            Settings = Context.Settings,
            Inputs = _inputs.ToImmutable(),
            Frames = log.Count,
            Epoch = log.OwnerEpoch,
            Opening = Ownership.Opening + 1,
            OpenedAt = Context.OpenedAt,
            Written = log.Written,
            Seams = log.Seams,
        };
        return new ContextSnapshot(request, frames.DrainToImmutable());
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Context {ContextKey} ends with its host before its owner, or the archive, has all of it")]
    private static partial void LogNotFinished(ILogger logger, string contextKey);
}
