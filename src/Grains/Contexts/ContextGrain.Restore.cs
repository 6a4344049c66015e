using TtsGrains.Archive.Writing;
using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.Grains.Contexts;

/// <content>Going on with a context that has died with its silo, or had to leave it: who asks for it has everything that it takes.</content>
internal sealed partial class ContextGrain
{
    // What an owner gives back, until it says that this is all.
    private readonly List<FrameBatch> _givenBack = [];
    private int _opening;

    public async Task<RestoreResult> RestoreAsync(RestoreRequest request, ContextOwner? owner)
    {
        ThrowIfDraining();
        if (_log is not null)
        {
            return await ConfirmAsync(request, owner);
        }

        var given = _givenBack.Sum(batch => batch.Frames.Length);
        if (given < request.Frames)
        {
            return new RestoreResult(RestoreOutcome.NeedsFrames, given);
        }

        await RestoreStateAsync(request, owner);
        return new RestoreResult(RestoreOutcome.Continues);
    }

    public Task RestoreFramesAsync(FrameBatch frames)
    {
        // Sent twice, when the answer to the first was lost.
        if (_log is null && frames.From == _givenBack.Sum(batch => batch.Frames.Length))
        {
            _givenBack.Add(frames);
        }

        return Task.CompletedTask;
    }

    private async Task<RestoreResult> ConfirmAsync(RestoreRequest request, ContextOwner? owner)
    {
        if (request.Epoch < _log!.OwnerEpoch)
        {
            return new RestoreResult(RestoreOutcome.Superseded);
        }

        // One that was given up by who sent it, and comes after the next; or one that was sent twice.
        if (owner is null || (request.Epoch == _log.OwnerEpoch && request.Opening < _opening))
        {
            return new RestoreResult(RestoreOutcome.Continues);
        }

        _opening = request.Opening;
        _log.TakeOver(request.Epoch);
        _reconnectTimer?.Dispose();
        _reconnectTimer = null;
        StartReplicator(owner, from: Math.Min(request.Frames, _log.Count), request.Opening);
        for (var number = _receivedInputs.Count; number < request.Inputs.Length; number++)
        {
            await PushAsync(request.Inputs[number], request.Epoch, number);
        }

        return new RestoreResult(RestoreOutcome.Continues);
    }

    private async Task RestoreStateAsync(RestoreRequest request, ContextOwner? owner)
    {
        (_isOpening, _wasRestored, _restored) = (true, true, request.Frames);
        await RenewAdmissionAsync();

        _telemetry = telemetry.Create(_key, request.Settings);

        // A restored context is not a new opening.
        Begin(request.Settings, request.OpenedAt, isNumbered: false);
        _opening = request.Opening;
        _log!.TakeOver(request.Epoch);
        foreach (var frame in _givenBack.SelectMany(batch => batch.Frames))
        {
            _log.Restore(frame);
        }

        _givenBack.Clear();
        foreach (var received in request.Inputs)
        {
            if (Accept(received) == InputOrder.Next)
            {
                var input = received.Attach();
                Note(input);
                _state = ContextLifecycle.Decide(_state, new ContextCommand.Push(input, IsFirst: _receivedInputs.Count == 1)).State;
            }
        }

        if (owner is null)
        {
            _log.RecordWritten(request.Written);
            StartReconnectTimer();
        }
        else
        {
            StartReplicator(owner, from: _log.Count, request.Opening);
        }

        _telemetry?.Restored(_log.AudioBytes, request.OpenedAt);
        if (_log.IsClosed)
        {
            await RetainAsync(isArchived: owner is null);
            return;
        }

        // Its end was never said: what is left to say decides.
        _state = _state.Phase == ContextPhase.Closed ? _state with { Phase = ContextPhase.Draining } : _state;
        ArchiveSegments(SegmentEnding.Flush);
        await ResumeAsync(PlanResume(), "silo_lost");
    }

    // All was said; a client that comes back may still read it. A silo that hands it over has archived it, one that died perhaps not.
    private async Task RetainAsync(bool isArchived)
    {
        _state = _state with { Phase = ContextPhase.Closed };
        _endedWell = _log!.TryRead(_log.Count - 1, out var last) && last.Kind == FrameKind.Done;
        if (isArchived)
        {
            AwaitReaders();
        }
        else
        {
            _finishing = FinishRecordingAsync(_endedWell ? ContextOutcome.Done : ContextOutcome.Error);
        }

        await ReleaseAsync(StartRelease());
    }
}
