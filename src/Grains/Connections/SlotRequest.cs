using System.Collections.Immutable;
using TtsGrains.Grains.Interfaces.Contexts;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>A context asks for a place at an upstream.</summary>
/// <param name="Tenant">Whose it is: each tenant has its share.</param>
/// <param name="Priority">Its place among those of its tenant.</param>
/// <param name="Upstreams">Those that it may have, the best first.</param>
/// <param name="Since">Since when it has been waiting, a timestamp of the clock: the deadline counts from there.</param>
/// <param name="OutageTimeout">How long it waits while none of the upstreams works; at least the queue deadline.</param>
/// <param name="Fingerprint">Identifies the request for the upstream's health.</param>
internal sealed record SlotRequest(
    string Tenant, PriorityClass Priority, ImmutableArray<string> Upstreams, long Since, TimeSpan OutageTimeout, RequestFingerprint Fingerprint);

/// <summary>The answer to a <see cref="SlotRequest"/>.</summary>
/// <param name="Refusal">Why there is no place.</param>
/// <param name="Connection">The socket with the place; null on refusal.</param>
internal readonly record struct SlotGrant(SlotRefusal Refusal, UpstreamConnection? Connection);

/// <summary>Why there is no place for a context.</summary>
internal enum SlotRefusal : byte
{
    None = 0,

    /// <summary>The upstreams work and are full.</summary>
    Limited = 1,

    /// <summary>None of them works.</summary>
    Unavailable = 2,
}

/// <summary>A <see cref="SlotRequest"/> that was made, and the answer when there is one.</summary>
internal sealed class SlotTicket(SlotRequest request, UpstreamAccount[] accounts) : ILeaseWaiter
{
    private readonly TaskCompletionSource<SlotGrant> _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SlotRequest Request => request;

    public string Tenant => request.Tenant;

    public PriorityClass Priority => request.Priority;

    /// <summary>The upstreams that it may have, the best first.</summary>
    public UpstreamAccount[] Accounts => accounts;

    /// <summary>Since when one of the upstreams has worked without a break, a timestamp of the clock; null while none works. The queue deadline counts from there.</summary>
    public long? WorksSince { get; set; } = accounts.Any(account => account.IsUp) ? request.Since : null;

    /// <summary>How much longer it waits.</summary>
    public TimeSpan Remaining(TimeProvider time)
    {
        var queueDeadline = accounts[0].Options.QueueDeadline;
        return WorksSince is { } since ? queueDeadline - time.GetElapsedTime(since)
            : (request.OutageTimeout > queueDeadline ? request.OutageTimeout : queueDeadline) - time.GetElapsedTime(request.Since);
    }

    /// <summary>The answer; cancelled if the request was withdrawn.</summary>
    public Task<SlotGrant> Granted => _granted.Task;

    /// <summary>It wants no lease any more, of none of them.</summary>
    public void DropLeases()
    {
        foreach (var account in accounts)
        {
            account.Leases?.Drop(this);
        }
    }

    public void Decide(SlotGrant grant) => _granted.TrySetResult(grant);

    public void Cancel() => _granted.TrySetCanceled();
}
