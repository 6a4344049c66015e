namespace Orleans.Runtime;

/// <summary>Work of the engine on an activation: a timer's tick, a stream's delivery.</summary>
internal sealed class LocalRequest(Func<Activation, Task> work, bool interleaves, bool keepsAlive, bool movable, long sent = 0) : Request(sent)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public override bool Interleaves => interleaves;

    public override bool KeepsAlive => keepsAlive;

    public override bool IsMovable => movable;

    public override bool HasDeadline => Sent != 0;

    public override bool IsAnswered => _ended.Task.IsCompleted;

    public override void Fail(Exception exception)
    {
        if (_ended.TrySetException(exception))
        {
            _ = _ended.Task.Exception;
        }
    }

    protected override Task Invoke() => work((Activation)Target!);

    protected override void Answer(Task ended)
    {
        if (ended.IsCompletedSuccessfully)
        {
            _ended.TrySetResult();
        }
        else
        {
            Fail(ended.Exception?.InnerException ?? new TaskCanceledException(ended));
        }
    }
}
