namespace TtsGrains.Grains.Contexts.Lifecycle;

/// <summary>
/// Deactivates a grain that was called although its context is not open here. After a delay: the caller may be about to restore the context, and a
/// deactivation takes long while a cluster changes.
/// </summary>
internal sealed class UnusedDeactivation(ContextHost host)
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    private IDisposable? _timer;

    /// <summary>Whether the context is open here, or about to be.</summary>
    public bool IsUsed { get; set; }

    /// <summary>The grain was called; has no effect if it is used.</summary>
    public void OnCalled()
    {
        if (!IsUsed)
        {
            _timer ??= host.After(Delay, DeactivateAsync);
        }
    }

    private Task DeactivateAsync()
    {
        _timer?.Dispose();
        _timer = null;
        if (!IsUsed)
        {
            host.Deactivate();
        }

        return Task.CompletedTask;
    }
}
