using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>The result of a method that has none.</summary>
internal readonly struct Nothing;

/// <summary>One call of a grain or observer method.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer, and the callee may hold its token for longer than the call lasts.")]
internal sealed class GrainRequest<T> : Request
{
    // Asynchronous continuations: a caller outside any grain must not go on in the callee's turn.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly GrainMethod _method;
    private readonly object?[] _arguments;
    private readonly CancellationTokenSource? _cancellation;
    private readonly CancellationTokenRegistration _callerToken;

    public GrainRequest(GrainMethod method, object?[] arguments, long sent)
        : base(sent)
    {
        _method = method;
        _arguments = arguments;
        if (method.CancellationIndex is int index && arguments[index] is CancellationToken { CanBeCanceled: true } token)
        {
            _cancellation = new CancellationTokenSource();
            arguments[index] = _cancellation.Token;
            _callerToken = token.UnsafeRegister(static (self, token) => ((GrainRequest<T>)self!).OnCallerCancelled(token), this);
        }
    }

    public Task<T> Response => _answer.Task;

    public override bool Interleaves => _method.AlwaysInterleave;

    public override bool IsReadOnly => _method.IsReadOnly;

    public override bool IsAnswered => _answer.Task.IsCompleted;

    public override void Fail(Exception exception)
    {
        if (_answer.TrySetException(exception))
        {
            LetGoOfCaller();
        }
    }

    protected override Task Invoke() => _method.Invoke(Target!.Instance, _arguments);

    protected override void Answer(Task ended)
    {
        if (ended is Task<T> { IsCompletedSuccessfully: true } value)
        {
            _answer.TrySetResult(value.Result);
        }
        else if (ended.IsCompletedSuccessfully)
        {
            _answer.TrySetResult(default!);
        }
        else if (ended.IsFaulted)
        {
            _answer.TrySetException(ended.Exception.InnerExceptions);
        }
        else
        {
            _answer.TrySetCanceled(new TaskCanceledException(ended).CancellationToken);
        }

        LetGoOfCaller();
    }

    private void OnCallerCancelled(CancellationToken token)
    {
        if (_answer.TrySetCanceled(token))
        {
            CancelWork();
        }
    }

    private void LetGoOfCaller()
    {
        _callerToken.Unregister();
        if (_method.IsOneWay)
        {
            // Nobody looks at it, so it must not surface as unobserved.
            _ = _answer.Task.Exception;
        }
    }

    /// <summary>Callbacks on the callee's token run as a turn of the callee.</summary>
    private void CancelWork()
    {
        if (Target is { } target)
        {
            target.Scheduler.Enqueue(_cancellation!);
        }
        else
        {
            _cancellation!.Cancel();
        }
    }
}
