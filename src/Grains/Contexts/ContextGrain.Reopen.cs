using TtsGrains.Grains.Archive;
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

    public async Task<Reopened> ReopenAsync(ContextReopening reopening, ContextOwner? owner)
    {
        ThrowWhenLeaving();
        if (_log is not null)
        {
            return await ReassureAsync(reopening, owner);
        }

        var given = _givenBack.Sum(batch => batch.Frames.Length);
        if (given < reopening.Frames)
        {
            return new Reopened(ReopenResult.NeedsFrames, given);
        }

        await RestoreAsync(reopening, owner);
        return new Reopened(ReopenResult.GoesOn);
    }

    public Task RestoreAsync(FrameBatch frames)
    {
        // Sent twice, when the answer to the first was lost.
        if (_log is null && frames.From == _givenBack.Sum(batch => batch.Frames.Length))
        {
            _givenBack.Add(frames);
        }

        return Task.CompletedTask;
    }

    private async Task<Reopened> ReassureAsync(ContextReopening reopening, ContextOwner? owner)
    {
        if (reopening.Epoch < _log!.OwnerEpoch)
        {
            return new Reopened(ReopenResult.Superseded);
        }

        // One that was given up by who sent it, and comes after the next; or one that was sent twice.
        if (owner is null || (reopening.Epoch == _log.OwnerEpoch && reopening.Opening < _opening))
        {
            return new Reopened(ReopenResult.GoesOn);
        }

        _opening = reopening.Opening;
        _log.TakeOver(reopening.Epoch);
        _linger?.Dispose();
        _linger = null;
        Feed(owner, from: Math.Min(reopening.Frames, _log.Count), reopening.Opening);
        for (var number = _heard.Count; number < reopening.Inputs.Length; number++)
        {
            await PushAsync(reopening.Inputs[number], reopening.Epoch, number);
        }

        return new Reopened(ReopenResult.GoesOn);
    }

    private async Task RestoreAsync(ContextReopening reopening, ContextOwner? owner)
    {
        (_isOpening, _wasReopened, _restored) = (true, true, reopening.Frames);
        await ReadmitAsync();

        // Nobody begins anew what is gone on with.
        Begin(reopening.Terms, reopening.OpenedAt, isNumbered: false);
        _opening = reopening.Opening;
        _log!.TakeOver(reopening.Epoch);
        foreach (var frame in _givenBack.SelectMany(batch => batch.Frames))
        {
            _log.Restore(frame);
        }

        _givenBack.Clear();
        foreach (var received in reopening.Inputs)
        {
            if (Hear(received) == InputTurn.Next)
            {
                var input = received.Attach();
                Note(input);
                _state = ContextLifecycle.Decide(_state, new ContextCommand.Push(input, IsFirst: _heard.Count == 1)).State;
            }
        }

        if (owner is null)
        {
            _log.NoteWritten(reopening.Written);
            Linger();
        }
        else
        {
            Feed(owner, from: _log.Count, reopening.Opening);
        }

        instruments.ContextReopened();
        if (_log.IsClosed)
        {
            await RetainAsync(isArchived: owner is null);
            return;
        }

        // Its end was never said: what is left to say decides.
        _state = _state.Phase == ContextPhase.Closed ? _state with { Phase = ContextPhase.Draining } : _state;
        HandOver(SegmentEnding.Flush);
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
