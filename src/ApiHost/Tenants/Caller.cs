namespace TtsGrains.ApiHost.Tenants;

/// <summary>What an access token allows. An API key allows everything.</summary>
[Flags]
internal enum Grants : byte
{
    None = 0,
    Tts = 1,
    Stt = 2,
    Agent = 4,
    All = Tts | Stt | Agent,
}

/// <summary>Who a valid key or token belongs to.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="KeyId">The beginning of the key's hash: of the key itself, or of the one that created the token.</param>
/// <param name="Grants">What it allows.</param>
/// <param name="IsToken">Whether it is a token.</param>
internal sealed record Caller(string Tenant, string KeyId, Grants Grants, bool IsToken);
