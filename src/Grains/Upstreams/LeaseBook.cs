using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Upstreams;

namespace TtsGrains.Grains.Upstreams;

/// <summary>
/// Who holds the leases of one upstream, and who is next by <see cref="ShareLedger"/>, over all silos. It knows nothing but what silos say. So a new one, whose
/// predecessor may have granted them all, grants none until every silo has spoken to it, or <see cref="UpstreamLease.Length"/> has passed. Not thread-safe.
/// </summary>
/// <param name="epoch">Tells it from others of the same upstream, before and after it.</param>
/// <param name="most">How many leases there are; 0 for no limit.</param>
/// <param name="shares">The shares of the tenants.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseBook(Guid epoch, int most, ITenantShares shares, TimeProvider time)
{
    private readonly Dictionary<string, Holder> _holders = new(StringComparer.Ordinal);
    private readonly FairQueue<Waiter> _waiting = new(tenant => shares.Of(tenant).Weight);
    private readonly long _since = time.GetTimestamp();
    private bool _isSettled;

    /// <summary>How many leases are in use, or granted to one who will use it.</summary>
    public int Taken => _holders.Values.Sum(holder => holder.Held + holder.Granted.Count);

    /// <summary>How many wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Takes what a silo says, and grants what can be granted now.</summary>
    /// <returns>The requests, of all silos, that are granted by this.</returns>
    public ILookup<string, long> Accept(LeaseClaim claim, ISiloMembership silos)
    {
        if (claim.Epoch == epoch && !silos.IsGone(claim.Silo))
        {
            Note(claim);
        }

        Forget(silos);
        _isSettled |= time.GetElapsedTime(_since) >= UpstreamLease.Length || silos.Present.All(_holders.ContainsKey);
        return Grant().ToLookup(waiter => waiter.Silo, waiter => waiter.Number);
    }

    /// <summary>The answer to a claim that was heard.</summary>
    public LeaseAnswer AnswerTo(LeaseClaim claim)
        => new(epoch, _holders.TryGetValue(claim.Silo, out var holder) ? [.. holder.Granted.Keys.Order()] : [], _isSettled && claim.Epoch == epoch);

    /// <summary>Whether a silo is counted.</summary>
    public bool IsKnown(string silo) => _holders.ContainsKey(silo);

    private void Note(LeaseClaim claim)
    {
        if (!_holders.TryGetValue(claim.Silo, out var holder))
        {
            _holders.Add(claim.Silo, holder = new Holder());
        }
        else if (claim.Number <= holder.LastClaim)
        {
            return;
        }

        (holder.LastClaim, holder.Held, holder.HeldByTenant, holder.HeardAt) = (claim.Number, claim.Held, claim.HeldByTenant, time.GetTimestamp());
        var requests = claim.Requests.Select(request => request.Number).ToHashSet();

        // What was granted and is no request any more is in use, or was given back: either way it is counted by the silo.
        foreach (var number in holder.Granted.Keys.Where(number => !requests.Contains(number)).ToArray())
        {
            holder.Granted.Remove(number);
        }

        foreach (var (number, waiter) in holder.Waiting.Where(waiting => !requests.Contains(waiting.Key)).ToArray())
        {
            holder.Waiting.Remove(number);
            _waiting.Remove(waiter);
        }

        foreach (var request in claim.Requests.Where(request => !holder.Granted.ContainsKey(request.Number) && !holder.Waiting.ContainsKey(request.Number)))
        {
            var waiter = new Waiter(claim.Silo, request.Number, request.Tenant);
            holder.Waiting.Add(request.Number, waiter);
            _waiting.Add(request.Tenant, request.Priority, waiter);
        }
    }

    private void Forget(ISiloMembership silos)
    {
        foreach (var (silo, holder) in _holders.Where(known => silos.IsGone(known.Key) || time.GetElapsedTime(known.Value.HeardAt) >= UpstreamLease.Length).ToArray())
        {
            _holders.Remove(silo);
            foreach (var waiter in holder.Waiting.Values)
            {
                _waiting.Remove(waiter);
            }
        }
    }

    private List<Waiter> Grant()
    {
        List<Waiter> granted = [];
        if (!_isSettled || _waiting.Count == 0)
        {
            return granted;
        }

        var ledger = new ShareLedger(most, Taken, CountByTenant(), _waiting.Tenants, shares);
        while (!ledger.IsFull && _waiting.TryTake(ledger.RankOf, static _ => true, out var next))
        {
            var holder = _holders[next.Silo];
            holder.Waiting.Remove(next.Number);
            holder.Granted.Add(next.Number, next.Tenant);
            ledger.Take(next.Tenant);
            granted.Add(next);
        }

        return granted;
    }

    private Dictionary<string, int> CountByTenant()
    {
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var holder in _holders.Values)
        {
            foreach (var (tenant, count) in holder.HeldByTenant.Select(held => (held.Tenant, held.Count)).Concat(holder.Granted.Values.Select(tenant => (tenant, 1))))
            {
                taken[tenant] = taken.GetValueOrDefault(tenant) + count;
            }
        }

        return taken;
    }

    private sealed class Holder
    {
        public long LastClaim { get; set; }

        public int Held { get; set; }

        public ImmutableArray<HeldLeases> HeldByTenant { get; set; } = [];

        public long HeardAt { get; set; }

        public Dictionary<long, Waiter> Waiting { get; } = [];

        /// <summary>The tenants of granted requests.</summary>
        public Dictionary<long, string> Granted { get; } = [];
    }

    private sealed record Waiter(string Silo, long Number, string Tenant);
}
