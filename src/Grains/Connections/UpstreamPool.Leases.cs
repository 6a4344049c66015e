using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <content>
/// Leases: a context takes a place at an upstream with a limit only with one of the upstream's grain, which counts for all silos. This silo tells that grain
/// again and again how many are in use here and who waits; one call at a time has all that is new, so a busy silo makes fewer calls for each context.
/// </content>
public sealed partial class UpstreamPool
{
    // What was sent to a silo that has just died is answered by nobody. Said again, it has what has changed since; a late answer is taken too.
    private static readonly TimeSpan ClaimPatience = UpstreamLease.Renewal * 2;

    public override void Dispose()
    {
        _renewal.Dispose();
        base.Dispose();
    }

    // Whether a context may take a place; asks for the lease in the meantime.
    private LeaseState LeaseOf(SlotTicket ticket, UpstreamAccount account)
    {
        if (account.Leases is not { } leases)
        {
            return LeaseState.Granted;
        }

        // A grain that does not answer counts as one that has no lease, after a while: another upstream may take the context.
        var wish = leases.Want(ticket);
        var state = leases.StateOf(wish);
        return state == LeaseState.Asked && _time.GetElapsedTime(wish.Since) >= DialPatience ? LeaseState.InLine : state;
    }

    // Once more, and for as long as this silo has places: also while it stops and hands its contexts over.
    private void OnRenewal()
    {
        lock (_gate)
        {
            foreach (var account in _limited)
            {
                account.Leases!.HasNews = true;
            }

            TellNews();
        }
    }

    private void TellNews()
    {
        foreach (var account in _limited)
        {
            if (account.Leases is { HasNews: true, IsTalking: false } leases)
            {
                leases.IsTalking = true;
                _ = TalkAsync(account, leases);
            }
        }
    }

    private async Task TalkAsync(UpstreamAccount account, LeaseWishes leases)
    {
        // Off the lock, and off the grain whose context is waiting.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            LeaseClaim claim;
            lock (_gate)
            {
                if (!leases.HasNews || !_silos.HasGrains)
                {
                    leases.IsTalking = false;
                    return;
                }

                claim = leases.Claim(account.Sockets.SlotsTaken);
            }

            try
            {
                await ClaimAsync(account, leases, claim).WaitAsync(ClaimPatience, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Its answer may still come. The renewals have made news of what was said.
            }
            catch (Exception e)
            {
                OnNotClaimed(account, leases, e);
                return;
            }
        }
    }

    private async Task ClaimAsync(UpstreamAccount account, LeaseWishes leases, LeaseClaim claim)
    {
        var saidAt = _time.GetTimestamp();
        var answer = await _grains.GetGrain<IUpstreamGrain>(account.Name).ClaimAsync(claim, _holder.Value.Reference).ConfigureAwait(false);
        lock (_gate)
        {
            leases.Take(claim, saidAt, answer);
            leases.IsUnheard = false;
            Serve();
        }
    }

    // Until the next renewal. That is often: it is said once.
    private void OnNotClaimed(UpstreamAccount account, LeaseWishes leases, Exception exception)
    {
        bool wasHeard;
        lock (_gate)
        {
            (wasHeard, leases.IsUnheard, leases.IsTalking) = (!leases.IsUnheard, true, false);
        }

        if (wasHeard)
        {
            LogNotClaimed(_logger, _isStopping ? LogLevel.Debug : LogLevel.Warning, account.Name, exception.Message);
        }
    }

    private void OnGranted(string upstream, Guid epoch, ImmutableArray<long> wishes)
    {
        lock (_gate)
        {
            Account(upstream).Leases?.Grant(epoch, wishes);
            Serve();
        }
    }

    private sealed class LeaseHolder : ILeaseHolder
    {
        private readonly UpstreamPool _pool;

        public LeaseHolder(UpstreamPool pool, IGrainFactory grains) => (_pool, Reference) = (pool, grains.CreateObjectReference<ILeaseHolder>(this));

        public ILeaseHolder Reference { get; }

        public Task OnGrantedAsync(string upstream, Guid epoch, ImmutableArray<long> wishes)
        {
            _pool.OnGranted(upstream, epoch, wishes);
            return Task.CompletedTask;
        }
    }

    [LoggerMessage(Message = "The leases of upstream {Upstream} could not be asked for; they will be again: {Reason}")]
    private static partial void LogNotClaimed(ILogger logger, LogLevel level, string upstream, string reason);
}
