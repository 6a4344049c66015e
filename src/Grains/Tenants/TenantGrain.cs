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
internal sealed class TenantGrain(TenantAdmission admission, IOptionsMonitor<TenantOptions> tenants, TimeProvider time) : Grain, ITenantGrain
{
    private readonly Dictionary<ShareKind, ShareBook> _shares = [];
    private TenantBook _book = null!;

    // Asked each time: it may change while the tenant has contexts.
    private int Limit => tenants.Get(this.GetPrimaryKeyString()).MaxOpenContexts;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _book = admission.OpenBook(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task<int> AdmitAsync(string contextKey)
    {
        var limit = Limit;
        if (!_book.TryAdmit(contextKey, limit))
        {
            return Task.FromResult(limit);
        }

        PostponeDeactivation();
        return Task.FromResult(0);
    }

    public Task ReleaseAsync(string contextKey)
    {
        _book.Release(contextKey);
        if (_book.IsEmpty)
        {
            DelayDeactivation(TimeSpan.Zero);
        }

        return Task.CompletedTask;
    }

    public Task RenewAsync(ImmutableArray<string> contextKeys)
    {
        _book.Renew(contextKeys);
        PostponeDeactivation();
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<long>> ShareAsync(Guid host, ImmutableArray<ShareNeed> needs)
        => Task.FromResult(ImmutableArray.CreateRange(needs, need => BookOf(need.Kind).Grant(host, need.Limit, need)));

    public Task<int> CountOpenAsync() => Task.FromResult(_book.Count());

    private ShareBook BookOf(ShareKind kind)
    {
        if (!_shares.TryGetValue(kind, out var book))
        {
            _shares.Add(kind, book = new ShareBook(time));
        }

        return book;
    }

    // In a cluster the open contexts are known here only: not to be forgotten while a long call is silent.
    private void PostponeDeactivation()
    {
        if (!admission.IsLocal)
        {
            DelayDeactivation(Timeout.InfiniteTimeSpan);
        }
    }
}
