namespace TtsGrains.ApiHost.Tenants;

/// <summary>The grants of Cartesia's access tokens, and two of this service, as scopes.</summary>
internal static class AccessTokenGrants
{
    /// <summary>Returns the names of the grants for scopes.</summary>
    public static IEnumerable<string> NamesOf(Scopes scopes) => ScopeNames.Of(scopes).Select(name => name == "speak" ? "tts" : name);
}
