namespace TtsGrains.ApiHost.Tenants;

/// <summary>What an access token allows. An API key allows everything.</summary>
[Flags]
internal enum Grants : byte
{
    None = 0,
    Tts = 1,
    Stt = 2,
    Agent = 4,

    /// <summary>To listen to sessions while they go on.</summary>
    Listen = 8,

    /// <summary>To read sessions and their archive.</summary>
    Archive = 16,
    All = Tts | Stt | Agent | Listen | Archive,
}

/// <summary>Who a valid key or token belongs to.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="KeyId">The beginning of the key's hash: of the key itself, or of the one that created the token.</param>
/// <param name="Grants">What it allows.</param>
/// <param name="IsToken">Whether it is a token.</param>
internal sealed record Caller(string Tenant, string KeyId, Grants Grants, bool IsToken);
