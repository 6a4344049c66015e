using TtsGrains.Grains.Contexts.Lifecycle;
using TtsGrains.Grains.Contexts.Ownership;

namespace TtsGrains.Grains.Contexts;

/// <summary>How long a context that has ended can still be read.</summary>
internal sealed class ContextRetention(OpenedContext context, ContextOwnership ownership, TimeSpan retention)
{
    // An owner in another process checks once more that the context exists before it releases its replica.
    private static readonly TimeSpan OwnerCheckTimeout = TimeSpan.FromSeconds(10);

    private bool _isOver;

    /// <summary>The context has ended. Readers of its log may be behind.</summary>
    public void Begin()
    {
        var atLeast = ownership.IsElsewhere && retention < OwnerCheckTimeout ? OwnerCheckTimeout : retention;
        context.Host.After(context.Key.IsWarmUp ? TimeSpan.Zero : atLeast, OnOverAsync);
    }

    /// <summary>No owner came back for the rest.</summary>
    public void OnOwnerTimeout()
    {
        if (_isOver)
        {
            context.Host.Deactivate();
        }
    }

    private Task OnOverAsync()
    {
        _isOver = true;

        // An owner that was lost before its end may still come back for the rest.
        if (!ownership.IsAwaited || context.IsCancelled)
        {
            context.Host.Deactivate();
        }

        return Task.CompletedTask;
    }
}
