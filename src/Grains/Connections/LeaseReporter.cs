using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces.Upstreams;
using TtsGrains.Grains.Upstreams;

namespace TtsGrains.Grains.Connections;

/// <summary>
/// Sends the claims of this silo to the grains of upstreams with a limit, which count leases for all silos: when something changed, and periodically. One
/// call at a time for each upstream has everything that is new, so a busy silo makes fewer calls for each context.
/// </summary>
internal sealed partial class LeaseReporter : IDisposable
{
    // A request to a silo that has just died gets no answer. A repeated request has the changes since; a late answer is accepted too.
    private static readonly TimeSpan ClaimTimeout = UpstreamLease.Renewal * 2;

    private readonly UpstreamAccounts _accounts;
    private readonly IGrainFactory _grains;
    private readonly ISiloMembership _silos;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _renewal;
    private readonly Lazy<LeaseHolder> _holder;

    /// <param name="accounts">The upstreams.</param>
    /// <param name="grains">Finds the grain of an upstream.</param>
    /// <param name="silos">Tells whether there is a silo with grains.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs claims that fail.</param>
    public LeaseReporter(UpstreamAccounts accounts, IGrainFactory grains, ISiloMembership silos, TimeProvider time, ILogger logger)
    {
        (_accounts, _grains, _silos, _time, _logger) = (accounts, grains, silos, time, logger);
        _holder = new(() => new LeaseHolder(this, grains));
        _renewal = time.CreateTimer(_ => Renew(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised under the pool's lock after leases may have been granted.</summary>
    public event Action? Answered;

    /// <summary>
    /// Raised under the pool's lock when the leases of an upstream have ended because its grain was not heard for too long, or because this process
    /// stood still: their contexts must end before anything else is claimed.
    /// </summary>
    public event Action<UpstreamAccount>? Lapsed;

    /// <summary>Begins to renew the leases. They are renewed until <see cref="Dispose"/>: contexts keep their places while the silo stops.</summary>
    public void Start()
    {
        if (_accounts.Limited.Length > 0)
        {
            _renewal.Change(TimeSpan.Zero, UpstreamLease.Renewal);
        }
    }

    /// <summary>Sends what has changed. Called under the pool's lock.</summary>
    public void Publish()
    {
        foreach (var account in _accounts.Limited)
        {
            if (account.Leases is { HasNews: true, IsTalking: false } leases)
            {
                leases.IsTalking = true;
                _ = TalkAsync(account, leases);
            }
        }
    }

    public void Dispose() => _renewal.Dispose();

    private void Renew()
    {
        lock (_accounts.Gate)
        {
            foreach (var account in _accounts.Limited)
            {
                account.Leases!.Beat();
                account.Leases.HasNews = true;
                Lapse(account, account.Leases);
            }

            Publish();
        }
    }

    private void Lapse(UpstreamAccount account, LeaseClient leases)
    {
        if (leases.TryLapse() && account.Sockets.SlotsTaken is > 0 and var contexts)
        {
            LogLapsed(_logger, contexts, account.Name, UpstreamLease.Length.TotalSeconds);
            Lapsed?.Invoke(account);
        }
    }

    private async Task TalkAsync(UpstreamAccount account, LeaseClient leases)
    {
        // Off the lock, and off the grain whose context is waiting.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            LeaseClaim claim;
            lock (_accounts.Gate)
            {
                if (!leases.HasNews || !_silos.HasGrains)
                {
                    leases.IsTalking = false;
                    return;
                }

                Lapse(account, leases);
                claim = leases.Claim(account.Sockets.SlotsByTenant);
            }

            try
            {
                await ClaimAsync(account, leases, claim).WaitAsync(ClaimTimeout, _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Its answer may still come. The next renewal repeats the claim.
            }
            catch (Exception e)
            {
                OnFailed(account, leases, e);
                return;
            }
        }
    }

    private async Task ClaimAsync(UpstreamAccount account, LeaseClient leases, LeaseClaim claim)
    {
        var sentAt = _time.GetTimestamp();
        var answer = await _grains.GetGrain<IUpstreamGrain>(account.Name).ClaimAsync(claim, _holder.Value.Reference).ConfigureAwait(false);
        lock (_accounts.Gate)
        {
            leases.Take(claim, sentAt, answer);
            leases.IsUnheard = false;
            Answered?.Invoke();
        }
    }

    // Until the next renewal. That is often: it is logged once.
    private void OnFailed(UpstreamAccount account, LeaseClient leases, Exception exception)
    {
        bool isFirst;
        lock (_accounts.Gate)
        {
            (isFirst, leases.IsUnheard, leases.IsTalking) = (!leases.IsUnheard, true, false);
        }

        if (isFirst)
        {
            LogNotClaimed(_logger, _accounts.IsStopping ? LogLevel.Debug : LogLevel.Warning, account.Name, exception.Message);
        }
    }

    private void OnGranted(string upstream, Guid epoch, ImmutableArray<long> requests)
    {
        lock (_accounts.Gate)
        {
            _accounts[upstream].Leases?.Grant(epoch, requests);
            Answered?.Invoke();
        }
    }

    [LoggerMessage(Message = "The leases of upstream {Upstream} could not be asked for; they will be again: {Reason}")]
    private static partial void LogNotClaimed(ILogger logger, LogLevel level, string upstream, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Contexts} leases of upstream {Upstream} have ended, and others may have them: its grain has not answered for {Seconds} s, or this process stood still. Their contexts ask again")]
    private static partial void LogLapsed(ILogger logger, int contexts, string upstream, double seconds);

    // Grains call it when a lease becomes free.
    private sealed class LeaseHolder : ILeaseHolder
    {
        private readonly LeaseReporter _reporter;

        public LeaseHolder(LeaseReporter reporter, IGrainFactory grains) => (_reporter, Reference) = (reporter, grains.CreateObjectReference<ILeaseHolder>(this));

        public ILeaseHolder Reference { get; }

        public Task OnGrantedAsync(string upstream, Guid epoch, ImmutableArray<long> requests)
        {
            _reporter.OnGranted(upstream, epoch, requests);
            return Task.CompletedTask;
        }
    }
}
