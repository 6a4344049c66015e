namespace TtsGrains.Grains.Interfaces.Tenants;

/// <summary>One customer: what it may have open at once (key: the tenant's id).</summary>
[Alias("tts.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Asks for room for one more open context. The same context may ask again.</summary>
    /// <returns>0 when there is room, which is then taken; else the limit that was reached.</returns>
    [Alias("admit")]
    Task<int> AdmitAsync(string contextKey);

    /// <summary>Gives the room of a context back.</summary>
    [Alias("release")]
    Task ReleaseAsync(string contextKey);

    /// <summary>How many contexts are open.</summary>
    [Alias("open")]
    Task<int> CountOpenAsync();
}
