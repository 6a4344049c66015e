using System.Collections.Concurrent;

namespace TtsGrains.Engine.Tests.Hosting;

/// <summary>A named point that a grain reaches and waits at until the test opens it. Grains and tests share a process on either engine.</summary>
public sealed class Gate
{
    private static readonly ConcurrentDictionary<string, Gate> All = new();

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody has come to the gate; fails after a time that no sound engine needs.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public bool IsReached => _reached.Task.IsCompleted;

    public static Gate Of(string name) => All.GetOrAdd(name, _ => new Gate());

    public static Gate New(out string name) => Of(name = Guid.NewGuid().ToString("N"));

    public void Open() => _opened.TrySetResult();

    /// <summary>For grains: says that it came here.</summary>
    public void Reach() => _reached.TrySetResult();

    /// <summary>For grains: comes here and waits.</summary>
    public Task PassAsync()
    {
        Reach();
        return _opened.Task;
    }
}
