using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Tenants;

/// <summary>Admits the contexts of one customer up to its limit.</summary>
internal sealed class TenantGrain(IOptionsMonitor<TenantOptions> tenants) : Grain, ITenantGrain
{
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private int _limit;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _limit = tenants.Get(this.GetPrimaryKeyString()).MaxOpenContexts;
        return Task.CompletedTask;
    }

    public Task<int> AdmitAsync(string contextKey)
    {
        if (_open.Contains(contextKey))
        {
            return Task.FromResult(0);
        }

        if (_open.Count >= _limit)
        {
            return Task.FromResult(_limit);
        }

        _open.Add(contextKey);

        // What is open is known here only: not to be forgotten while a long call is silent.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        return Task.FromResult(0);
    }

    public Task ReleaseAsync(string contextKey)
    {
        if (_open.Remove(contextKey) && _open.Count == 0)
        {
            DelayDeactivation(TimeSpan.Zero);
        }

        return Task.CompletedTask;
    }

    public Task<int> CountOpenAsync() => Task.FromResult(_open.Count);
}
