using Orleans.Runtime;

namespace Orleans;

/// <summary>Base of grain classes. Its code runs one turn at a time on its activation, also after an await.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly Activation? _activation = Activation.Current;

    /// <summary>Only the runtime constructs grains; one constructed elsewhere has no context.</summary>
    protected Grain()
    {
    }

    public IGrainContext GrainContext => Activation;

    protected IGrainFactory GrainFactory => Activation.Silo.GrainFactory;

    protected internal IServiceProvider ServiceProvider => Activation.ActivationServices;

    internal Activation Activation
        => _activation ?? throw new InvalidOperationException("The grain was constructed outside the runtime and has no context.");

    /// <inheritdoc cref="IGrainBase.OnActivateAsync"/>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="IGrainBase.OnDeactivateAsync"/>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation after the running request; the next call starts a new one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Keeps this activation from being collected as idle for this long; zero or less takes an earlier delay back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Activation.DelayDeactivation(timeSpan);
}
