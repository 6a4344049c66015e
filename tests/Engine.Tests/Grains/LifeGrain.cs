using TtsGrains.Engine.Tests.Hosting;

namespace TtsGrains.Engine.Tests.Grains;

public interface ILifeGrain : IGrainWithStringKey
{
    /// <summary>A value that differs between activations.</summary>
    Task<Guid> IncarnationAsync();

    Task HoldThenDeactivateAsync(string gate);

    Task DeactivateAsync();

    Task DelayDeactivationAsync(TimeSpan delay);
}

/// <summary>Journals its life; waits at the gate "key/activate" if the test has made it so, fails to activate as often as told.</summary>
public sealed class LifeGrain : Grain, ILifeGrain
{
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> FailuresLeft = new();
    public static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> ActivationGates = new();

    private readonly Guid _incarnation = Guid.NewGuid();

    public LifeGrain(ScopedThing thing) => thing.Disposed += () => Journal.Add("scope disposed");

    private Journal Journal => Journal.Of(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        Journal.Add("activating");
        if (ActivationGates.TryGetValue(key, out var gate))
        {
            await Gate.Of(gate).PassAsync();
        }

        if (FailuresLeft.AddOrUpdate(key, 0, (_, left) => left - 1) > 0)
        {
            throw new InvalidOperationException("not today");
        }

        Journal.Add("activated");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add("deactivated " + reason.ReasonCode);
        return Task.CompletedTask;
    }

    public Task<Guid> IncarnationAsync() => Task.FromResult(_incarnation);

    public async Task HoldThenDeactivateAsync(string gate)
    {
        await Gate.Of(gate).PassAsync();
        DeactivateOnIdle();
        await Task.Yield();
        Journal.Add("request done");
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task DelayDeactivationAsync(TimeSpan delay)
    {
        DelayDeactivation(delay);
        return Task.CompletedTask;
    }
}
