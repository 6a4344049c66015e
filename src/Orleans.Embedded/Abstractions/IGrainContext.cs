namespace Orleans.Runtime;

/// <summary>One activation of a grain, as seen from the grain.</summary>
public interface IGrainContext
{
    /// <summary>The grain object; null until it has been constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>Services of this activation: one scope, disposed with it.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Completes when the activation is gone.</summary>
    Task Deactivated { get; }

    /// <summary>Ends the activation once the running requests have finished; waiting requests go to the next activation.</summary>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}
