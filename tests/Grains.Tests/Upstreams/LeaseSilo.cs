using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Tests.Upstreams;

/// <summary>A silo of a <see cref="LeaseNetwork"/>: it asks for leases, uses them, and may stand still.</summary>
internal sealed class LeaseSilo(string name, TimeProvider time)
{
    public static readonly TimeSpan Standstill = TimeSpan.FromSeconds(3);

    public string Name => name;

    public LeaseClient Leases { get; } = new(name, Standstill, time);

    public List<Waiter> Waiting { get; } = [];

    /// <summary>What it believes to have at the upstream.</summary>
    public int Used { get; private set; }

    /// <summary>What it has there: the contexts of one that stands still come to their end.</summary>
    public int Speaking { get; private set; }

    public long? FrozenAt { get; private set; }

    public bool IsFrozen => FrozenAt is not null;

    public TimeSpan FrozenFor { get; private set; }

    /// <summary>Whether the others will take it for dead when it stands still.</summary>
    public bool MayDie { get; private set; }

    /// <summary>Whether the others take it for dead.</summary>
    public bool IsDead { get; set; }

    public void Freeze(long at, TimeSpan duration) => (FrozenAt, FrozenFor, MayDie, Speaking) = (at, duration, duration.Ticks / TimeSpan.TicksPerSecond % 2 == 0, 0);

    public void Thaw() => FrozenAt = null;

    /// <summary>Claims; leases whose term has passed end before, with their contexts.</summary>
    public LeaseClaim Claim()
    {
        Leases.Beat();
        if (Leases.TryLapse())
        {
            (Used, Speaking) = (0, 0);
        }

        return Leases.Claim(Used == 0 ? [] : [new HeldLeases("acme", Used)]);
    }

    public void Free(int count)
    {
        Used -= count;
        Speaking -= Math.Min(Speaking, count);
        Leases.Free(count);
    }

    public void Ask(string tenant)
    {
        var waiter = new Waiter(tenant);
        Waiting.Add(waiter);
        Leases.Request(waiter);
    }

    public void GiveUp(Random random)
    {
        if (Waiting.Count > 0)
        {
            var waiter = Waiting[random.Next(Waiting.Count)];
            Waiting.Remove(waiter);
            Leases.Drop(waiter);
        }
    }

    public int UseGranted()
    {
        var before = Used;
        foreach (var waiter in Waiting.ToList())
        {
            if (Leases.StateOf(Leases.Request(waiter)) == LeaseState.Granted)
            {
                Waiting.Remove(waiter);
                Leases.Use(waiter);
                Used++;
                Speaking++;
            }
        }

        return Used - before;
    }
}
