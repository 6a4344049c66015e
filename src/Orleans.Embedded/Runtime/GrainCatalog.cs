using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The activations of this silo, by grain; at most one each.</summary>
internal sealed class GrainCatalog(Silo silo)
{
    private readonly ConcurrentDictionary<GrainKey, Activation> _activations = new();
    private volatile bool _closed;

    public Silo Silo => silo;

    public ICollection<Activation> Activations => _activations.Values;

    /// <summary>Hands the request to the grain's activation and starts one if there is none. Gives the activation, or null when the silo has stopped.</summary>
    public Activation? Send(GrainKey key, Request request)
    {
        while (!_closed)
        {
            if (_activations.TryGetValue(key, out var activation))
            {
                if (activation.TrySend(request))
                {
                    return activation;
                }

                continue;
            }

            activation = new Activation(silo, key);
            if (_activations.TryAdd(key, activation))
            {
                activation.TrySend(request);
                activation.Start();
                return activation;
            }
        }

        request.Fail(new OrleansException($"The silo has stopped; {key} cannot be called."));
        return null;
    }

    public void Remove(Activation activation) => _activations.TryRemove(KeyValuePair.Create(activation.Key, activation));

    /// <summary>Deactivates everything, also what the last calls of others start meanwhile; then takes no more calls.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        var reason = new DeactivationReason(DeactivationReasonCode.ShuttingDown, "The silo stops.");
        while (!_activations.IsEmpty && !cancellationToken.IsCancellationRequested)
        {
            var ending = Activations.ToArray();
            Array.ForEach(ending, activation => activation.Deactivate(reason, cancellationToken));
            await Task.WhenAll(ending.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _closed = true;
    }
}
