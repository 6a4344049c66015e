using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Tenants;

namespace TtsGrains.ApiHost.Tenants;

/// <summary>Revokes access tokens, and follows what other hosts revoke.</summary>
internal sealed partial class TokenRevoker(IGrainFactory grains, RevokedTokens revoked, TimeProvider time, ILogger<TokenRevoker> logger) : RegistryWatcher(time)
{
    private ITokenRevocationGrain Grain => grains.GetGrain<ITokenRevocationGrain>(ITokenRevocationGrain.Key);

    /// <summary>Revokes a token. When this returns it is void on this host, and within seconds on the others.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="token">Its id.</param>
    public async Task<TokenRevocationOutcome> RevokeAsync(string tenant, string token)
    {
        var outcome = await Grain.RevokeAsync(tenant, token, AccessTokens.LongestLife);
        await RefreshAsync();
        return outcome;
    }

    public override async Task RefreshAsync()
    {
        if (await Grain.GetAsync(revoked.Version) is { } revocations)
        {
            revoked.Apply(revocations);
        }
    }

    protected override void LogFailed(string reason) => LogFailed(logger, reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Access tokens that other hosts revoke stay valid here; the revocations cannot be asked for: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
