using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.ApiHost.Contexts;

/// <summary>What was pushed to a context in another process: with that, and the frames that came, it is opened again when its silo is gone.</summary>
internal sealed class RestorableContext(ContextKey key, IContextGrain grain, LogReplica log, TimeProvider time)
{
    private ContextSettings? _settings;
    private ImmutableArray<ContextInput> _inputs = [];
    private DateTimeOffset _openedAt;
    private int _opening;

    /// <summary>Which owner of the context this is.</summary>
    public int Epoch { get; private set; }

    /// <summary>The context is opened from here.</summary>
    /// <returns>The settings, with the time of the opening.</returns>
    public ContextSettings Open(ContextSettings settings, ContextInput first)
    {
        var openedAt = time.GetUtcNow();
        settings = settings with { OpenedAt = openedAt };
        Begin(settings, [first], epoch: 0, openedAt);
        return settings;
    }

    /// <summary>The context has this owner now.</summary>
    public void Attach(AttachResult attached) => Begin(attached.Settings, attached.Inputs, attached.Epoch, attached.OpenedAt);

    /// <summary>Notes a push.</summary>
    /// <returns>Its number, from 0.</returns>
    public int Add(ContextInput input)
    {
        var number = _inputs.Length;
        _inputs = _inputs.Add(input);
        return number;
    }

    /// <summary>Has the context opened again, or finds that it is still there: then it gets the pushes that it has not had.</summary>
    /// <returns>False when it wanted frames first and has got them.</returns>
    public async Task<bool> TryRestoreAsync(ContextOwner owner, TimeSpan patience)
    {
        var frames = log.TurnTo(++_opening);
        var request = new RestoreRequest
        {
            Settings = _settings!,
            Inputs = _inputs,
            Frames = frames,
            Epoch = Epoch,
            Opening = _opening,
            OpenedAt = _openedAt,
            Seams = log.Seams,
        };
        var answer = await grain.RestoreAsync(request, owner).WaitAsync(patience, time);
        switch (answer.Result)
        {
            case RestoreOutcome.Superseded:
                log.Supersede();
                return true;
            case RestoreOutcome.NeedsFrames:
                for (var from = answer.Frames; from < frames;)
                {
                    var batch = log.Read(key.ToString(), from, frames);
                    await grain.RestoreFramesAsync(batch).WaitAsync(patience, time);
                    from = batch.To;
                }

                return false;
            default:
                return true;
        }
    }

    private void Begin(ContextSettings settings, ImmutableArray<ContextInput> inputs, int epoch, DateTimeOffset openedAt)
    {
        (_settings, _inputs, Epoch, _openedAt) = (settings, inputs, epoch, openedAt);
        log.Begin(settings, epoch);
    }
}
