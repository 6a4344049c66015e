using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>One host's shares of the limits of one tenant. Thread-safe.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free.")]
internal sealed class HostShares(TimeProvider time)
{
    private readonly ImmutableArray<HostShare> _shares =
    [
        new(ShareKind.Sockets, window: null, time),
        new(ShareKind.Listeners, window: null, time),
        new(ShareKind.Contexts, TimeSpan.FromSeconds(1), time),
        new(ShareKind.Characters, TimeSpan.FromMinutes(1), time),
    ];

    /// <summary>One call at a time.</summary>
    public SemaphoreSlim Asking { get; } = new(1);

    /// <summary>When the last call that failed was begun; null if the last one succeeded. To be used by who holds <see cref="Asking"/>.</summary>
    public long? FailedAt { get; set; }

    /// <summary>True if a call is under way.</summary>
    public bool IsAsking => Asking.CurrentCount == 0;

    /// <summary>True if something is open, or was counted a short while ago.</summary>
    public bool IsUsed => _shares.Any(share => share.IsUsed);

    /// <summary>Gets the share of a limit.</summary>
    /// <param name="kind">The limit.</param>
    /// <param name="limit">How much it is now.</param>
    public HostShare Use(ShareKind kind, long limit)
    {
        var share = Of(kind);
        share.Limit = limit;
        return share;
    }

    /// <summary>Something is not open any more.</summary>
    public void Leave(ShareKind kind) => Of(kind).Leave();

    /// <summary>What to ask for.</summary>
    public ImmutableArray<ShareNeed> Needs() => [.. _shares.Where(share => share.Limit > 0).Select(share => share.Need())];

    /// <summary>Takes the answer to a call.</summary>
    public void Take(ImmutableArray<ShareNeed> needs, ImmutableArray<long> granted, long calledAt)
    {
        for (var i = 0; i < needs.Length; i++)
        {
            Of(needs[i].Kind).Take(granted[i], calledAt);
        }
    }

    private HostShare Of(ShareKind kind) => _shares[(int)kind - 1];
}
