using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Access;

/// <summary>Metadata of a route: the credential that a request needs. Every route has it; see <see cref="AccessCheck"/>.</summary>
/// <param name="Kind">The kind of credential.</param>
/// <param name="Grants">The grants that an access token needs.</param>
internal sealed record RouteAccess(CredentialKind Kind, Grants Grants)
{
    /// <summary>Needs no credential.</summary>
    public static RouteAccess Public { get; } = new(CredentialKind.Nothing, Grants.None);

    /// <summary>Needs an API key, or any access token.</summary>
    public static RouteAccess AnyCredential { get; } = new(CredentialKind.KeyOrToken, Grants.None);

    /// <summary>Needs an API key.</summary>
    public static RouteAccess KeyOnly { get; } = new(CredentialKind.Key, Grants.None);

    /// <summary>Needs an API key, or an access token with these grants.</summary>
    public static RouteAccess Grant(Grants grants) => new(CredentialKind.KeyOrToken, grants);
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
