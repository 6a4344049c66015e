using System.Net.WebSockets;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Interfaces.Sessions;
using TtsGrains.Grains.Tenants;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// One context as its owner's socket sees it: its inputs go to the grain one after the other, its frames come straight from the log.
/// </summary>
internal sealed class SocketContext
{
    private readonly SocketContextSteps _steps;
    private readonly SocketFrames _frames;
    private readonly ISocketContextOwner _owner;
    private readonly PendingCancels _cancels;

    /// <param name="key">Names the context.</param>
    /// <param name="handle">The context.</param>
    /// <param name="settings">What it is opened with; null for one that is resumed.</param>
    /// <param name="owner">The socket.</param>
    /// <param name="writer">Writes to the socket.</param>
    /// <param name="admission">Limits the open contexts of its tenant.</param>
    /// <param name="cancels">The cancels of the socket that are under way.</param>
    /// <param name="withOffsets">Whether the client wants to be told the offset of every frame.</param>
    public SocketContext(
        ContextKey key,
        IContextHandle handle,
        ContextSettings? settings,
        ISocketContextOwner owner,
        ClientSocketWriter writer,
        TenantAdmission admission,
        PendingCancels cancels,
        bool withOffsets)
    {
        (Key, _owner, _cancels) = (key, owner, cancels);
        _frames = new SocketFrames(this, writer, withOffsets);
        _steps = new SocketContextSteps(this, _frames, handle, new SocketContextOpening(key, handle, owner, admission, cancels), owner, settings);
    }

    public ContextKey Key { get; }

    /// <summary>Completes, never with an error, when it was opened or refused.</summary>
    public Task WhenOpened => _steps.WhenOpened;

    /// <summary>How many inputs it had when this socket went on with it; 0 when it was opened here.</summary>
    public int ResumedAt { get; private set; }

    /// <summary>Whether its client has said that nothing more follows. Kept here by <see cref="SocketContexts"/>, under its lock.</summary>
    public bool HasLastInput { get; set; }

    /// <summary>Whether it was opened with text for the archive: then the archive takes the rest too, however full it becomes.</summary>
    public bool IsArchived { get; init; } = true;

    /// <summary>Whether another socket has become the owner: this one has no part in the context any more.</summary>
    public bool IsSuperseded => _frames.IsSuperseded;

    /// <summary>Its span; null for a context that is resumed.</summary>
    public ContextTrace? Trace { get; init; }

    /// <summary>Its place in the session; null if its socket does not ask for it.</summary>
    public Task<SessionPlace>? Place { get; set; }

    /// <summary>How much of the audio the client had played when it cancelled, ms; null if it does not say.</summary>
    public double? PlayedMs { get; set; }

    /// <summary>Bytes of frames that the client has not taken yet.</summary>
    public long Unsent => _frames.Unsent;

    /// <summary>Resumes a context that another socket has opened, as its new owner.</summary>
    public void Resume(AttachResult attached)
    {
        ResumedAt = attached.Taken;
        _steps.Resume(attached);
    }

    /// <summary>Sends an input after those before it.</summary>
    public void Submit(ContextInput input) => _steps.Push(input);

    /// <summary>From now on nothing of this context is written any more: what is queued is void, what still comes is dropped.</summary>
    public void Mute()
    {
        _frames.Mute();
        _cancels.Add(_steps.WhenCancelled);
    }

    /// <summary>Stops the context, which was fenced before.</summary>
    public void Cancel() => _steps.Cancel();

    /// <summary>Ends the context with an error, behind what it has already said.</summary>
    public void Fail(ContextFault error) => _steps.Fail(error);

    /// <summary>The client is gone: the context continues without it during the reconnect grace period.</summary>
    public void Detach() => _steps.Detach();

    /// <summary>Writes the frames that are ready into the held transport, up to its bound. Queues itself again when there may be more: contexts take turns.</summary>
    public ValueTask WriteReadyAsync(WebSocket socket, CoalescingStream transport) => _frames.WriteReadyAsync(socket, transport);

    /// <summary>The first frame is about to be written.</summary>
    public void OnSpeaking() => _owner.OnSpeaking();

    /// <summary>The last frame is about to be written.</summary>
    /// <returns>False when it must wait for inputs that are under way.</returns>
    public bool TryEnd(in LogEntry last)
    {
        if (!_steps.TryEnd(last))
        {
            return false;
        }

        _frames.Unwatch();
        _owner.OnFinished(this, last.Kind == FrameKind.Done ? ContextEnd.Done : ContextEnd.Error);
        _steps.TellMissed();
        return true;
    }

    /// <summary>The session was erased.</summary>
    public void OnErased() => _owner.OnErased(this);
}
