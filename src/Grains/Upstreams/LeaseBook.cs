using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;

namespace TtsGrains.Grains.Upstreams;

/// <summary>
/// Who holds the leases of one upstream, and who is next: tenants take turns, over all silos. It knows nothing but what silos say. So a new one, whose
/// predecessor may have granted them all, grants none until every silo has spoken to it, or <see cref="UpstreamLease.Length"/> has passed. Not thread-safe.
/// </summary>
/// <param name="epoch">Tells it from others of the same upstream, before and after it.</param>
/// <param name="most">How many leases there are; 0 for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseBook(Guid epoch, int most, TimeProvider time)
{
    private readonly Dictionary<string, Holder> _holders = new(StringComparer.Ordinal);
    private readonly FairQueue<Waiter> _waiting = new();
    private readonly long _since = time.GetTimestamp();
    private bool _isSettled;

    /// <summary>How many leases are in use, or granted to one who will use it.</summary>
    public int Taken => _holders.Values.Sum(holder => holder.Held + holder.Granted.Count);

    /// <summary>How many wait.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Takes what a silo says, and grants what can be granted now.</summary>
    /// <returns>The wishes of all silos that came true by this.</returns>
    public ILookup<string, long> Hear(LeaseClaim claim, ISiloRoster silos)
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
        => new(epoch, _holders.TryGetValue(claim.Silo, out var holder) ? [.. holder.Granted.Order()] : [], _isSettled && claim.Epoch == epoch);

    /// <summary>Whether a silo is counted.</summary>
    public bool Knows(string silo) => _holders.ContainsKey(silo);

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

        (holder.LastClaim, holder.Held, holder.HeardAt) = (claim.Number, claim.Held, time.GetTimestamp());
        var wishes = claim.Wishes.Select(wish => wish.Number).ToHashSet();

        // What was granted and is no wish any more is in use, or was given back: either way it is counted by the silo.
        holder.Granted.IntersectWith(wishes);
        foreach (var (number, waiter) in holder.Waiting.Where(waiting => !wishes.Contains(waiting.Key)).ToArray())
        {
            holder.Waiting.Remove(number);
            _waiting.Remove(waiter);
        }

        foreach (var wish in claim.Wishes.Where(wish => !holder.Granted.Contains(wish.Number) && !holder.Waiting.ContainsKey(wish.Number)))
        {
            var waiter = new Waiter(claim.Silo, wish.Number);
            holder.Waiting.Add(wish.Number, waiter);
            _waiting.Add(wish.Tenant, waiter);
        }
    }

    private void Forget(ISiloRoster silos)
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
        var left = !_isSettled ? 0 : most == 0 ? int.MaxValue : most - Taken;
        while (left-- > 0 && _waiting.TryTake(_ => true, out var next))
        {
            var holder = _holders[next.Silo];
            holder.Waiting.Remove(next.Number);
            holder.Granted.Add(next.Number);
            granted.Add(next);
        }

        return granted;
    }

    private sealed class Holder
    {
        public long LastClaim { get; set; }

        public int Held { get; set; }

        public long HeardAt { get; set; }

        public Dictionary<long, Waiter> Waiting { get; } = [];

        public HashSet<long> Granted { get; } = [];
    }

    private sealed record Waiter(string Silo, long Number);
}
