using System.Diagnostics;
using System.Net.WebSockets;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Tenants;
using TtsGrains.Grains.Wakeups;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>
/// One context as its owner's socket sees it: its inputs go to the grain one after the other, its frames come straight from the log.
/// </summary>
/// <param name="key">Names the context.</param>
/// <param name="handle">The context.</param>
/// <param name="settings">What it is opened with; null for one that is resumed.</param>
/// <param name="owner">The socket.</param>
/// <param name="writer">Writes to the socket.</param>
/// <param name="admission">Limits the open contexts of its tenant.</param>
/// <param name="cancels">The cancels of the socket that are under way.</param>
/// <param name="withOffsets">Whether the client wants to be told the offset of every frame.</param>
internal sealed class SocketContext(
    ContextKey key,
    IContextHandle handle,
    ContextSettings? settings,
    ClientSocket owner,
    ClientSocketWriter writer,
    TenantAdmission admission,
    PendingCancels cancels,
    bool withOffsets) : ILogWatcher
{
    private readonly Lock _muteLock = new();
    private readonly Queue<Step> _steps = new();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IContextFrames? _log;
    private int _epoch;
    private int _next;
    private long _taken;
    private int _isQueued;
    private bool _isPushing;
    private bool _isFenced;
    private bool _isOpened;
    private bool _isRefused;
    private bool _isOver;
    private List<ContextInput>? _missed;
    private ContextSettings? _settings = settings;

    public ContextKey Key => key;

    /// <summary>Completes, never with an error, when it was opened or refused.</summary>
    public Task WhenOpened => _opened.Task;

    /// <summary>How many inputs it had when this socket went on with it; 0 when it was opened here.</summary>
    public int ResumedAt { get; private set; }

    /// <summary>Whether its client has said that nothing more follows. Kept here by <see cref="SocketContexts"/>, under its lock.</summary>
    public bool HasLastInput { get; set; }

    /// <summary>Whether another socket has become the owner: this one has no part in the context any more.</summary>
    public bool IsSuperseded => _log is { } log && log.OwnerEpoch != _epoch;

    /// <summary>Its span; null for a context that is resumed.</summary>
    public ContextTrace? Trace { get; init; }

    /// <summary>Its place in the session, once its socket has asked for it.</summary>
    public PlaceClaim? Claim { get; set; }

    /// <summary>Bytes of frames that the client has not taken yet.</summary>
    public long Unsent => _log is { } log && log.OwnerEpoch == _epoch ? log.Bytes - Volatile.Read(ref _taken) : 0;

    /// <summary>Resumes a context that another socket has opened, as its new owner.</summary>
    public void Resume(AttachResult attached)
    {
        (_epoch, _next, _isOpened) = (attached.Epoch, attached.From, true);
        var log = handle.Frames;
        (ResumedAt, _settings) = (attached.Taken, attached.Settings);
        _opened.TrySetResult();
        for (var offset = 0; offset < attached.From && log.TryRead(offset, out var entry); offset++)
        {
            _taken += entry.Frame.Length;
        }

        Follow();
    }

    /// <summary>Sends an input after those before it.</summary>
    public void Submit(ContextInput input) => Submit(new Step(StepKind.Push, input));

    /// <summary>From now on nothing of this context is written any more: what is queued is void, what still comes is dropped.</summary>
    public void Mute()
    {
        lock (_muteLock)
        {
            _isFenced = true;
        }

        cancels.Add(_cancelled.Task);
    }

    /// <summary>Stops the context, which was fenced before.</summary>
    public void Cancel() => Submit(new Step(StepKind.Cancel));

    /// <summary>Ends the context with an error, behind what it has already said.</summary>
    public void Fail(ContextFault error) => Submit(new Step(StepKind.Fail, Error: error));

    /// <summary>The client is gone: the context continues without it during the reconnect grace period.</summary>
    public void Detach() => Submit(new Step(StepKind.Detach));

    public void OnAppended()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            writer.Enqueue(this);
        }
    }

    private void Submit(Step step)
    {
        lock (_steps)
        {
            _steps.Enqueue(step);
            if (_isPushing)
            {
                return;
            }

            _isPushing = true;
        }

        _ = PushAsync();
    }

    /// <summary>Writes the frames that are ready into the held transport, up to its bound. Queues itself again when there may be more: contexts take turns.</summary>
    public async ValueTask WriteReadyAsync(WebSocket socket, CoalescingStream transport)
    {
        do
        {
            ValueTask sent;
            bool isLast;
            lock (_muteLock)
            {
                if (_isFenced || IsSuperseded)
                {
                    _log!.Unwatch(this);
                    return;
                }

                if (_log!.IsErased)
                {
                    _log.Unwatch(this);
                    _isFenced = true;
                    owner.OnErased(this);
                    return;
                }

                if (!TryTakeNext(out var entry))
                {
                    // What was appended in between found the flag still up. A full fence: the flag must be down before the log is looked at again.
                    Interlocked.Exchange(ref _isQueued, 0);
                    if (_next < _log!.Count)
                    {
                        OnAppended();
                    }

                    return;
                }

                // Over before the client can know: what it then sends for the same id is for the next context of that id.
                isLast = entry.Kind is FrameKind.Done or FrameKind.Error;
                if (isLast)
                {
                    if (!TryEnd(entry))
                    {
                        return;
                    }

                    writer.OnEnding(this);
                }

                _log!.RecordWritten(_next);

                // Into the held buffer: no lock is held while the network takes it.
                var frame = withOffsets ? FrameOffset.Put(entry.Frame.Span, _next - 1) : entry.Frame;
                sent = socket.SendAsync(frame, WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, CancellationToken.None);
            }

            await sent.ConfigureAwait(false);
            if (isLast)
            {
                return;
            }
        }
        while (transport.HeldBytes < ClientSocketWriter.MostHeldBytes);

        writer.Enqueue(this);
    }

    // Inputs that are under way may have crossed with the end: they are known to be the next context's before the client can open one itself.
    private bool TryEnd(in LogEntry last)
    {
        lock (_steps)
        {
            if (_isPushing && last.Kind == FrameKind.Done)
            {
                _next--;
                Volatile.Write(ref _taken, _taken - last.Frame.Length);
                Interlocked.Exchange(ref _isQueued, 0);
                return false;
            }

            _isOver = true;
        }

        _log!.Unwatch(this);
        owner.OnFinished(this, last.Kind == FrameKind.Done ? ContextEnd.Done : ContextEnd.Error);
        if (_missed is not null)
        {
            owner.OnMissed(this, _settings!, _missed);
        }

        return true;
    }

    private bool TryTakeNext(out LogEntry entry)
    {
        while (_log!.TryRead(_next, out entry))
        {
            _next++;
            Volatile.Write(ref _taken, _taken + entry.Frame.Length);
            if (entry.IsForOwner)
            {
                return true;
            }
        }

        return false;
    }

    private async Task PushAsync()
    {
        while (TakeStep() is { } step)
        {
            try
            {
                await CarryOutAsync(step);
            }
            catch (Exception e)
            {
                owner.OnBroken(this, e);
            }
            finally
            {
                // The first step opens it.
                _opened.TrySetResult();
                if (step.Kind == StepKind.Cancel)
                {
                    _cancelled.TrySetResult();
                }

                owner.OnStepDone();
            }
        }
    }

    private Task CarryOutAsync(Step step)
    {
        switch (step.Kind)
        {
            // There is no context; to call its grain would only wake one that never opens. Or it is another socket's now.
            case not StepKind.None when _isRefused:
                return Task.CompletedTask;
            case not StepKind.None when IsSuperseded:
                _log!.Unwatch(this);
                return Task.CompletedTask;
            case StepKind.Push when _isOpened:
                return PushAsync(step.Input!);
            case StepKind.Push:
                _isOpened = true;
                return OpenAsync(step.Input!);
            case StepKind.Cancel:
                _log?.Unwatch(this);
                return handle.CancelAsync(_next);
            case StepKind.Fail:
                return handle.FailAsync(step.Error!);
            case StepKind.Detach:
                _log?.Unwatch(this);
                return handle.LeaveAsync();
            default:
                throw new UnreachableException($"No code carries out {step.Kind}.");
        }
    }

    private async Task PushAsync(ContextInput input)
    {
        var fault = await handle.PushAsync(input);
        if (fault is null || fault.Code != ErrorCatalogue.ContextDone.Code || string.IsNullOrWhiteSpace(input.Attach().Text))
        {
            return;
        }

        lock (_steps)
        {
            if (!_isOver)
            {
                (_missed ??= []).Add(input);
                return;
            }
        }

        owner.OnMissed(this, _settings!, [input]);
    }

    private async Task OpenAsync(ContextInput first)
    {
        var cancelsBefore = cancels.All;
        var cutsIn = !cancelsBefore.IsCompleted;
        var (settings, fault) = await owner.FindPronunciationsAsync(_settings!);
        fault ??= await TryOpenAsync(settings, first);
        if (cutsIn && fault?.StatusCode == StatusCodes.Status429TooManyRequests)
        {
            // A client that cuts in gives up a slot and takes one in the same breath: the place it made is its own.
            await cancelsBefore;
            fault = await TryOpenAsync(settings, first);
        }

        if (fault is not null)
        {
            _isRefused = true;
            owner.OnRefused(this, fault.ToError());
            return;
        }

        Follow();
    }

    // One that is refused here touches no grain.
    private async Task<ContextFault?> TryOpenAsync(ContextSettings settings, ContextInput first)
    {
        if (admission.Admit(key) is > 0 and var limit)
        {
            return ContextFault.From(ErrorCatalogue.TooManyContexts(limit));
        }

        var isOpen = false;
        try
        {
            var fault = await handle.OpenAsync(settings, first, Claim);
            isOpen = fault is null;
            return fault;
        }
        finally
        {
            if (!isOpen)
            {
                admission.Release(key);
            }
        }
    }

    private void Follow()
    {
        _log = handle.Frames;
        _log.Watch(this);
        OnAppended();
    }

    private Step? TakeStep()
    {
        lock (_steps)
        {
            if (_steps.TryDequeue(out var step))
            {
                return step;
            }

            _isPushing = false;
        }

        // The end may have waited for this.
        if (_log is { IsClosed: true })
        {
            OnAppended();
        }

        return null;
    }

    private enum StepKind : byte
    {
        None = 0,
        Push = 1,
        Cancel = 2,
        Fail = 3,
        Detach = 4,
    }

    private readonly record struct Step(StepKind Kind, ContextInput? Input = null, ContextFault? Error = null);
}
