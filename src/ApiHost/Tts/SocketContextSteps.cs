using System.Diagnostics;
using TtsGrains.ApiHost.Contexts;
using TtsGrains.Grains.Contexts.Log;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Protocol.Errors;
using TtsGrains.Protocol.Frames;

namespace TtsGrains.ApiHost.Tts;

/// <summary>What a socket asks of one context: one step after the other, in the order in which they came.</summary>
/// <param name="context">The context.</param>
/// <param name="frames">Its frames.</param>
/// <param name="handle">Reaches its grain.</param>
/// <param name="opening">Opens it.</param>
/// <param name="owner">The socket.</param>
/// <param name="settings">What it is opened with; null for one that is resumed.</param>
internal sealed class SocketContextSteps(
    SocketContext context, SocketFrames frames, IContextHandle handle, SocketContextOpening opening, ISocketContextOwner owner, ContextSettings? settings)
{
    private readonly Queue<Step> _steps = new();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContextSettings? _settings = settings;
    private bool _isRunning;
    private bool _isOpened;
    private bool _isRefused;
    private bool _isOver;
    private List<ContextInput>? _missed;

    /// <summary>Completes, never with an error, when the context was opened or refused.</summary>
    public Task WhenOpened => _opened.Task;

    /// <summary>Completes, never with an error, when a cancel was carried out.</summary>
    public Task WhenCancelled => _cancelled.Task;

    /// <summary>The context was opened by another socket.</summary>
    public void Resume(AttachResult attached)
    {
        (_isOpened, _settings) = (true, attached.Settings);
        _opened.TrySetResult();
        frames.Resume(handle.Frames, attached.Epoch, attached.From);
    }

    public void Push(ContextInput input) => Submit(new Step(StepKind.Push, input));

    public void Cancel() => Submit(new Step(StepKind.Cancel));

    public void Fail(ContextFault error) => Submit(new Step(StepKind.Fail, Error: error));

    public void Detach() => Submit(new Step(StepKind.Detach));

    /// <summary>
    /// The last frame is about to be written. Inputs that are under way may have crossed with the end: they are known to be the next context's before
    /// the client can open one itself.
    /// </summary>
    /// <returns>False when it must wait for them.</returns>
    public bool TryEnd(in LogEntry last)
    {
        lock (_steps)
        {
            if (_isRunning && last.Kind == FrameKind.Done)
            {
                frames.PutBack(last);
                return false;
            }

            _isOver = true;
            return true;
        }
    }

    /// <summary>Gives the inputs that the context did not say to the next one.</summary>
    public void TellMissed()
    {
        if (_missed is not null)
        {
            owner.OnMissed(context, _settings!, _missed);
        }
    }

    private void Submit(Step step)
    {
        lock (_steps)
        {
            _steps.Enqueue(step);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        while (Take() is { } step)
        {
            try
            {
                await CarryOutAsync(step);
            }
            catch (Exception e)
            {
                owner.OnBroken(context, e);
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

    private Step? Take()
    {
        lock (_steps)
        {
            if (_steps.TryDequeue(out var step))
            {
                return step;
            }

            _isRunning = false;
        }

        frames.RetryEnd();
        return null;
    }

    private Task CarryOutAsync(Step step)
    {
        switch (step.Kind)
        {
            // There is no context; to call its grain would only wake one that never opens. Or it is another socket's now.
            case not StepKind.None when _isRefused:
                return Task.CompletedTask;
            case not StepKind.None when frames.IsSuperseded:
                frames.Unwatch();
                return Task.CompletedTask;
            case StepKind.Push when _isOpened:
                return PushAsync(step.Input!);
            case StepKind.Push:
                _isOpened = true;
                return OpenAsync(step.Input!);
            case StepKind.Cancel:
                frames.Unwatch();
                return handle.CancelAsync(frames.Next, context.PlayedMs);
            case StepKind.Fail:
                return handle.FailAsync(step.Error!);
            case StepKind.Detach:
                frames.Unwatch();
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

        owner.OnMissed(context, _settings!, [input]);
    }

    private async Task OpenAsync(ContextInput first)
    {
        if (await opening.OpenAsync(_settings!, first, context.Place) is { } fault)
        {
            _isRefused = true;
            owner.OnRefused(context, fault.ToError());
            return;
        }

        frames.Follow(handle.Frames);
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
