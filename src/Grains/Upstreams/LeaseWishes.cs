using System.Collections.Immutable;
using TtsGrains.Grains.Connections;
using TtsGrains.Grains.Interfaces.Upstreams;

namespace TtsGrains.Grains.Upstreams;

/// <summary>Where a context stands that wants a lease. Zero is never a valid value.</summary>
internal enum LeaseState : byte
{
    None = 0,

    /// <summary>It is not known yet whether there is one.</summary>
    Asked = 1,

    /// <summary>There is none; it is in line for the next.</summary>
    InLine = 2,

    /// <summary>It has one.</summary>
    Granted = 3,
}

/// <summary>A context that wants a lease.</summary>
internal sealed class Wish(long number, string tenant, long since)
{
    public long Number => number;

    public string Tenant => tenant;

    /// <summary>Since when it does, a timestamp of the clock.</summary>
    public long Since => since;

    public LeaseState State { get; set; } = LeaseState.Asked;
}

/// <summary>
/// This silo's side of one upstream's leases: who waits for one here. While the upstream's grain is not heard, a lease that is given back here is kept for
/// those who wait here: the grain counts it for this silo for <see cref="UpstreamLease.Length"/>, and one that comes after it asks this silo before it
/// grants any. Used under the pool's lock.
/// </summary>
internal sealed class LeaseWishes(string silo, TimeProvider time)
{
    // Two renewals were not answered: longer than any answer takes while all is well.
    private static readonly TimeSpan Patience = UpstreamLease.Renewal * 3;

    // By their numbers, which is in the order in which they came.
    private readonly SortedDictionary<long, Wish> _byNumber = [];
    private readonly Dictionary<SlotTicket, Wish> _byTicket = [];
    private long _heardAt = time.GetTimestamp();
    private int _kept;
    private Guid _epoch;
    private long _firstOfEpoch;
    private long _lastWish;
    private long _lastClaim;

    /// <summary>Whether something has changed that the upstream's grain should know at once.</summary>
    public bool HasNews { get; set; }

    /// <summary>Whether the grain is being told.</summary>
    public bool IsTalking { get; set; }

    /// <summary>Whether the last try failed.</summary>
    public bool IsUnheard { get; set; }

    // Whether the grain counts for this silo what it was told last, though it may not be heard.
    private bool IsCounted => time.GetElapsedTime(_heardAt) < UpstreamLease.Length;

    /// <summary>A context wants a lease, perhaps since before.</summary>
    public Wish Want(SlotTicket ticket)
    {
        if (!_byTicket.TryGetValue(ticket, out var wish))
        {
            wish = new Wish(++_lastWish, ticket.Request.Tenant, time.GetTimestamp());
            _byTicket.Add(ticket, wish);
            _byNumber.Add(wish.Number, wish);
            HasNews = true;
        }

        return wish;
    }

    /// <summary>Where a context stands that wants a lease.</summary>
    public LeaseState StateOf(Wish wish) => _kept > 0 ? LeaseState.Granted : wish.State;

    /// <summary>A context has its place and uses its lease, which is counted by its place from now on.</summary>
    public void Use(SlotTicket ticket)
    {
        if (_byTicket.TryGetValue(ticket, out var wish) && Remove(ticket) && wish.State != LeaseState.Granted)
        {
            _kept--;
        }
    }

    /// <summary>A place has become free, and with it a lease.</summary>
    /// <param name="count">How many have.</param>
    public void Free(int count)
    {
        _kept += IsCounted && time.GetElapsedTime(_heardAt) >= Patience ? count : 0;
        HasNews = true;
    }

    /// <summary>A context does without a lease: the next one shall have it.</summary>
    public void Drop(SlotTicket ticket) => HasNews |= Remove(ticket);

    /// <summary>All that is to be said now.</summary>
    /// <param name="held">How many contexts have places.</param>
    public LeaseClaim Claim(int held)
    {
        HasNews = false;
        _kept = _byNumber.Count == 0 || !IsCounted ? 0 : _kept;
        return new LeaseClaim(silo, _epoch, ++_lastClaim, held + _kept, [.. _byNumber.Values.Select(wish => new LeaseWish(wish.Number, wish.Tenant))]);
    }

    /// <summary>Takes the answer to a claim, in whatever order answers come.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="saidAt">When it was made, a timestamp of the clock.</param>
    /// <param name="answer">Its answer.</param>
    public void Take(LeaseClaim claim, long saidAt, LeaseAnswer answer)
    {
        (_heardAt, HasNews, _kept) = (Math.Max(_heardAt, saidAt), HasNews || _kept > 0, 0);
        if (answer.Epoch != _epoch && claim.Number >= _firstOfEpoch)
        {
            Begin(answer.Epoch);
        }

        Grant(answer.Epoch, answer.Granted);
        if (!answer.IsSettled || answer.Epoch != _epoch)
        {
            return;
        }

        foreach (var wished in claim.Wishes)
        {
            if (_byNumber.TryGetValue(wished.Number, out var wish) && wish.State == LeaseState.Asked)
            {
                wish.State = LeaseState.InLine;
            }
        }
    }

    /// <summary>Wishes came true. Those that are no wishes any more were given back with the claim that left them out.</summary>
    public void Grant(Guid epoch, ImmutableArray<long> numbers)
    {
        if (epoch != _epoch)
        {
            return;
        }

        foreach (var number in numbers)
        {
            if (_byNumber.TryGetValue(number, out var wish))
            {
                wish.State = LeaseState.Granted;
            }
        }
    }

    // The grain has a new life. It counts what is in use here; what the one before has granted and nobody uses yet it may grant to others.
    private void Begin(Guid epoch)
    {
        (_epoch, _firstOfEpoch, HasNews) = (epoch, _lastClaim + 1, true);
        foreach (var wish in _byNumber.Values)
        {
            wish.State = LeaseState.Asked;
        }
    }

    private bool Remove(SlotTicket ticket) => _byTicket.Remove(ticket, out var wish) && _byNumber.Remove(wish.Number);
}
