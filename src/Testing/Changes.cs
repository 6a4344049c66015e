using System.Runtime.CompilerServices;

namespace TtsGrains.Testing;

/// <summary>Lets a test wait until something has come about, woken by every change. No polling, no sleeps.</summary>
public sealed class Changes
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Something has changed: everyone who waits looks again.</summary>
    public void Note()
    {
        lock (_gate)
        {
            _next.TrySetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Completes when the condition holds, at once when it does already.</summary>
    /// <param name="condition">What to wait for; called after every change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="what">What the message says when it never comes.</param>
    /// <exception cref="TimeoutException">It did not come in half a minute.</exception>
    public async Task WhenAsync(Func<bool> condition, CancellationToken cancellationToken, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                next = _next.Task;
            }

            if (condition())
            {
                return;
            }

            try
            {
                await next.WaitAsync(Timeout, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Nothing changed for {Timeout.TotalSeconds:0} s while waiting for: {what}");
            }
        }
    }
}
