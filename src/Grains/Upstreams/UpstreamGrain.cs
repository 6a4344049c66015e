using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Upstreams;

namespace TtsGrains.Grains.Upstreams;

/// <summary>
/// Grants the leases of one upstream by its <see cref="LeaseBook"/>. Nothing is stored: silos say again and again what they have, so neither its own silo's
/// death nor theirs leaves a wrong count. All silos keep it active by that, and those that wait have it look after those that do not.
/// </summary>
[GrainType(GrainTypes.Upstream)]
internal sealed partial class UpstreamGrain(
    IOptionsMonitor<UpstreamOptions> upstreams, TenantShares shares, ISiloMembership silos, TimeProvider time, ILogger<UpstreamGrain> logger)
    : Grain, IUpstreamGrain
{
    private readonly Dictionary<string, ILeaseHolder> _holders = new(StringComparer.Ordinal);
    private readonly Guid _epoch = Guid.NewGuid();
    private string _upstream = "";
    private LeaseBook? _book;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _upstream = this.GetPrimaryKeyString();
        var most = upstreams.Get(_upstream).MaxContexts;
        _book = new LeaseBook(_epoch, most, shares.In(_upstream), time);
        LogGrantsHere(logger, most, _upstream);
        return Task.CompletedTask;
    }

    public Task<LeaseAnswer> ClaimAsync(LeaseClaim claim, ILeaseHolder holder)
    {
        var book = _book!;
        _holders[claim.Silo] = holder;
        foreach (var granted in book.Accept(claim, silos).Where(granted => granted.Key != claim.Silo))
        {
            _ = TellAsync(granted.Key, [.. granted]);
        }

        foreach (var gone in _holders.Keys.Where(silo => !book.IsKnown(silo)).ToArray())
        {
            _holders.Remove(gone);
        }

        return Task.FromResult(book.AnswerTo(claim));
    }

    // Not awaited: a silo that is away must not delay the others.
    private async Task TellAsync(string silo, ImmutableArray<long> requests)
    {
        try
        {
            await _holders[silo].OnGrantedAsync(_upstream, _epoch, requests);
        }
        catch (Exception e)
        {
            LogNotTold(logger, silo, _upstream, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Most} leases of upstream {Upstream} are granted here")]
    private static partial void LogGrantsHere(ILogger logger, int most, string upstream);

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} could not be told of its lease at upstream {Upstream}; its next claim is answered with it: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string silo, string upstream, string reason);
}
