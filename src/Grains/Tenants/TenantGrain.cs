using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.Grains.Tenants;

/// <summary>
/// Admits the contexts of one customer up to its limit. What it knows is not stored: silos say again and again which contexts they have, so that neither
/// its own silo's death nor theirs leaves a wrong count for long.
/// </summary>
[GrainType(GrainTypes.Tenant)]
internal sealed class TenantGrain(IOptionsMonitor<TenantOptions> tenants, TimeProvider time) : Grain, ITenantGrain
{
    private readonly Dictionary<string, DateTimeOffset> _open = new(StringComparer.Ordinal);
    private int _limit;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _limit = tenants.Get(this.GetPrimaryKeyString()).MaxOpenContexts;
        return Task.CompletedTask;
    }

    public Task<int> AdmitAsync(string contextKey)
    {
        if (!_open.ContainsKey(contextKey) && _open.Count >= _limit)
        {
            Expire();
            if (_open.Count >= _limit)
            {
                return Task.FromResult(_limit);
            }
        }

        Note(contextKey);
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

    public Task RenewAsync(ImmutableArray<string> contextKeys)
    {
        foreach (var contextKey in contextKeys)
        {
            Note(contextKey);
        }

        return Task.CompletedTask;
    }

    public Task<int> CountOpenAsync()
    {
        Expire();
        return Task.FromResult(_open.Count);
    }

    private void Note(string contextKey)
    {
        _open[contextKey] = time.GetUtcNow() + TenantLease.Length;

        // What is open is known here only: not to be forgotten while a long call is silent.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
    }

    private void Expire()
    {
        var now = time.GetUtcNow();
        foreach (var (contextKey, _) in _open.Where(lease => lease.Value <= now).ToArray())
        {
            _open.Remove(contextKey);
        }
    }
}
