namespace TtsGrains.ApiHost.Access;

/// <summary>Metadata of a route: the credential that a request needs. Every route has it; see <see cref="AccessCheck"/>.</summary>
/// <param name="Kind">The kind of credential.</param>
/// <param name="Scopes">The scopes that it needs.</param>
internal sealed record RouteAccess(CredentialKind Kind, Scopes Scopes)
{
    /// <summary>Needs no credential.</summary>
    public static RouteAccess Public { get; } = new(CredentialKind.Nothing, Scopes.None);

    /// <summary>Needs an API key or an access token, whatever its scopes.</summary>
    public static RouteAccess AnyCredential { get; } = new(CredentialKind.KeyOrToken, Scopes.None);

    /// <summary>Needs an API key, whatever its scopes.</summary>
    public static RouteAccess AnyKey { get; } = new(CredentialKind.Key, Scopes.None);

    /// <summary>Needs an API key or an access token with these scopes.</summary>
    public static RouteAccess Scope(Scopes scopes) => new(CredentialKind.KeyOrToken, scopes);

    /// <summary>Needs an API key with these scopes.</summary>
    public static RouteAccess KeyWith(Scopes scopes) => new(CredentialKind.Key, scopes);
}

/// <summary>The kind of credential that a route takes. Zero is never a valid value.</summary>
internal enum CredentialKind : byte
{
    None = 0,
    Nothing = 1,
    KeyOrToken = 2,
    Key = 3,
}

internal static class RouteAccessConventions
{
    /// <summary>States the credential that requests to these routes need.</summary>
    public static TBuilder WithAccess<TBuilder>(this TBuilder routes, RouteAccess access)
        where TBuilder : IEndpointConventionBuilder
        => routes.WithMetadata(access);
}
