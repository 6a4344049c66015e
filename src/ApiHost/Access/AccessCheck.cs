using Microsoft.AspNetCore.Http.Features;
using TtsGrains.ApiHost.Errors;
using TtsGrains.ApiHost.Tenants;

namespace TtsGrains.ApiHost.Access;

/// <summary>
/// Refuses a request whose credential is not what its route needs, before the route sees it. The host does not start while a route does not state what
/// it needs.
/// </summary>
internal sealed class AccessCheck
{
    private readonly RequestDelegate _next;
    private readonly TenantDirectory _tenants;

    /// <exception cref="InvalidOperationException">A route does not state what it needs.</exception>
    public AccessCheck(RequestDelegate next, EndpointDataSource routes, TenantDirectory tenants)
    {
        (_next, _tenants) = (next, tenants);
        if (FindUnstated(routes.Endpoints) is { Count: > 0 } unstated)
        {
            throw new InvalidOperationException($"These routes do not state the credential that they need (WithAccess): {string.Join("; ", unstated)}.");
        }
    }

    /// <summary>Returns the names of the routes that do not state what they need.</summary>
    public static IReadOnlyList<string> FindUnstated(IEnumerable<Endpoint> routes)
        => [.. routes.Where(route => route.Metadata.GetMetadata<RouteAccess>() is null).Select(route => route.DisplayName ?? "a route without a name")];

    public Task InvokeAsync(HttpContext http)
    {
        // Routing answers 404 and 405 with endpoints of its own, or with none: they reach nothing.
        if (http.GetEndpoint()?.Metadata.GetMetadata<RouteAccess>() is not { Kind: not CredentialKind.Nothing } access)
        {
            return _next(http);
        }

        if (_tenants.Check(http.Request, access.Grants, out var caller) is { } refusal)
        {
            return http.AnswerAsync(refusal);
        }

        if (access.Kind == CredentialKind.Key && caller!.IsToken)
        {
            return http.AnswerAsync(ApiErrors.KeyRequired);
        }

        http.Features.Set(caller);
        return _next(http);
    }
}

internal static class CallerExtensions
{
    /// <summary>Gets the owner of the request's credential. Only for routes that need one.</summary>
    public static Caller GetCaller(this HttpContext http) => http.Features.GetRequiredFeature<Caller>();
}
