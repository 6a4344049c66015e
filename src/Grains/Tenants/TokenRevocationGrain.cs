using Microsoft.Extensions.Logging;
using TtsGrains.Grains.Interfaces;
using TtsGrains.Grains.Interfaces.Tenants;
using TtsGrains.Grains.Storage;

namespace TtsGrains.Grains.Tenants;

/// <summary>Keeps revoked access tokens until they would have expired anyway. A revocation is stored before it is answered.</summary>
[GrainType(GrainTypes.TokenRevocation)]
internal sealed partial class TokenRevocationGrain(
    [PersistentState("revoked", GrainStorage.Name)] IPersistentState<TokenRevocationState> stored,
    TimeProvider time,
    ILogger<TokenRevocationGrain> logger) : Grain, ITokenRevocationGrain
{
    public Task<TokenRevocations?> GetAsync(long known)
        => Task.FromResult(known == stored.State.Version ? null : new TokenRevocations(stored.State.Version, [.. stored.State.Tokens.Keys]));

    public async Task<TokenRevocationOutcome> RevokeAsync(string tenant, string token, TimeSpan life)
    {
        if (!stored.State.TryAdd(tenant, token, life, time.GetUtcNow()))
        {
            return TokenRevocationOutcome.TooMany;
        }

        try
        {
            await stored.WriteStateAsync();
            return TokenRevocationOutcome.Stored;
        }
        catch (Exception failure)
        {
            LogFailed(logger, failure.Message.Split('\n')[0]);
            await stored.ReadStateAsync();
            return TokenRevocationOutcome.StoreUnavailable;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The revocation of an access token could not be stored: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
