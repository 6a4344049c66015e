using System.Collections.Immutable;
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
internal sealed class PendingLease(long number, ILeaseWaiter waiter, long since)
{
    /// <summary>Its number, a new one when the leases of this silo have ended.</summary>
    public long Number { get; set; } = number;

    public ILeaseWaiter Waiter => waiter;

    /// <summary>Since when it does, a timestamp of the clock.</summary>
    public long Since => since;

    public LeaseState State { get; set; } = LeaseState.Asked;
}

/// <summary>
/// This silo's side of one upstream's leases: who waits for one here. While the upstream's grain is not heard, a lease that is given back here is kept for
/// those who wait here: the grain counts it for this silo for <see cref="UpstreamLease.Length"/>, and one that comes after it asks this silo before it
/// grants any. After that length of time without an answer no lease of this silo is valid any more: others may have them. Nor is one after this process
/// stood still, when others may have declared it dead. Used under the pool's lock.
/// </summary>
/// <param name="silo">The silo's address.</param>
/// <param name="standstill">For how long this process may stand still before others declare it dead.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseClient(string silo, TimeSpan standstill, TimeProvider time)
{
    // Two renewals were not answered: longer than any answer takes while all is well.
    private static readonly TimeSpan Timeout = UpstreamLease.Renewal * 3;

    // By their numbers, which is in the order in which they came.
    private readonly SortedDictionary<long, PendingLease> _byNumber = [];
    private readonly Dictionary<ILeaseWaiter, PendingLease> _byWaiter = [];
    private long _heardAt = time.GetTimestamp();
    private long _beatAt = time.GetTimestamp();
    private long _validSince = long.MinValue;
    private int _kept;
    private Guid _epoch;
    private long _firstOfEpoch;
    private long _lastNumber;
    private long _lastClaim;
    private bool _hasLapsed;

    /// <summary>Leases that were given back here and are kept for contexts that wait here.</summary>
    public int Kept => _kept;

    /// <summary>Contexts that wait for a lease.</summary>
    public int Pending => _byNumber.Count;

    /// <summary>Whether something has changed that the upstream's grain should know at once.</summary>
    public bool HasNews { get; set; }

    /// <summary>Whether the grain is being told.</summary>
    public bool IsTalking { get; set; }

    /// <summary>Whether the last try failed.</summary>
    public bool IsUnheard { get; set; }

    /// <summary>True while the grain counts for this silo what it was told last, though it may not be heard. Thread-safe.</summary>
    public bool IsInTerm => !HasStoodStill && Volatile.Read(ref _heardAt) is var heardAt && heardAt >= Volatile.Read(ref _validSince)
        && time.GetElapsedTime(heardAt) < UpstreamLease.Length;

    private bool HasStoodStill => time.GetElapsedTime(Volatile.Read(ref _beatAt)) >= standstill;

    /// <summary>Notes that this process runs. To be called much more often than it may stand still; when it did, its leases have ended.</summary>
    public void Beat()
    {
        if (HasStoodStill)
        {
            Volatile.Write(ref _validSince, time.GetTimestamp());
        }

        Volatile.Write(ref _beatAt, time.GetTimestamp());
    }

    /// <summary>
    /// Ends all leases of this silo if their term has passed: also requests that were granted before have none, and grants that are still on the way
    /// count for nothing.
    /// </summary>
    /// <returns>True if that has happened now: nothing may be sent to the upstream by the leases in use.</returns>
    public bool TryLapse()
    {
        if (_hasLapsed || IsInTerm)
        {
            return false;
        }

        (_hasLapsed, _kept, HasNews) = (true, 0, true);
        var pending = _byNumber.Values.ToArray();
        _byNumber.Clear();
        foreach (var request in pending)
        {
            (request.Number, request.State) = (++_lastNumber, LeaseState.Asked);
            _byNumber.Add(request.Number, request);
        }

        return true;
    }

    /// <summary>A context wants a lease, perhaps since before.</summary>
    public PendingLease Request(ILeaseWaiter waiter)
    {
        if (!_byWaiter.TryGetValue(waiter, out var request))
        {
            request = new PendingLease(++_lastNumber, waiter, time.GetTimestamp());
            _byWaiter.Add(waiter, request);
            _byNumber.Add(request.Number, request);
            HasNews = true;
        }

        return request;
    }

    /// <summary>Where a context stands that wants a lease.</summary>
    public LeaseState StateOf(PendingLease request) => !IsInTerm ? LeaseState.Asked : _kept > 0 ? LeaseState.Granted : request.State;

    /// <summary>A context has its place and uses its lease, which is counted by its place from now on.</summary>
    public void Use(ILeaseWaiter waiter)
    {
        if (_byWaiter.TryGetValue(waiter, out var request) && Remove(waiter) && request.State != LeaseState.Granted)
        {
            _kept--;
        }
    }

    /// <summary>A place has become free, and with it a lease.</summary>
    /// <param name="count">How many have.</param>
    public void Free(int count)
    {
        _kept += IsInTerm && time.GetElapsedTime(_heardAt) >= Timeout ? count : 0;
        HasNews = true;
    }

    /// <summary>A context does without a lease: the next one shall have it.</summary>
    public void Drop(ILeaseWaiter waiter) => HasNews |= Remove(waiter);

    /// <summary>All that is to be said now.</summary>
    /// <param name="held">How many contexts of each tenant have places.</param>
    public LeaseClaim Claim(ImmutableArray<HeldLeases> held)
    {
        HasNews = false;
        _kept = _byNumber.Count == 0 || !IsInTerm ? 0 : _kept;
        return new LeaseClaim(
            silo,
            _epoch,
            ++_lastClaim,
            held.Sum(tenant => tenant.Count) + _kept,
            [.. _byNumber.Values.Select(request => new LeaseRequest(request.Number, request.Waiter.Tenant, request.Waiter.Priority))],
            held);
    }

    /// <summary>Takes the answer to a claim, in whatever order answers come.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="saidAt">When it was made, a timestamp of the clock.</param>
    /// <param name="answer">Its answer.</param>
    public void Take(LeaseClaim claim, long saidAt, LeaseAnswer answer)
    {
        (HasNews, _kept) = (HasNews || _kept > 0, 0);
        Volatile.Write(ref _heardAt, Math.Max(_heardAt, saidAt));
        _hasLapsed &= !IsInTerm;
        if (answer.Epoch != _epoch && claim.Number >= _firstOfEpoch)
        {
            Begin(answer.Epoch);
        }

        Grant(answer.Epoch, answer.Granted);
        if (!answer.IsSettled || answer.Epoch != _epoch)
        {
            return;
        }

        foreach (var sent in claim.Requests)
        {
            if (_byNumber.TryGetValue(sent.Number, out var request) && request.State == LeaseState.Asked)
            {
                request.State = LeaseState.InLine;
            }
        }
    }

    /// <summary>Accepts granted requests. Leases of requests that were withdrawn were returned with the claim that left them out.</summary>
    public void Grant(Guid epoch, ImmutableArray<long> numbers)
    {
        if (epoch != _epoch)
        {
            return;
        }

        foreach (var number in numbers)
        {
            if (_byNumber.TryGetValue(number, out var request))
            {
                request.State = LeaseState.Granted;
            }
        }
    }

    // The grain has a new life. It counts what is in use here; leases that the one before granted and that are not in use yet may be granted to others.
    private void Begin(Guid epoch)
    {
        (_epoch, _firstOfEpoch, HasNews) = (epoch, _lastClaim + 1, true);
        foreach (var request in _byNumber.Values)
        {
            request.State = LeaseState.Asked;
        }
    }

    private bool Remove(ILeaseWaiter waiter) => _byWaiter.Remove(waiter, out var request) && _byNumber.Remove(request.Number);
}
